"""Shows differences as text: a sentence, then a table of fields with an example of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from newsbot.health.console import as_text, one_line
from newsbot.replaying.differences.comparison import Comparison, Kind

#: Characters shown of a value, and of what stands before the first difference.
_LONGEST: Final = 90
_BEFORE: Final = 15


def show(comparison: Comparison, console: Console) -> None:
    """Print how lines differ."""
    for sentence in _sentences(comparison):
        console.print(sentence, markup=False, highlight=False, soft_wrap=True)
    if comparison.fields:
        console.print(_table(comparison))


def _sentences(comparison: Comparison) -> Iterator[str]:
    compared = comparison.same + comparison.changed
    yield f"{compared} lines of the same captures compared: {comparison.same} the same, {comparison.changed} changed"
    old, new = (", ".join(sorted(versions)) or "none" for versions in comparison.reader_versions)
    if old != new:
        yield one_line(f"reader version: {old} before, {new} now")
    for told, kind in (
        ("articles gained", comparison.gained),
        ("articles lost", comparison.lost),
        ("further versions", comparison.versions_gained),
        ("versions fewer", comparison.versions_lost),
    ):
        if kind.number:
            yield f"{kind.number} {told}: {_named(kind)}"


def _named(kind: Kind) -> str:
    named = ", ".join(one_line(f"{example.id} ({example.url}, {example.fetched_at})") for example in kind.examples)
    return named + (", …" if kind.number > len(kind.examples) else "")


def _table(comparison: Comparison) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("source", "layout", "field"):
        table.add_column(heading, overflow="fold")
    table.add_column("lines", justify="right")
    table.add_column("for example", overflow="fold", ratio=1)
    for place, kind in comparison.rows():
        example = kind.examples[0]
        old, new = changed_part(as_text(example.old), as_text(example.new))
        of = comparison.compared[place.source, place.layout]
        told = f"{one_line(example.url)}\n- {one_line(old)}\n+ {one_line(new)}"
        row = (place.source, place.layout or "-", place.field, f"{kind.number} of {of}")
        table.add_row(*map(Text, map(one_line, row)), Text(told))
    return table


def changed_part(old: str, new: str) -> tuple[str, str]:
    """Return two different texts from shortly before the place where they part, cut to what fits a table.

    >>> changed_part("Chợ phiên vùng cao đông khách", "Chợ phiên vùng cao vắng khách")
    ('…phiên vùng cao đông khách', '…phiên vùng cao vắng khách')
    >>> changed_part("null", "A")
    ('null', 'A')
    """
    parted = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(0, parted - _BEFORE)
    return _cut(old, start), _cut(new, start)


def _cut(text: str, start: int) -> str:
    shown = text[start : start + _LONGEST]
    return ("…" if start else "") + shown + ("…" if len(text) > start + _LONGEST else "")
