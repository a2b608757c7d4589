"""What a site, a file or a careless hand can do, and what it may cost."""
