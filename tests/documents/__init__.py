"""The documents: which there are, what is generated in them, and what they say that can be tried."""
