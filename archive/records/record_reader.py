"""Cuts records out of uncompressed content: parses heads, takes blocks, and names what is damaged."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple, Protocol
from uuid import NAMESPACE_URL, uuid5

from archive.files.inflate import IN_MEMORY, JUDGED, Content, Gathered
from archive.files.plain_file import PlainFile

#: A record's block: bytes; a view of a temporary file's mapping where it is larger than `IN_MEMORY`.
Block = bytes | memoryview
#: What records are cut out of.
Source = Content | PlainFile

_MARK: Final = b"WARC/"
RECORD_END: Final = b"\r\n\r\n"
_VERSION: Final = re.compile(rb"(?i:WARC)/\d{1,9}\.\d{1,9}\r{0,2}\n")
#: How a record begins where it stands behind damage, perhaps in the middle of a line.
_START: Final = re.compile(rb"(?i:WARC)/\d{1,9}\.\d{1,9}\r{0,2}\n[A-Za-z][A-Za-z0-9-]{0,99}:")
_HEAD_END: Final = re.compile(rb"\n\r{0,2}\n")
_LENGTH: Final = re.compile(r"[0-9]{1,18}")
_USUAL_HEAD: Final = 1 << 13
_LONGEST_START: Final = 1 << 8
_LONGEST_HEAD: Final = JUDGED
#: Maximum number of line-end characters that end a record.
_MOST_LINE_ENDS: Final = 16
#: Damage to the form of a file whose records can all be read, but not each on its own by offset and length.
FORM: Final = frozenset({"gzip-stream", "format-convert"})


_lower: Final = lru_cache(maxsize=128)(str.lower)  # of the few names that are asked for


class Damage(NamedTuple):
    """A range of a file that is not as it must be; ``code`` is that of a rule in `archive.verify`."""

    offset: int
    length: int
    code: str
    message: str
    #: Whether content is lost, or may be: false where the records concerned are whole all the same.
    lost: bool = True


@dataclass(slots=True)
class Member:
    """One record: where it lies in the file, its head, its block.

    In a compressed file ``offset`` and ``length`` are those of the gzip member (or zstd frame, or several) that holds
    it, which for a file that is a single gzip stream is the same for all records; ``inner`` is then the record's place
    in the uncompressed stream. The head of an ARC record is made up: that of a WARC record which says the same.
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
    #: Whether it is compressed.
    gzipped: bool = False
    #: Whether offset and length lead to this WARC record alone: in a gzip member of its own, or not compressed.
    alone: bool = True
    #: Whether the gzip member that holds it is damaged.
    damaged: bool = False
    inner: int = 0
    #: Whether it ends as the standard says, with two line ends.
    ended: bool = True
    _values: dict[str, str] | None = field(default=None, repr=False, compare=False)

    def get(self, name: str) -> str:
        """Return the first value of a field, whatever the case of its name; empty if there is none."""
        return (self._values or self._by_name()).get(_lower(name), "")

    def _by_name(self) -> dict[str, str]:
        values = self._values = {name.lower(): value for name, value in reversed(self.fields)}
        return values

    @property
    def type(self) -> str:
        return (self._values or self._by_name()).get("warc-type", "")

    @property
    def url(self) -> str:
        """The WARC-Target-URI, without the angle brackets that some crawlers put around it."""
        return bare(self.get("WARC-Target-URI"))

    def as_bytes(self) -> bytes:
        """Return the record as it stands uncompressed in a file."""
        return b"".join((self.head, self.block, RECORD_END))

    @property
    def version(self) -> str:
        return self.head.partition(b"\n")[0].strip().decode("ascii", "replace")


class CutRecord(NamedTuple):
    """A record cut out of content: ``end`` is behind it, ``problem`` (code and message) what is wrong with it."""

    head: bytes
    fields: list[tuple[str, str]]
    block: Block
    end: int
    problem: tuple[str, str] | None
    #: Whether the block is whole, in spite of a problem.
    whole: bool = False
    #: Whether the content ends inside the record, or where its line ends should stand.
    cut_off: bool = False
    #: How many bytes of the record are not there at least, as far as that is known.
    lacking: int = 0
    #: Bytes in front of the block; those of the head but for ARC, whose heads are made up.
    head_length: int = 0
    #: For a record that has no id, what else tells it from others.
    unnamed: bytes = b""


class Grammar(Protocol):
    """How records stand in content."""

    def cut(self, content: Source, start: int) -> CutRecord | None:
        """Cut out the record that begins at ``start``; None if none begins there."""

    def next(self, content: Source, start: int) -> int:
        """Return where, from ``start`` on, the next record begins; the content's length if none does."""

    def begins(self, content: Source) -> bool:
        """Return whether content begins with a record."""


def bare(url: str) -> str:
    """Return a URL without the angle brackets that some crawlers put around it."""
    return url.removeprefix("<").removesuffix(">")


