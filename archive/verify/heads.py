"""Checks the head of a record: lines, fields by record type (ISO 28500:2017), forms of values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from archive.records.arc_reader import is_address
from archive.records.members import Member
from archive.verify.rules import Problem

_TARGETED: Final = frozenset({"response", "resource", "request", "revisit", "conversion", "continuation"})
_ALL: Final = _TARGETED | {"warcinfo", "metadata"}
_NONE: Final[frozenset[str]] = frozenset()
_OF_EXCHANGES: Final = _ALL - {"warcinfo", "conversion", "continuation"}
_REVISIT: Final = frozenset({"revisit"})
_CONTINUATION: Final = frozenset({"continuation"})

#: Field -> form of its value (see `_FORMS`), record types that must have it, and record types that may.
_FIELDS: Final[dict[str, tuple[str, frozenset[str], frozenset[str]]]] = {
    "warc-record-id": ("<uri>", _ALL, _ALL),
    "warc-type": ("", _ALL, _ALL),
    "warc-date": ("date", _ALL, _ALL),
    "warc-target-uri": ("uri", _TARGETED, _ALL - {"warcinfo"}),
    "warc-concurrent-to": ("<uri>", _NONE, _OF_EXCHANGES),
    "warc-ip-address": ("", _NONE, _OF_EXCHANGES),
    "warc-refers-to": ("<uri>", _NONE, frozenset({"metadata", "revisit", "conversion"})),
    "warc-refers-to-target-uri": ("uri", _NONE, _REVISIT),
    "warc-refers-to-date": ("date", _NONE, _REVISIT),
    "warc-profile": ("uri", _REVISIT, _REVISIT),
    "warc-filename": ("", _NONE, frozenset({"warcinfo"})),
    "warc-warcinfo-id": ("<uri>", _NONE, _ALL - {"warcinfo"}),
    "warc-segment-number": ("number", _CONTINUATION, _ALL),
    "warc-segment-origin-id": ("<uri>", _CONTINUATION, _CONTINUATION),
    "warc-segment-total-length": ("number", _NONE, _CONTINUATION),
    "content-length": ("", _NONE, _ALL),
    "content-type": ("media type", _NONE, _ALL),
    "warc-block-digest": ("", _NONE, _ALL),
    "warc-payload-digest": ("", _NONE, _ALL),
    "warc-truncated": ("", _NONE, _ALL),
    "warc-identified-payload-type": ("media type", _NONE, _ALL),
}
#: Fields that a record of any type must have, known to the standard or not.
_OF_ALL: Final = ("warc-record-id", "warc-date")
#: Fields whose value is judged by the type of the record.
_OF_TYPE: Final = frozenset({"warc-segment-number", "warc-profile"})
#: Fields whose value is checked by itself.
_CHECKED: Final = {name for name, (form, _, _) in _FIELDS.items() if form} | {"warc-ip-address", "warc-truncated"}
#: The one field of the standard that may stand more than once.
_REPEATABLE: Final = "warc-concurrent-to"

_FORMS: Final = {
    "<uri>": re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[!-;=?-~]+>"),
    "uri": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-;=?-~]*"),
    "date": re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?Z)?)?)?"),
    "date-1.0": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    "media type": re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+\s*(;.*)?"),
    "number": re.compile(r"[0-9]+"),
}
_REASONS: Final = frozenset({"length", "time", "disconnect", "unspecified"})
_PROFILES: Final = re.compile(
    r"http://netpreserve\.org/warc/1\.[01]/(revisit/)?(identical-payload-digest|server-not-modified)"
)
_LINE: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++:[^\x00-\x08\x0a-\x1f\x7f]*+")
_FOLDED: Final = re.compile(rb"[ \t][^\x00-\x08\x0a-\x1f\x7f]*+")
_WHOLE_HEAD: Final = re.compile(rb"[^\r\n]*+\r\n(?:" + _LINE.pattern + rb"\r\n)*+\r\n")
_VERSIONS: Final = frozenset({"WARC/0.17", "WARC/0.18", "WARC/1.0", "WARC/1.1"})
#: Whoever writes these versions writes them so.
_USUAL_VERSIONS: Final = frozenset({"WARC/1.0", "WARC/1.1"})
#: Number of fields up to which the names in a head are kept in mind.
_MOST_USUAL: Final = 64
#: Tolerance for clocks that differ.
_LEEWAY: Final = timedelta(hours=1)


def check_head(record: Member) -> list[Problem]:
    """Check the head of a record by itself."""
    return [] if _is_usual(record) else list(_problems(record))


def _is_usual(record: Member) -> bool:
    """Return whether nothing is odd about a head, by as few looks as that takes; what is odd, `_problems` tells."""
    fields, version = record.fields, record.version
    if len(fields) > _MOST_USUAL or version not in _USUAL_VERSIONS or not _is_whole(record.head):
        return False
    shape = _shape(tuple([name for name, _ in fields]), record.type, bool(record.block))
    if not shape.is_usual:
        return False
    for place, name in shape.checked:
        if _value(name, fields[place][1], version):
            return False
    return _OF_TYPE.isdisjoint(shape.names) or not any(_context(record, shape.names))


class _Shape(NamedTuple):
    """What the names of a record's fields tell by themselves."""

    #: In lower case.
    names: frozenset[str]
    #: Whether nothing is wrong with them.
    is_usual: bool
    #: Place and name, in lower case, of each field whose value is checked.
    checked: list[tuple[int, str]]


