"""Settles the value of a field: of several claims the first is believed, and the others may contradict it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from newsbot.reading.repetition import CUT_MARKS, is_cut_copy
from newsbot.vietnamese.dates import PrintedDate
from newsbot.vietnamese.text import fold

_Value = TypeVar("_Value")


class Claims:
    """Collects which step gave each field, and the claims that contradict it."""

    def __init__(self) -> None:
        self.extracted_by: dict[str, str] = {}
        self.conflicts: dict[str, dict[str, Any]] = {}

    def forget(self) -> None:
        """Begin anew, for the same page read in another way."""
        self.extracted_by, self.conflicts = {}, {}

    def believe(self, field: str, place: str) -> None:
        self.extracted_by[field] = place if place in ("layout", "generic") else "structured"

    def settle_text(self, field: str, claims: Iterable[tuple[str, str]]) -> str:
        """Return the first text; those that say something else are conflicts, a cut-off copy is not."""
        return self._settle(field, claims, same_text) or ""

    def settle_date(self, field: str, claims: Iterable[tuple[str, PrintedDate | None]]) -> PrintedDate | None:
        """Return the first date; others are conflicts if they differ in what both of them tell."""
        return self._settle(field, claims, same_date)

    def settle_names(self, field: str, claims: Iterable[tuple[str, list[str]]]) -> list[str]:
        """Return the first list that is not empty; those with other names in them are conflicts."""
        return self._settle(field, claims, _names_no_other) or []

    def _settle(
        self, field: str, claims: Iterable[tuple[str, _Value | None]], agree: Callable[[_Value, _Value], bool]
    ) -> _Value | None:
        believed: _Value | None = None
        for place, claim in claims:
            if not claim:
                continue
            if believed is None:
                believed = claim
                self.believe(field, place)
            elif not agree(believed, claim):
                value = claim.isoformat() if isinstance(claim, PrintedDate) else claim
                self.conflicts.setdefault(field, {})[place] = value
        return believed


def same_text(text: str, other: str) -> bool:
    """Whether two texts say the same, one of them perhaps cut off.

    >>> same_text("mưa lớn kéo dài", "mưa lớn k..."), same_text("mưa lớn", "gió lớn")
    (True, False)
    """
    shorter, longer = sorted((fold(each).rstrip(CUT_MARKS) for each in (text, other)), key=len)
    return is_cut_copy(shorter, longer)


def same_date(date: PrintedDate, other: PrintedDate) -> bool:
    """Whether two dates agree in what both tell: the day, or the minute."""
    if "day" in (date.precision, other.precision):
        return date.value.date() == other.value.astimezone(date.value.tzinfo).date()
    if "minute" in (date.precision, other.precision):
        return abs((date.value - other.value).total_seconds()) < 60
    return date.value == other.value


def _names_no_other(believed: list[str], names: list[str]) -> bool:
    """Whether a list has but names of another; one that has a comma in it is two where the list was one text."""
    return {*map(fold, names)} <= {*map(fold, believed)} or fold(", ".join(names)) in fold(", ".join(believed))
