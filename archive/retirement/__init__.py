"""Moves old WARC files to another disk, or deletes them, and keeps what stays complete without them."""
