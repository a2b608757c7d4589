"""What goes into a package (WACZ), and what it says of itself."""
