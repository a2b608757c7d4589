"""Reads captures again: makes lines and state anew, or holds them against what there is."""