# The records of a file have few different ones.
@lru_cache(maxsize=256)
def _shape(names: tuple[str, ...], kind: str, has_block: bool) -> _Shape:
    lower = [name.lower() for name in names]
    once = [name for name in lower if name in _FIELDS and name != _REPEATABLE]
    is_usual = len(set(once)) == len(once) and not any(_presence(kind, set(lower), has_block=has_block))
    checked = [(place, name) for place, name in enumerate(lower) if name in _CHECKED]
    return _Shape(frozenset(lower), is_usual, checked)


def _problems(record: Member) -> Iterator[Problem]:
    yield from _lines(record.head)
    version = record.version.upper()
    if version not in _VERSIONS:
        yield "record-version", f"the version is {version}"
    elif record.version not in _USUAL_VERSIONS:
        yield "version-odd", f"the version is {record.version}"
    seen: set[str] = set()
    for name, value in record.fields:
        lower = name.lower()
        if lower in seen and lower in _FIELDS and lower != _REPEATABLE:
            yield "field-repeated", f"{name} stands more than once"
        seen.add(lower)
        yield from _value(lower, value, version)
    yield from _presence(record.type, seen, has_block=bool(record.block))
    yield from _context(record, seen)


def _lines(head: bytes) -> Iterator[Problem]:
    if _is_whole(head):
        return
    lines = head.split(b"\r\n")
    folded = [line for line in lines[2:-2] if line[:1] in (b" ", b"\t") and _FOLDED.fullmatch(line)]
    if folded:
        yield "head-folded", f"a line goes on in the next: {folded[0][:80].decode('latin-1')!r}"
    for at, line in enumerate(lines[1:-2]):
        if not (_LINE.fullmatch(line) or (at and _FOLDED.fullmatch(line))):
            yield "head-line", f"a line is not well formed: {line[:80].decode('latin-1')!r}"
    try:
        head.decode()
    except UnicodeDecodeError as error:
        yield "head-line", f"the head is not UTF-8: {error.reason} at {error.start}"
    if b"\n" in lines[0]:
        yield "head-line", "the version line does not end with CRLF"


def _is_whole(head: bytes) -> bool:
    return head.isascii() and bool(_WHOLE_HEAD.fullmatch(head))


def _presence(kind: str, present: Set[str], *, has_block: bool) -> Iterator[Problem]:
    """Check which fields are there, for a record of a type."""
    if not kind:
        yield "field-missing", "a record must have WARC-Type"
    elif kind not in _ALL:
        yield "type-unknown", f"WARC-Type is {kind[:80]!r}"
        for name in _OF_ALL:
            if name not in present:
                yield "field-missing", f"a record must have {_titled(name)}"
        return
    for name, (_, needed, allowed) in _FIELDS.items():
        if name in present:
            if kind and kind not in allowed:
                yield "field-forbidden", f"a {kind} record must not have {_titled(name)}"
        elif kind in needed:
            yield "field-missing", f"a {kind} record must have {_titled(name)}"
    if has_block and kind != "continuation" and "content-type" not in present:
        yield "content-type-missing", f"a {kind or 'record'} has a block, but no Content-Type"


def _context(record: Member, present: Set[str]) -> Iterator[Problem]:
    """Check values that only records of some types may have."""
    kind = record.type
    if kind and kind not in _ALL:
        return
    number = record.get("WARC-Segment-Number")
    if number.isdecimal() and (kind == "continuation") != (int(number[:18]) > 1):
        yield "field-value", f"WARC-Segment-Number of a {kind} is {number[:18]}"
    if kind == "revisit" and "warc-profile" in present and not _PROFILES.fullmatch(record.get("WARC-Profile")):
        yield "revisit-profile", f"the profile is {record.get('WARC-Profile')[:200]}"


# The records of an exchange have most values in common.
@lru_cache(maxsize=256)
def _value(name: str, value: str, version: str) -> tuple[Problem, ...]:
    """Check the value of a field whose name is in lower case."""
    if name == "warc-ip-address" and not is_address(value):
        return (("field-value", f"{_titled(name)} is no address: {value[:200]!r}"),)
    if name == "warc-truncated" and value not in _REASONS:
        return (("truncated-odd", f"{_titled(name)} is {value[:200]!r}"),)
    form = _FIELDS[name][0] if name in _FIELDS else ""
    if not form:
        return ()
    if form == "uri" and value.startswith("<") and value.endswith(">"):
        rule = "uri-brackets" if version == "WARC/1.1" else "uri-brackets-old"
        return ((rule, f"{_titled(name)} is {value[:200]}"),)
    pattern = _FORMS["date-1.0" if form == "date" and version == "WARC/1.0" else form]
    moment = read_date(value) if form == "date" else None
    if not pattern.fullmatch(value) or (form == "date" and moment is None):
        return (("field-value", f"{_titled(name)} is no {form}: {value[:200]!r}"),)
    if moment and moment > datetime.now(UTC) + _LEEWAY:
        return (("date-future", f"{_titled(name)} is {value}"),)
    return ()


@lru_cache(maxsize=256)
def read_date(value: str) -> datetime | None:
    """Return the moment that a WARC-Date gives, the first of its year, month or day where it says no more.

    None for what is no date, or one that no capture can have.

    >>> read_date("2026-11").isoformat()
    '2026-11-01T00:00:00+00:00'
    """
    text = value[:26].rstrip("Z")
    text += {4: "-01-01", 7: "-01"}.get(len(text), "")
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if 1900 <= moment.year < 9000 else None


def _titled(name: str) -> str:
    return "-".join({"warc": "WARC", "id": "ID", "uri": "URI", "ip": "IP"}.get(p, p.title()) for p in name.split("-"))
