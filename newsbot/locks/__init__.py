"""Locks that die with their holders: on one source, and on the whole archive."""
