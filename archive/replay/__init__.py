"""Captures given back as they came."""
