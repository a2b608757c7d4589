"""What has changed between two texts, word by word, with all that has not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final, Literal, NamedTuple

#: Maximum number of words on one side that are compared one by one, and of comparisons of all texts of a page: the
#: time grows with the square of the words.
_MOST_WORDS: Final = 3000
_MOST_COMPARED: Final = 10_000_000
_TOKEN: Final = re.compile(r"\n\n|[^\S\n]+|\n|[^\s]+")

Kind = Literal["same", "out", "in"]


class Change(NamedTuple):
    """A run of text that is in both, only in the old one, or only in the new one."""

    kind: Kind
    text: str


class Patience:
    """How much may still be compared, in pairs of words: of several texts together."""

    def __init__(self, most: int = _MOST_COMPARED):
        self._left = most

    def lasts(self, before: int, after: int) -> bool:
        """Return whether so many words may be compared with so many others, which is taken for done."""
        if max(before, after) > _MOST_WORDS or before * after > self._left:
            return False
        self._left -= before * after
        return True


def word_changes(old: str, new: str, patience: Patience | None = None) -> list[Change]:
    """Return the new text with what has gone from the old one, in order.

    Paragraphs are compared first, then the words of those that differ; what is too much is not compared.

    >>> [tuple(change) for change in word_changes("Mưa to, ba người bị thương.", "Mưa to, năm người bị thương.")]
    [('same', 'Mưa to, '), ('out', 'ba'), ('in', 'năm'), ('same', ' người bị thương.')]
    >>> [tuple(change) for change in word_changes("a", "a")], word_changes("", "")
    ([('same', 'a')], [])
    """
    if old == new:
        return [Change("same", new)] if new else []
    patience = patience or Patience()
    found: list[Change] = []
    before, after = _paragraphs(old), _paragraphs(new)
    for equal, mine, theirs in _blocks(before, after, patience):
        if equal:
            found.append(Change("same", "".join(mine)))
        else:
            found += _of_words("".join(mine), "".join(theirs), patience)
    return _joined(found)


def _of_words(old: str, new: str, patience: Patience) -> Iterator[Change]:
    for equal, mine, theirs in _blocks(_TOKEN.findall(old), _TOKEN.findall(new), patience):
        if equal:
            yield Change("same", "".join(mine))
        else:
            yield Change("out", "".join(mine))
            yield Change("in", "".join(theirs))


def _blocks(
    before: Sequence[str], after: Sequence[str], patience: Patience
) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    if not patience.lasts(len(before), len(after)):
        yield before == after, before, after
        return
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield tag == "equal", before[start:end], after[new_start:new_end]


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, each with the blank line behind it."""
    return re.findall(r"(?s).+?(?:\n\n|\Z)", text)


def _joined(changes: Sequence[Change]) -> list[Change]:
    """Join neighbours of one kind; between two "same" runs all that is out comes first."""
    found: list[Change] = []
    for same, run in groupby(changes, key=lambda change: change.kind == "same"):
        group = list(run)
        kinds: tuple[Kind, ...] = ("same",) if same else ("out", "in")
        for kind in kinds:
            if text := "".join(change.text for change in group if change.kind == kind):
                found.append(Change(kind, text))
    return found
