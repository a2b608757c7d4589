"""Which family a page belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from selectolax.lexbor import LexborHTMLParser

from newsbot import cms
from newsbot.cms.family import FamilySpider, Sign


@dataclass(frozen=True, slots=True)
class Detected:
    """A family, and its signs on a page."""

    name: str
    family: type[FamilySpider]
    signs: tuple[Sign, ...]

    @property
    def weight(self) -> int:
        return sum(sign.weight for sign in self.signs)


def families() -> dict[str, type[FamilySpider]]:
    """Return the families by name: that of their module in `newsbot/cms/`.

    >>> "onecms" in families(), "family" in families()
    (True, False)
    """
    return dict(_families())


def detect(url: str, tree: LexborHTMLParser) -> list[Detected]:
    """Return the families of whose signs a page has any, the likeliest first."""
    found = [Detected(name, family, family.detect(url, tree)) for name, family in _families()]
    return sorted((each for each in found if each.signs), key=lambda each: -each.weight)


def _families() -> Iterator[tuple[str, type[FamilySpider]]]:
    for info in sorted(iter_modules(cms.__path__), key=lambda info: info.name):
        module = import_module(f"{cms.__name__}.{info.name}")
        for value in vars(module).values():
            is_family = isinstance(value, type) and issubclass(value, FamilySpider) and "signs" in vars(value)
            if is_family and value.__module__ == module.__name__:
                yield info.name, value
