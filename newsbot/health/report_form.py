"""What the fields of a run report hold: a report that a hand or a broken disk has changed must not end who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NUMBER = (int, float)
_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": _NUMBER,
    "Any": (object,),
}


def check_field(name: str, kind: str, value: object) -> None:
    """Check the value of a field against its annotation.

    >>> check_field("status_mix", "dict[str, int]", {"200": 3})
    >>> check_field("text_length", "float | None", None)
    >>> check_field("problems", "list[str]", [3])
    Traceback (most recent call last):
    TypeError: problems is not list[str]

    :raises TypeError: if it is of another kind.
    """
    if not _fits(kind, value):
        raise TypeError(f"{name} is not {kind}")


def check_layouts(layouts: Mapping[str, Any]) -> None:
    """Check what is counted of each layout.

    :raises TypeError: if it is no count.
    """
    for each in layouts.values():
        check_field("layouts", "int", each.get("articles", 0))
        check_field("layouts", "dict[str, float]", each.get("field_coverage", {}))


def _fits(kind: str, value: object) -> bool:
    if kind.endswith(" | None"):
        return value is None or _fits(kind.removesuffix(" | None"), value)
    if kind.startswith("list["):
        return isinstance(value, list) and all(_fits(kind[5:-1], each) for each in value)
    if kind.startswith("dict[str, "):
        return isinstance(value, dict) and all(_fits(kind[10:-1], each) for each in value.values())
    return isinstance(value, _KINDS[kind])
