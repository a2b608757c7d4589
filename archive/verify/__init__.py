"""Verifies WARC files: what public validators check, and what they miss.

`archive.verify.rules` is the table of everything that can be found; each module checks one kind of it.
"""
