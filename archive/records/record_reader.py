"""Records in uncompressed content: heads taken apart, blocks cut out, and whatever does not fit named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from archive.files.inflate import IN_MEMORY, Content, Gathered
from archive.files.plain_file import PlainFile

#: A record's block: bytes; a view of a temporary file's mapping where it is larger than `IN_MEMORY`.
Block = bytes | memoryview

_MARK: Final = b"WARC/"
_RECORD_END: Final = b"\r\n\r\n"
_VERSION: Final = re.compile(rb"WARC/\d+\.\d+\r?\n")
#: How a record begins where it stands behind damage, perhaps in the middle of a line.
_START: Final = re.compile(rb"WARC/\d+\.\d+\r?\n[A-Za-z][A-Za-z0-9-]*:")
_HEAD_END: Final = re.compile(rb"\n\r?\n")
_LENGTH: Final = re.compile(r"[0-9]{1,18}")
_USUAL_HEAD: Final = 1 << 13
_LONGEST_START: Final = 1 << 8
_LONGEST_HEAD: Final = 1 << 20


class Damage(NamedTuple):
    """A range of a file that is not as it must be; ``code`` is that of a rule in `archive.verify`."""

    offset: int
    length: int
    code: str
    message: str


#: Fields at the head of a record that are looked at one by one; its type and id are there.
_FIRST = 3


@dataclass(slots=True)
class Member:
    """One record: where it lies in the file, its head, its block.

    In a gzipped file ``offset`` and ``length`` are those of the gzip member that holds it, which for a file that is a
    single gzip stream is the same for all records; ``inner`` is then the record's place in the uncompressed stream.
    """

    offset: int
    length: int
    #: The head as it stands, with version line and blank line.
    head: bytes
    #: Names and values of the head in order; folded lines joined, lines without colon left out.
    fields: list[tuple[str, str]]
    block: Block
    #: Whether the block is as long as the head says, and the record ends behind it as it must.
    complete: bool
    #: Whether it is in a gzip member, and whether it has that for itself.
    gzipped: bool = False
    alone: bool = True
    #: Whether the gzip member that holds it is damaged.
    damaged: bool = False
    inner: int = 0
    _values: dict[str, str] | None = field(default=None, repr=False, compare=False)

    def get(self, name: str) -> str:
        """Return the first value of a field, whatever the case of its name; empty if there is none."""
        wanted = name.lower()
        if self._values is None:
            for field, value in self.fields[:_FIRST]:
                if field.lower() == wanted:
                    return value
        return self.values.get(wanted, "")

    @property
    def values(self) -> dict[str, str]:
        """The first value of each field, by its name in lower case."""
        if self._values is None:
            self._values = {field.lower(): value for field, value in reversed(self.fields)}
        return self._values

    @property
    def type(self) -> str:
        return self.get("WARC-Type")

    @property
    def version(self) -> str:
        return self.head.partition(b"\n")[0].strip().decode("ascii", "replace")


class Found(NamedTuple):
    """A record cut out of content: ``end`` is behind it, ``problem`` (code and message) what is wrong with it."""

    head: bytes
    fields: list[tuple[str, str]]
    block: Block
    end: int
    problem: tuple[str, str] | None


def parse_head(head: bytes) -> list[tuple[str, str]]:
    r"""Return the named fields of a record's head.

    >>> parse_head(b"WARC/1.1\r\nWARC-Type: response\r\nno colon\r\nX: a\r\n b\r\n\r\n")
    [('WARC-Type', 'response'), ('X', 'a b')]
    """
    fields: list[tuple[str, str]] = []
    for line in head.decode("utf-8", "replace").split("\n")[1:]:
        if line[:1] in (" ", "\t") and fields:
            name, value = fields[-1]
            fields[-1] = name, f"{value} {line.strip()}".strip()
            continue
        name, colon, value = line.partition(":")
        if colon:
            fields.append((name.strip(), value.strip()))
    return fields


def cut_record(content: Content | PlainFile, start: int) -> Found | None:
    """Cut out the record that begins at ``start``; None if none begins there."""
    head = _head(content, start)
    if head is None:
        return None
    if not head:
        return Found(b"", [], b"", len(content), ("record-head", "the record's head has no end"))
    behind_head = start + len(head)
    fields = parse_head(head)
    length = next((value for name, value in fields if name.lower() == "content-length"), "")
    if not _LENGTH.fullmatch(length):
        problem = ("record-length", f"Content-Length is {length!r}" if length else "there is no Content-Length")
        return Found(head, fields, b"", behind_head, problem)
    stop = behind_head + int(length)
    if stop > len(content):
        block = _block(content, behind_head, len(content))
        problem = ("record-torn", f"the block ends after {len(block)} of {length} bytes")
        return Found(head, fields, block, len(content), problem)
    block = _block(content, behind_head, stop)
    end = stop + len(_RECORD_END)
    if content[stop:end] != _RECORD_END:
        return Found(head, fields, block, stop, ("record-end", "the block is not followed by two line ends"))
    return Found(head, fields, block, end, None)


def next_record(content: Content | PlainFile, start: int) -> int:
    """Return where, from ``start`` on, the next record begins; the content's length if none does."""
    position = content.find(_MARK, start)
    while position >= 0:
        if _START.match(content[position : position + _LONGEST_START]):
            return position
        position = content.find(_MARK, position + 1)
    return len(content)


