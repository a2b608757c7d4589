"""Removes captures for good, for a legal takedown: a tombstone stands in the place of each record.

What referred to them is given what it needs, so that the rest of the archive stays whole.
"""
