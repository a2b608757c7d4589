"""Deduplication: which payloads the archive already holds."""
