"""Captures read again: lines and state made anew, or held against what there is."""
