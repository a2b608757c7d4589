"""Captures taken out of all that the data folder holds of them."""
