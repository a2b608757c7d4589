"""True removal of captures, for a legal takedown: their records leave the files, a tombstone says that they were there.

What referred to them is given what it needs, so that the rest of the archive stays whole.
"""
