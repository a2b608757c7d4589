"""Turns articles into lines, in step with the archive."""
