"""Makes packages (WACZ): what goes into one, and what it says of itself."""
