"""Proves single article lines: from the line to its record, its bytes, and the signed chain."""
