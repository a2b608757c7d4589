"""WARC records: writing and reading them."""
