"""Checks what a line says of its article's past against the lines of that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from newsbot.items import article_of, fields_of
from newsbot.proving.checked import Checked
from newsbot.proving.finding import Wanted
from newsbot.state.versions import changed_since, version_of

#: What a line that says that an article is gone has of its own; all else is that of the version before.
_OF_TOMBSTONE: Final = frozenset(
    {"schema_version", "url", "version", "change", "fetched_at", "capture", "duplicate_of"}
)


def tombstone_check(wanted: Wanted, line: dict[str, Any]) -> Checked:
    """Check that a line of an article that is gone says what the version before it did."""
    before = _before(wanted, line)
    if before is None:
        return Checked("fields", False, "there is no line of the version before")
    names = [name for name in fields_of(line["schema_version"]) if name not in _OF_TOMBSTONE]
    wrong = [name for name in names if line[name] != before.get(name)]
    said = f"other than the version before: {', '.join(wrong)}"
    return Checked("fields", not wrong, said if wrong else f"its text is that of version {before['version']}")


def change_check(wanted: Wanted, line: dict[str, Any]) -> Iterator[Checked]:
    """Check what a line says has changed against the line of the version before it."""
    if sum(each.version == line["version"] for each in wanted.versions) > 1:
        yield Checked("version", False, f"two lines are version {line['version']}")
        return
    if line["version"] == 1:
        yield Checked("version", True, "the first: there is none before it")
        return
    before = _before(wanted, line)
    if before is None:
        yield Checked("version", False, f"there is no line of version {line['version'] - 1}")
        return
    wrong = _wrong_change(before, line)
    yield Checked("version", not wrong, wrong or f"{line['change']}, as the version before it tells")


def _before(wanted: Wanted, line: dict[str, Any]) -> dict[str, Any] | None:
    return next((each.content for each in wanted.versions if each.version == line["version"] - 1), None)


def _wrong_change(before: dict[str, Any], line: dict[str, Any]) -> str:
    """Return what is wrong with what a line says has changed; empty if nothing is."""
    try:
        known, article = version_of(article_of(before)), article_of(line)
        unnumbered = article if article.change == "removed" else replace(article, change="new", version=1)
        found = changed_since(unnumbered, known)
    except ValueError as error:
        return f"the version before it cannot be read: {error}"
    if found is None:
        return "nothing has changed since the version before it"
    return "" if found.change == line["change"] else f"{found.change} has changed since the version before it"
