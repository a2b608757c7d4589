"""Finds texts that were printed before, word for word or nearly."""
