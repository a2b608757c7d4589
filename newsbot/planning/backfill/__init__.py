"""A crawl of a source's past, as far as its lists go."""
