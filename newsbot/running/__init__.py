"""One crawl from the command line: its lock, its folder, its beginning and its end."""
