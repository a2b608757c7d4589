"""Texts that were printed before, word for word or nearly."""