def records_in(content: Content, offset: int, length: int, *, damaged: bool) -> Iterator[Member | Damage]:
    """Yield what a gzip member's content holds: one record, if all is well. Damage comes before what it concerns."""
    first = cut_record(content, 0)
    if first is None:
        if content or not damaged:
            yield Damage(offset, length, "garbage", "this gzip member holds no record")
    elif first.problem is None and first.end == len(content):
        yield Member(offset, length, first.head, first.fields, first.block, True, True, True, damaged)
        return
    alone = next_record(content, first.end if first else 0) == len(content)
    if not alone:
        yield Damage(offset, length, "gzip-stream", "this gzip member holds more than one record")
    for found in plain_records(content, 0 if first else next_record(content, 0)):
        if isinstance(found, Damage):
            if not (damaged and found.code in ("record-torn", "record-head")):
                yield Damage(offset, length, found.code, f"{found.message} (at {found.offset} of the gzip member)")
            continue
        found.inner, found.offset, found.length = found.offset, offset, length
        found.gzipped, found.alone, found.damaged = True, alone, damaged
        yield found


def plain_records(content: Content | PlainFile, start: int = 0) -> Iterator[Member | Damage]:
    """Yield the records of uncompressed content and the damage between them, from ``start`` on."""
    position, size = start, len(content)
    while position < size:
        found = cut_record(content, position)
        if found is None:
            resumed = next_record(content, position)
            yield gap(content, position, resumed)
            position = resumed
            continue
        end = found.end
        if found.problem is not None:
            # The length cannot be trusted: other records may lie where this one claims to be.
            end = next_record(content, position + max(1, len(found.head)))
            yield Damage(position, end - position, *found.problem)
            kept = min(len(found.block), max(0, end - position - len(found.head)))
            found = found._replace(block=found.block[:kept])
        if found.head:
            yield Member(position, end - position, found.head, found.fields, found.block, found.problem is None)
        position = end


def gap(content: Content | PlainFile, start: int, stop: int) -> Damage:
    """Say what a range is that belongs to no record."""
    blank = all(
        not content[at : min(at + _LONGEST_HEAD, stop)].strip(b"\0") for at in range(start, stop, _LONGEST_HEAD)
    )
    count = stop - start
    if blank:
        return Damage(start, count, "padding", f"{count} NUL bytes that belong to no record")
    return Damage(start, count, "garbage", f"{count} bytes that belong to no record")


def _head(content: Content | PlainFile, start: int) -> bytes | None:
    """Return the head at ``start``, empty if it does not end, None if there is none."""
    if content[start : start + len(_MARK)] != _MARK:
        return None
    for limit in (_USUAL_HEAD, _LONGEST_HEAD):
        window = content[start : start + limit]
        if not _VERSION.match(window):
            return None
        if ending := _HEAD_END.search(window):
            return window[: ending.end()]
    return b""


def _block(content: Content | PlainFile, start: int, stop: int) -> Block:
    if stop - start <= IN_MEMORY:
        return content[start:stop]
    if isinstance(content, PlainFile):
        gathered = Gathered()
        for at in range(start, stop, IN_MEMORY >> 4):
            gathered.add(content[at : min(at + (IN_MEMORY >> 4), stop)])
        return memoryview(gathered.content())
    return memoryview(content)[start:stop]
