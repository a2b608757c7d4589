"""Every regular expression of the project, and texts made of its own parts that may take it long.

`re` goes back when it fails: what it can match in several ways, or begin at every character, it tries in all of them.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import product
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from re import _constants as codes  # type: ignore[attr-defined]
    from re import _parser  # type: ignore[attr-defined]

Pattern = re.Pattern[Any]
_METHODS = "search|match|fullmatch|sub|subn|split|findall|finditer"
PACKAGES = ("archive", "newsbot", "spiders")
#: What a text is made of beside a pattern's own parts.
USUAL = (" ", "a", "1", "%", "/", "(", "<", "&", "-", ":", "\n", "a ", "1/", "1-", "= ", "A", "á", "\u0301")
#: What no pattern goes on with.
ENDS = ("\x00", "")


def patterns() -> Iterator[tuple[str, Pattern]]:
    """Yield the compiled patterns that modules and classes hold, each once, with where the first stands."""
    seen: set[int] = set()
    for package in PACKAGES:
        root = import_module(package)
        for info in walk_packages(root.__path__, f"{package}."):
            if info.name.endswith("__main__") or info.name == "newsbot.reader_process.child":
                continue
            module = import_module(info.name)
            for name, value in list(vars(module).items()):
                for found in held(value, 2):
                    if id(found) not in seen:
                        seen.add(id(found))
                        yield f"{info.name}.{name}", found


def methods(place: str) -> set[str]:
    """Return how a pattern is used: by the methods of its name in its module, else those of loop variables there."""
    module, _, name = place.rpartition(".")
    source = Path(import_module(module).__file__ or "").read_text(encoding="utf-8")
    used = re.findall(rf"\b{re.escape(name)}\.({_METHODS})\(", source) or re.findall(
        r"\b(?!re\.)[a-z]\w*\.(search|match|fullmatch|findall|finditer)\(", source
    )
    return {method if method in ("match", "fullmatch") else "search" for method in used} or {"search"}


def held(value: Any, depth: int) -> Iterator[Pattern]:
    """Yield the patterns in a value: itself, in a collection, in a class of the project."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict):
        yield from (found for entry in (*value.keys(), *value.values()) for found in held(entry, depth - 1))
    elif depth and isinstance(value, tuple | list | frozenset | set):
        yield from (found for entry in value for found in held(entry, depth - 1))
    elif depth and isinstance(value, type) and value.__module__.partition(".")[0] in PACKAGES:
        yield from (found for entry in vars(value).values() for found in held(entry, depth - 1))


def texts(pattern: Pattern, length: int) -> Iterator[str]:
    """Yield texts of about a length that repeat what the pattern repeats, behind what it begins with."""
    tree = _parser.parse(pattern.pattern, pattern.flags & re.VERBOSE)
    before = _sample(tree)[:60]
    own = [*dict.fromkeys(each for each in _repeated(tree) if each)]
    starts = [*dict.fromkeys(["", before, *_beginnings(tree)])]
    for pump, start in [*product(own, starts), *product(USUAL, ("", before))]:
        for end in ENDS if pump in own else ENDS[:1]:
            yield start + pump * (length // len(pump)) + end
    if len(before) > 1:
        yield before * (length // len(before))
        yield before[:-1] * (length // len(before[:-1]))


def _beginnings(tree: Iterable[Any]) -> Iterator[str]:
    """Yield what may stand in front of each repetition at the top of a pattern."""
    so_far = ""
    for operation, argument in tree:
        if operation in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            yield so_far
        so_far += _sample([(operation, argument)])


def _repeated(tree: Iterable[Any]) -> Iterator[str]:
    """Yield a text for each part that a pattern repeats without a bound, or many times."""
    for operation, argument in tree:
        if operation in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            _, most, part = argument
            if most > 20:
                yield from dict.fromkeys((_sample(part), _sample(part, last=True)))
        for part in _parts(operation, argument):
            yield from _repeated(part)


def _parts(operation: Any, argument: Any) -> Iterator[Any]:
    if operation in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        yield argument[2]
    elif operation is codes.SUBPATTERN:
        yield argument[3]
    elif operation is codes.BRANCH:
        yield from argument[1]
    elif operation in (codes.ASSERT, codes.ASSERT_NOT):
        yield argument[1]
    elif operation is codes.ATOMIC_GROUP:
        yield argument


def _sample(tree: Iterable[Any], *, last: bool = False) -> str:
    """Return a text that a part of a pattern matches, or nearly."""
    text = ""
    for operation, argument in tree:
        if operation is codes.LITERAL:
            text += chr(argument)
        elif operation is codes.NOT_LITERAL:
            text += "a" if argument != ord("a") else "b"
        elif operation is codes.ANY:
            text += "a"
        elif operation is codes.IN:
            text += _one_of(argument, last=last)
        elif operation in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            text += _sample(argument[2], last=last) * max(1, argument[0])
        elif operation is codes.BRANCH:
            text += _sample(argument[1][-1 if last else 0], last=last)
        elif operation in (codes.SUBPATTERN, codes.ATOMIC_GROUP):
            text += _sample(argument[3] if operation is codes.SUBPATTERN else argument, last=last)
    return text


def _one_of(entries: list[Any], *, last: bool) -> str:
    classes = {codes.CATEGORY_DIGIT: "1", codes.CATEGORY_SPACE: " ", codes.CATEGORY_WORD: "a"}
    if entries and entries[0][0] is codes.NEGATE:
        given = "".join(chr(value) for kind, value in entries[1:] if kind is codes.LITERAL)
        return next(letter for letter in "a1 -.<>/;" if letter not in given)
    found = []
    for kind, value in entries:
        if kind is codes.LITERAL:
            found.append(chr(value))
        elif kind is codes.RANGE:
            found.append(chr(value[0]))
        elif kind is codes.CATEGORY:
            found.append(classes.get(value, "a"))
    return found[-1 if last else 0] if found else "a"
