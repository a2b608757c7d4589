"""The error for an order that cannot be carried out as it stands."""

from __future__ import annotations


class ConfigurationError(Exception):
    """The command line or a setting is wrong; the message is one line and names it."""
