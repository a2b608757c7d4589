"""Settles the value of a field: of several claims the first is believed, and the others may contradict it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from newsbot.reading.repetition import CUT_MARKS, is_cut_copy
from newsbot.vietnamese.dates import PrintedDate
from newsbot.vietnamese.text import fold

#: The step of the extraction chain to which each place of a claim belongs.
STEPS = {
    "layout": "layout",
    "json-ld": "structured",
    "meta": "structured",
    "breadcrumb": "structured",
    "microdata": "structured",
    "generic": "generic",
}


class Claims:
    """Collects which step gave each field, and the claims that contradict it."""

    def __init__(self) -> None:
        self.extracted_by: dict[str, str] = {}
        self.conflicts: dict[str, dict[str, Any]] = {}

    def believe(self, field: str, place: str) -> None:
        self.extracted_by[field] = STEPS[place]

    def contradict(self, field: str, place: str, value: Any) -> None:
        self.conflicts.setdefault(field, {})[place] = value

    def settle_text(self, field: str, claims: Iterable[tuple[str, str]]) -> str:
        """Return the first text; those that say something else are conflicts, a cut-off copy is not."""
        believed = key = ""
        for place, text in claims:
            if not text:
                continue
            if not believed:
                believed, key = text, fold(text)
                self.believe(field, place)
            elif text != believed and not same_text(key, fold(text)):
                self.contradict(field, place, text)
        return believed

    def settle_date(self, field: str, claims: Iterable[tuple[str, PrintedDate | None]]) -> PrintedDate | None:
        """Return the first date; others are conflicts if they differ in what both of them tell."""
        believed: PrintedDate | None = None
        for place, date in claims:
            if date is None:
                continue
            if believed is None:
                believed = date
                self.believe(field, place)
            elif not same_date(believed, date):
                self.contradict(field, place, date.isoformat())
        return believed

    def settle_names(self, field: str, claims: Iterable[tuple[str, list[str]]]) -> list[str]:
        """Return the first list that is not empty; those with other names in them are conflicts."""
        believed: list[str] = []
        for place, names in claims:
            if not names:
                continue
            if not believed:
                believed = names
                self.believe(field, place)
            elif not {*map(fold, names)} <= {*map(fold, believed)} and _joined(names) not in _joined(believed):
                self.contradict(field, place, names)
        return believed


def _joined(names: list[str]) -> str:
    """Return names as one list: one that has a comma in it is told as two where the list was one text."""
    return fold(", ".join(names))


def same_text(key: str, other: str) -> bool:
    """Whether two folded texts say the same, one of them perhaps cut off.

    >>> same_text("mưa lớn kéo dài", "mưa lớn k..."), same_text("mưa lớn", "gió lớn")
    (True, False)
    """
    shorter, longer = sorted((key.rstrip(CUT_MARKS), other.rstrip(CUT_MARKS)), key=len)
    return is_cut_copy(shorter, longer)


def same_date(date: PrintedDate, other: PrintedDate) -> bool:
    """Whether two dates agree in what both tell: the day, or the minute."""
    if "day" in (date.precision, other.precision):
        return date.value.date() == other.value.astimezone(date.value.tzinfo).date()
    if "minute" in (date.precision, other.precision):
        return abs((date.value - other.value).total_seconds()) < 60
    return date.value == other.value
