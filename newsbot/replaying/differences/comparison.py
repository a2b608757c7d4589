"""Compares lines of the same captures: which are gained and lost, and which fields of the others differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

#: What says nothing of what was read: where the capture lies now, and which code has read it.
NOT_COMPARED: Final = frozenset({"schema_version", "reader_version", "capture"})
#: What other captures decide, too.
HISTORY: Final = frozenset({"version", "change", "duplicate_of"})
#: Objects whose keys are fields: they differ by key.
_BY_FIELD: Final = frozenset({"extracted_by", "conflicts"})
#: Examples kept of each kind of difference.
_MOST_EXAMPLES: Final = 3


class Example(NamedTuple):
    """One line, as OLD has it and as it is read now; None where one side has none."""

    id: str
    url: str
    fetched_at: str
    old: Any = None
    new: Any = None


@dataclass
class Kind:
    """How many lines differ in one way, and the first of them."""

    number: int = 0
    examples: list[Example] = field(default_factory=list)

    def add(self, line: Mapping[str, Any], old: Any = None, new: Any = None) -> None:
        self.number += 1
        if len(self.examples) < _MOST_EXAMPLES:
            self.examples.append(Example(str(line["id"]), str(line["url"]), str(line["fetched_at"]), old, new))


class Place(NamedTuple):
    """Where a difference is: the layout is that of the old line, None if none fitted."""

    source: str
    layout: str | None
    field: str


class Comparison:
    """Gathers how lines differ; its size does not depend on how many there are.

    :param with_history: whether version, change and duplicates are compared, which other captures decide, too.
    """

    def __init__(self, *, with_history: bool = True):
        self.same = 0
        self.changed = 0
        self.fields: dict[Place, Kind] = {}
        #: Lines of each source and layout that both have.
        self.compared: Counter[tuple[str, str | None]] = Counter()
        #: Articles of which there is no line on the other side, each by its first line here, and all other lines there.
        self.gained, self.lost = Kind(), Kind()
        self.versions_gained, self.versions_lost = Kind(), Kind()
        self.reader_versions: tuple[Counter[str], Counter[str]] = Counter(), Counter()
        self._left_out = NOT_COMPARED if with_history else NOT_COMPARED | HISTORY

    def compare(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Compare two lines of one capture."""
        for line, versions in zip((old, new), self.reader_versions, strict=True):
            if "reader_version" in line:  # no fixture has it
                versions[str(line["reader_version"])] += 1
        source, layout = str(new["source"]), str(old["layout"]) if old.get("layout") else None
        self.compared[source, layout] += 1
        found = list(self._differences(old, new))
        for name, before, after in found:
            self.fields.setdefault(Place(source, layout, name), Kind()).add(new, before, after)
        self.changed += bool(found)
        self.same += not found

    def _differences(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
        """Yield the fields that differ, with both values; a field that an older schema lacks is not compared."""
        for name in new.keys() & old.keys() - self._left_out:
            before, after = (_joined_pages(line) if name == "pages" else line[name] for line in (old, new))
            if before == after:
                continue
            before_by_field, after_by_field = before or {}, after or {}
            if name not in _BY_FIELD or not isinstance(before_by_field, dict) or not isinstance(after_by_field, dict):
                yield name, before, after
                continue
            before, after = before_by_field, after_by_field
            for key in before.keys() | after.keys():
                if before.get(key) != after.get(key):
                    yield f"{name}.{key}", before.get(key), after.get(key)

    def rows(self) -> list[tuple[Place, Kind]]:
        """Return the fields that differ, by source, layout and name."""
        return sorted(self.fields.items(), key=lambda row: (row[0].source, row[0].layout or "", row[0].field))

    def as_json(self) -> dict[str, Any]:
        lines = {"same": self.same, "changed": self.changed}
        kinds = {
            "articles": {"gained": _kind(self.gained), "lost": _kind(self.lost)},
            "versions": {"gained": _kind(self.versions_gained), "lost": _kind(self.versions_lost)},
        }
        fields = [
            {**place._asdict(), "of": self.compared[place.source, place.layout], **_kind(kind)}
            for place, kind in self.rows()
        ]
        old, new = ({name: versions[name] for name in sorted(versions)} for versions in self.reader_versions)
        return {"lines": lines, **kinds, "fields": fields, "reader_versions": {"old": old, "new": new}}


def _joined_pages(line: Mapping[str, Any]) -> Any:
    """Return the addresses of the further pages that a line is read from, wherever their captures lie now."""
    addresses, pages = line.get("further_pages"), line["pages"]
    if not isinstance(addresses, list) or not isinstance(pages, list):
        return pages
    return [address for address, page in zip(addresses, pages, strict=False) if page is not None]


def _kind(kind: Kind) -> dict[str, Any]:
    return {"number": kind.number, "examples": [example._asdict() for example in kind.examples]}
