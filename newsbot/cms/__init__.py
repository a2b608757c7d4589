"""Families of sites: what sources on one content management system have in common."""
