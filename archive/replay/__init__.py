"""Responses read back from WARC files."""
