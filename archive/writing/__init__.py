"""WARC files while they are written, and those that were left unfinished."""
