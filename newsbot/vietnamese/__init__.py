"""What is known of the Vietnamese language and of Vietnam: text, dates, names, provinces."""
