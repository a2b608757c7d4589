"""Tells whether what JSON says is of the type that a field of a line has: lines may come from anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

Fits = Callable[[Any], bool]

#: Numbers that a database and an offset in a file can be.
_LARGEST: Final = (1 << 63) - 1


def types_of(described: type) -> dict[str, Fits]:
    """Return of each field of a class what tells whether a value is of its type."""
    return {name: _fits(hint) for name, hint in get_type_hints(described).items()}


def is_number(value: object) -> bool:
    """Return whether a value is a whole number, and not too large to be kept.

    >>> [is_number(value) for value in (7, -7, True, 10**30, 7.0, None)]
    [True, True, False, False, False, False]
    """
    return type(value) is int and abs(value) <= _LARGEST


def is_text(value: object) -> bool:
    r"""Return whether a value is a text that UTF-8 can hold.

    >>> [is_text(value) for value in ("Lũ về", "", "\ud83c", 7)]
    [True, True, False, False]
    """
    if type(value) is not str:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a UTF-16 pair
        return False
    return True


def _is_json(value: object) -> bool:
    try:
        return is_text(json.dumps(value, ensure_ascii=False))
    except (ValueError, TypeError, RecursionError):
        return False


_SIMPLE: Final[dict[Any, Fits]] = {str: is_text, int: is_number, Any: _is_json}


def _fits(hint: Any) -> Fits:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    kind, inside = get_origin(hint), [*map(_fits, get_args(hint))]
    if kind is UnionType:
        return lambda value: any(fits(value) for fits in inside)
    if kind is list:
        return lambda value: type(value) is list and all(map(inside[0], value))
    if kind is dict:
        name, said = inside
        return lambda value: type(value) is dict and all(name(key) and said(each) for key, each in value.items())
    return lambda value: isinstance(value, kind or hint)
