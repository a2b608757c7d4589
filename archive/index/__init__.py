"""The CDXJ index."""
