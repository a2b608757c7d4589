"""Looks at one page of any site, keeps nothing of it, and drafts a source from what it says of its site."""
