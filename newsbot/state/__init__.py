"""What is known of what was published and of what a site serves: a database that the WARCs can give again."""
