"""WARC records: made, walked, taken apart."""
