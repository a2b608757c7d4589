"""Reads JSON without losing anything of it, so that what differs for any program differs here."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


class TwiceError(ValueError):
    """An object has a field twice; programs differ in which of the two they take."""


def exactly(text: str | bytes) -> Any:
    """Read JSON.

    :raises TwiceError: if an object in it has a field twice.
    :raises ValueError: if it is none; ArithmeticError and RecursionError, if it cannot be read.
    """
    return json.loads(text, object_pairs_hook=_object, parse_float=Decimal)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise TwiceError(f"it has the field {name!r} twice")
        made[name] = value
    return made


def is_same(one: Any, other: Any) -> bool:
    """Return whether values are the same, and of the same types.

    >>> is_same({"a": [1, None]}, {"a": [1, None]}), is_same([1], [1.0]), is_same(0, False)
    (True, False, False)
    """
    return bool(_typed(one) == _typed(other))


def _typed(value: Any) -> Any:
    """Return a value such that those of other types are not equal to it, as 0 and false are in Python."""
    if isinstance(value, dict):
        return {name: _typed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_typed(each) for each in value]
    return type(value), value