def parse_head(head: bytes, errors: str = "replace") -> list[tuple[str, str]]:
    r"""Return the named fields of a record's head.

    :param errors: what becomes of bytes that are no UTF-8, as `bytes.decode` has it.

    >>> parse_head(b"WARC/1.1\r\nWARC-Type: response\r\nno colon\r\nX: a\r\n b\r\n\r\n")
    [('WARC-Type', 'response'), ('X', 'a b')]
    """
    text = head.decode("utf-8", errors)
    lines = text.split("\n")[1:]
    if "\n " not in text and "\n\t" not in text:
        pairs = [line.partition(":") for line in lines]
        return [(name.strip(), value.strip()) for name, colon, value in pairs if colon]
    fields: list[tuple[str, list[str]]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and fields:
            if folded := line.strip():
                fields[-1][1].append(folded)
            continue
        name, colon, value = line.partition(":")
        if colon:
            fields.append((name.strip(), [value.strip()]))
    return [(name, parts[0] if len(parts) == 1 else " ".join(parts).strip()) for name, parts in fields]


class Warc:
    """The grammar of WARC, in any version and case."""

    def cut(self, content: Source, start: int) -> CutRecord | None:
        head = _head(content, start)
        if head is None:
            return None
        if not head:
            problem = ("record-head", "the record's head has no end")
            # Nor has any that begins so far in front of the next end of a head: nobody need look for these.
            ending = search(content, _HEAD_END, start, len(RECORD_END))
            skipped = len(content) - start if ending == len(content) else ending - _LONGEST_HEAD - start
            cut_off = len(content) - start <= _LONGEST_HEAD
            return CutRecord(b"", [], b"", len(content), problem, cut_off=cut_off, head_length=skipped)
        behind_head = start + len(head)
        fields = parse_head(head)
        length = next((value for name, value in fields if _lower(name) == "content-length"), "")
        if not _LENGTH.fullmatch(length):
            said = f"Content-Length is {length[:200]!r}" if length else "there is no Content-Length"
            return CutRecord(head, fields, b"", behind_head, ("record-length", said), head_length=len(head))
        stop = behind_head + int(length)
        if stop > len(content):
            block = self._untrusted(content, behind_head, len(content))
            problem = ("record-torn", f"the block ends after {len(content) - behind_head} of {length} bytes")
            lacking = stop + len(RECORD_END) - len(content)
            return CutRecord(head, fields, block, len(content), problem, False, True, lacking, len(head))
        end = stop + len(RECORD_END)
        behind = content[stop : end + 1]
        if behind[:4] == RECORD_END and behind[4:] not in (b"\r", b"\n"):
            return CutRecord(head, fields, block_of(content, behind_head, stop), end, None, head_length=len(head))
        return self._badly_ended(content, behind_head, CutRecord(head, fields, b"", stop, None, head_length=len(head)))

    def _badly_ended(self, content: Source, behind_head: int, found: CutRecord) -> CutRecord:
        """Look at what stands behind a block, which is trusted where it only lacks line ends."""
        behind = content[found.end : found.end + _MOST_LINE_ENDS + 1]
        line_ends = len(behind) - len(behind.lstrip(b"\r\n"))
        ends = behind[:line_ends]
        after = found.end + line_ends
        # Of three line ends one belongs to the block, whatever its length says; but not in a file without CR at all.
        few = line_ends <= _MOST_LINE_ENDS and (
            ends.count(b"\n") <= 2 or b"\r" not in ends or ends.startswith(RECORD_END)
        )
        at_end = after == len(content)
        if few and (at_end or _START.match(content[after : after + _LONGEST_START])):
            problem = ("record-end", f"the block is followed by {bytes(ends)!r}, not by two line ends")
            lacking = max(0, len(RECORD_END) - line_ends)
            block = block_of(content, behind_head, found.end)
            return found._replace(block=block, end=after, problem=problem, whole=True, cut_off=at_end, lacking=lacking)
        problem = ("record-end", "the block is not followed by two line ends")
        return found._replace(block=self._untrusted(content, behind_head, found.end), problem=problem)

    def _untrusted(self, content: Source, start: int, stop: int) -> Block:
        """Return a block up to where the next record begins: each of many may claim to be all that follows."""
        return block_of(content, start, min(stop, self.next(content, start)))

    def next(self, content: Source, start: int) -> int:
        return search(content, _START, start, _LONGEST_START)

    def begins(self, content: Source) -> bool:
        return bool(_VERSION.match(content[:_LONGEST_START]))


def search(content: Source, pattern: re.Pattern[bytes], start: int, longest: int) -> int:
    """Return where, from ``start`` on, a pattern first matches; the content's length if it does not."""
    return next((at for at, _ in matches(content, pattern, start, longest)), len(content))


def matches(content: Source, pattern: re.Pattern[bytes], start: int, longest: int) -> Iterator[tuple[int, bytes]]:
    """Yield where, from ``start`` on, a pattern matches, and ``longest`` bytes from there on."""
    if isinstance(content, PlainFile):
        yield from content.matches(pattern, start, longest)
    else:
        for match in pattern.finditer(content, start):
            yield match.start(), content[match.start() : match.start() + longest]


def farther(content: Source, start: int, grammar: Grammar, least: int = 1) -> int:
    """Return where the next record begins, at least ``least`` bytes behind ``start``.

    Every walk goes on by this alone where no whole record says where it ends: so it always makes progress.
    """
    behind = start + max(1, least)
    return max(behind, grammar.next(content, behind))


def plain_records(content: Source, start: int, grammar: Grammar) -> Iterator[Member | Damage]:
    """Yield the records of uncompressed content and the damage between them, from ``start`` on.

    Damage comes before what it concerns.
    """
    position, size = start, len(content)
    while position < size:
        found = grammar.cut(content, position)
        if found is None:
            resumed = farther(content, position, grammar)
            yield gap(content, position, resumed)
            position = resumed
            continue
        found = up_to_next(content, position, found, grammar)
        if found.problem is not None:
            yield Damage(position, found.end - position, *found.problem, lost=not found.whole)
        if found.head:
            yield as_member(found, position, found.end - position)
        position = found.end


def up_to_next(content: Source, start: int, found: CutRecord, grammar: Grammar) -> CutRecord:
    """Return a record whose length cannot be trusted up to where the next begins: that may lie inside its block."""
    if found.problem is None or found.whole:
        return found
    end = farther(content, start, grammar, found.head_length)
    kept = min(len(found.block), max(0, end - start - found.head_length))
    return found._replace(block=found.block[:kept], end=end)


def as_member(
    found: CutRecord,
    offset: int,
    length: int,
    inner: int = 0,
    *,
    gzipped: bool = False,
    alone: bool = True,
    damaged: bool = False,
) -> Member:
    """Return a record as what lies in its place in a file.

    One that has no id gets the same whenever it is read there, and only there; it cannot be looked up.
    """
    head, fields = found.head, found.fields
    if found.unnamed:
        place = f"{offset} {inner} {hashlib.sha256(found.block).hexdigest()} {found.unnamed!r}"
        made = f"<urn:uuid:{uuid5(NAMESPACE_URL, f'arc {place}')}>"
        fields = [fields[0], ("WARC-Record-ID", made), *fields[1:]]
        head = b"".join((head.partition(b"\n")[0], b"\n", head_lines(fields), b"\r\n"))
        alone = False
    ended = found.problem is None
    whole = ended or found.whole
    return Member(offset, length, head, fields, found.block, whole, gzipped, alone, damaged, inner, ended)


def head_lines(fields: Iterable[tuple[str, str]]) -> bytes:
    """Return the fields as they stand in a head; what `parse_head` escaped is put as it was."""
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode("utf-8", "surrogateescape")


def gap(content: Source, start: int, stop: int) -> Damage:
    """Say what a range is that belongs to no record."""
    blank = all(
        not content[at : min(at + _LONGEST_HEAD, stop)].strip(b"\0") for at in range(start, stop, _LONGEST_HEAD)
    )
    count = stop - start
    if count <= _MOST_LINE_ENDS and not content[start:stop].strip(b"\r\n"):
        return Damage(start, count, "garbage", f"{count} bytes of line ends that belong to no record", lost=False)
    if blank:
        return Damage(start, count, "padding", f"{count} NUL bytes that belong to no record")
    return Damage(start, count, "garbage", f"{count} bytes that belong to no record")


def _head(content: Source, start: int) -> bytes | None:
    """Return the head at ``start``, empty if it does not end, None if there is none."""
    if content[start : start + len(_MARK)].upper() != _MARK:
        return None
    for limit in (_USUAL_HEAD, _LONGEST_HEAD):
        window = content[start : start + limit]
        if not _VERSION.match(window):
            return None
        if ending := _HEAD_END.search(window):
            return window[: ending.end()]
    return b""


def head_ends(start: bytes) -> bool:
    """Return whether the head of a record ends where it must, if content that is longer begins with one."""
    return not (start[: len(_MARK)].upper() == _MARK and _head(start, 0) == b"")


def block_of(content: Source, start: int, stop: int) -> Block:
    """Return a range of content, in memory where it is not large."""
    if stop - start <= IN_MEMORY:
        return content[start:stop]
    if isinstance(content, PlainFile):
        gathered = Gathered()
        for at in range(start, stop, IN_MEMORY >> 4):
            gathered.add(content[at : min(at + (IN_MEMORY >> 4), stop)])
        return memoryview(gathered.content())
    return memoryview(content)[start:stop]
