"""Patterns of articles' addresses, as a source writes them: what is wrong with one, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from re import _constants as codes  # type: ignore[attr-defined]  # nothing public shows what a pattern is made of
from re import _parser  # type: ignore[attr-defined]
from typing import Any, Final

_REPEATS: Final = (codes.MAX_REPEAT, codes.MIN_REPEAT)
#: Times from which a repetition counts as one without an end.
_MANY: Final = 10
#: The characters by which two parts of a pattern are compared: those of addresses, and one for all others.
_CHARACTERS: Final = frozenset(map(chr, range(33, 127))) | {"á"}
_CLASSES: Final = {
    codes.CATEGORY_DIGIT: r"\d", codes.CATEGORY_NOT_DIGIT: r"\D", codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_WORD: r"\W", codes.CATEGORY_SPACE: r"\s", codes.CATEGORY_NOT_SPACE: r"\S",
}  # fmt: skip


def form_mistake(form: str) -> str:
    r"""Return what is wrong with a pattern, to be said behind it; empty if it can be used.

    >>> form_mistake(r"^/[^/]+/(?:[^/]+/){1,3}[^/]*-(?P<id>(?!(?:[a-z]*-)?\d{5,}\.)[\w-]{9})\.html$")
    ''
    >>> form_mistake(r"(?P<id>\d+"), form_mistake(r"-(\d+)$")
    (': missing ), unterminated subpattern at position 0', ' has no group (?P<id>…)')
    >>> form_mistake(r"^/(?:[\w-]+/?)+-(?P<id>\d+)$")
    ' repeats what is repeated within it: on some addresses it would never end'
    """
    try:
        groups = re.compile(form).groupindex
        tree = _parser.parse(form)
    except (re.error, OverflowError, RecursionError) as error:
        return f": {error}"
    if "id" not in groups:
        return " has no group (?P<id>…)"
    if any(_is_endless(part) for part in _repeated(tree)):
        return " repeats what is repeated within it: on some addresses it would never end"
    return ""


def _repeated(tree: Iterable[Any]) -> Iterator[Any]:
    """Yield the parts of a pattern that are repeated without an end."""
    for operation, argument in tree:
        if operation in _REPEATS and argument[1] > _MANY:
            yield argument[2]
        for part in _parts(operation, argument):
            yield from _repeated(part)


def _is_endless(part: Any) -> bool:
    """Whether one text may be divided among the rounds of a repeated part in ever more ways.

    It may where a round repeats something, and nothing that each round must have says where that ends.
    """
    items = [*_items(part)]
    for index, item in enumerate(items):
        marks = [_characters([each]) for at, each in enumerate(items) if at != index and not _may_be_missing(each)]
        for repeated in map(_characters, _repeated([item])):
            if not any(mark and not mark & repeated for mark in marks):
                return True
    return False


def _items(tree: Iterable[Any]) -> Iterator[Any]:
    """Yield what stands one behind the other, groups opened."""
    for operation, argument in tree:
        if operation is codes.SUBPATTERN:
            yield from _items(argument[3])
        else:
            yield operation, argument


def _may_be_missing(item: Any) -> bool:
    operation, argument = item
    return operation in _REPEATS and argument[0] == 0


def _parts(operation: Any, argument: Any) -> Iterator[Any]:
    if operation in (*_REPEATS, codes.POSSESSIVE_REPEAT):
        yield argument[2]
    elif operation is codes.SUBPATTERN:
        yield argument[3]
    elif operation is codes.BRANCH:
        yield from argument[1]
    elif operation is codes.ATOMIC_GROUP:
        yield argument


def _characters(tree: Iterable[Any]) -> frozenset[str]:
    """Return the characters of addresses that a part of a pattern may match."""
    found: frozenset[str] = frozenset()
    for operation, argument in tree:
        if operation in (codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN, codes.GROUPREF):
            found |= {each for each in _CHARACTERS if _matches(operation, argument, each)}
        for part in _parts(operation, argument):
            found |= _characters(part)
    return found


def _matches(operation: Any, argument: Any, character: str) -> bool:
    if operation is codes.LITERAL:
        return ord(character) == argument
    if operation is codes.NOT_LITERAL:
        return ord(character) != argument
    if operation is codes.RANGE:
        return bool(argument[0] <= ord(character) <= argument[1])
    if operation is codes.CATEGORY:
        return re.match(_CLASSES[argument], character) is not None
    if operation is codes.IN:
        negated = argument[0][0] is codes.NEGATE
        return negated != any(_matches(kind, value, character) for kind, value in argument[negated:])
    return True
