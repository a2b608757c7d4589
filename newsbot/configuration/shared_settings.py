"""Settings of which there are many copies, one for each source, that nobody changes."""

from __future__ import annotations

from copy import copy
from typing import Self

from scrapy.settings import BaseSettings, Settings


class SharedSettings(Settings):
    """Settings whose copies have their values in common: to copy these for a hundred sources takes half a second.

    A copy can be given another value by name; a value itself must not be changed.

    >>> settings = SharedSettings.of(Settings({"A": 1}))
    >>> other = settings.copy()
    >>> other.set("A", 2, "spider")
    >>> settings["A"], other["A"]
    (1, 2)
    """

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """Return the same settings in this form."""
        made = cls()
        made.attributes = dict(settings.attributes)
        return made.copy()

    def copy(self) -> Self:
        copied = copy(self)
        copied.attributes = {name: copy(attribute) for name, attribute in self.attributes.items()}
        return copied
