"""Records in compressed files: one a gzip member or zstd frame, many in one, or each spread over several.

Whole members are unpacked one after the other. Where the content of one ends inside a record, and the next does not
begin with one, the record goes on there.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Final

from isal import isal_zlib

from archive.files.inflate import (
    DENSE,
    DENSE_FROM,
    GZIP_MAGIC,
    JUDGED,
    STEP,
    Content,
    Gathered,
    Inflated,
    RefusedError,
    inflate,
)
from archive.files.plain_file import PlainFile
from archive.files.zstd_frame import (
    ZSTD_MAGIC,
    ZstdDecompressor,
    ZstdError,
    dictionary,
    is_skippable,
    skippable_length,
    unpack,
)
from archive.records.arc_reader import ARC, WARC, grammar_of
from archive.records.record_reader import (
    CutRecord,
    Damage,
    Grammar,
    Member,
    as_member,
    farther,
    gap,
    head_ends,
    up_to_next,
)

#: Bytes of a member's start, compressed and not, that show whether it holds a record.
_PROBE: Final = 1 << 10
_PROBED: Final = 1 << 11
#: The same of a zstd frame, which gives its content by whole blocks of up to 128 KiB.
_ZSTD_PROBE: Final = 1 << 18
#: How a gzip member begins (RFC 1952): no flag is set that is not known.
_GZIP_START: Final = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]", re.DOTALL)
#: How a zstd frame begins (RFC 8878): the reserved bit of what describes it is not set.
_ZSTD_START: Final = re.compile(
    rb"\x28\xb5\x2f\xfd[" + b"".join(re.escape(bytes([each])) for each in range(256) if not each & 8) + rb"]", re.DOTALL
)
#: What to do about records that cannot be looked up one by one.
CONVERT: Final = "`scrapy convert` makes a WARC file whose records can be looked up one by one"
#: A shorter tail than this may be the beginning of a record's first word.
_SHORTEST: Final = 16
_LEAST: Final = 1 << 13


class GzipMembers:
    """A gzip file, member by member."""

    #: What its members are called.
    name = "gzip member"
    _magic = GZIP_MAGIC
    _start = _GZIP_START

    def __init__(self, file: PlainFile):
        self.file = file

    def begins(self, position: int) -> bool:
        """Return whether a member begins there."""
        return self.file[position : position + len(self._magic)] == self._magic

    def unpack(self, position: int) -> Inflated:
        """Return the content of the member there."""
        return inflate(self.file.file, position, head_ends)

    def start(self) -> bytes:
        """Return how the content of the first member begins."""
        return _inflated(self.file[:_PROBE], _PROBE)

    def skipped(self, position: int) -> int:
        """Return where to go on behind what holds no content, if such begins there; else 0."""
        return 0

    def next(self, start: int, *, any_content: bool = False) -> int:
        """Return where, from ``start`` on, the next member with a record begins; the file's size if none does.

        :param any_content: whether any member will do, since records begin anywhere.
        """
        candidates = self.file.matches(self._start, start, _PROBE)
        return next((at for at, data in candidates if self._is_wanted(data, any_content)), len(self.file))

    def _is_wanted(self, data: bytes, any_content: bool) -> bool:
        content = _inflated(data, _PROBED)
        return bool(content) and (any_content or grammar_of(content, None) is not None)


class ZstdFrames(GzipMembers):
    """A zstd file, frame by frame."""

    name = "zstd frame"
    _magic = ZSTD_MAGIC
    _start = _ZSTD_START

    def __init__(self, file: PlainFile):
        super().__init__(file)
        self._dictionary = dictionary(file.file)

    def unpack(self, position: int) -> Inflated:
        return unpack(self.file.file, position, self._dictionary, head_ends)

    def start(self) -> bytes:
        position = 0
        while behind := self.skipped(position):
            position = behind
        try:
            return ZstdDecompressor(self._dictionary).decompress(self.file[position : position + _ZSTD_PROBE], _PROBE)
        except ZstdError:
            return b""

    def skipped(self, position: int) -> int:
        head = self.file[position : position + 8]
        return position + skippable_length(head) if is_skippable(head) else 0

    def _is_wanted(self, data: bytes, any_content: bool) -> bool:
        try:
            return bool(ZstdDecompressor(self._dictionary).decompress(data, 1)) or len(data) < _PROBE
        except ZstdError:
            return False


def _inflated(data: bytes, most: int) -> bytes:
    """Return what a gzip member begins with, at most so many bytes; nothing if it is none."""
    try:
        return isal_zlib.decompressobj(31).decompress(data, most)
    except isal_zlib.IsalError:  # type: ignore[misc]  # its stub calls it an instance
        return b""


class _Content:
    """What one member holds, or several one after the other, and where in the file each of them begins."""

    def __init__(self, offset: int, inflated: Inflated):
        self.data: Content = inflated.content
        #: Where in the content each member begins (the first perhaps in front of it), in rising order.
        self._begins = [0]
        #: The offset of each in the file.
        self._offsets = [offset]
        #: Offset behind the last member.
        self.end = inflated.end

    def is_one_member(self) -> bool:
        return self._begins == [0]

    def place(self, start: int, stop: int) -> tuple[int, int, int]:
        """Return offset and length in the file of the members that hold a part, and where in the first it begins."""
        first = bisect_right(self._begins, start) - 1
        behind = bisect_left(self._begins, max(stop, start + 1), first)
        offset = self._offsets[first]
        end = self._offsets[behind] if behind < len(self._offsets) else self.end
        return offset, end - offset, start - self._begins[first]

    def go_on(self, start: int, gathered: Gathered, starts: list[tuple[int, int]], end: int) -> None:
        """Drop what is in front of ``start``, and hold what was gathered from there on up to an offset in the file.

        :param starts: of the members behind those there are: where in what was gathered, and where in the file.
        """
        first = bisect_right(self._begins, start) - 1
        self._begins = [*(begin - start for begin in self._begins[first:]), *(begin for begin, _ in starts)]
        self._offsets = [*self._offsets[first:], *(offset for _, offset in starts)]
        self.data, self.end = gathered.content(), end


def _gather(gathered: Gathered, content: Content, start: int, packed: int) -> None:
    """Add content from a place on; ``packed`` is as for `Gathered.add`."""
    for at in range(start, len(content), STEP):
        gathered.add(content[at : at + STEP], packed)


class Walk:
    """A walk over the records of a compressed file."""

    def __init__(self, packed: GzipMembers):
        self._packed = packed
        self._file = packed.file
        self._name = packed.name
        self._is_gzip = packed.name == GzipMembers.name
        self._grammar: Grammar | None = None
        #: Whether records were found to go on in the next member.
        self._spread = False
        self._reported: set[str] = set()
        #: Bytes of content of broken members within which others were looked for.
        self._overlapped = 0
        #: A member that was looked at to see whether a record goes on there.
        self._ahead: tuple[int, Inflated] | None = None

    def records(self, position: int = 0) -> Iterator[Member | Damage]:
        """Yield the records and all damage, from the member at ``position`` on.

        Damage comes before the records that it concerns.
        """
        size = len(self._file)
        while position < size:
            if behind := self._packed.skipped(position):
                if behind > size:
                    yield Damage(position, size - position, "gzip-torn", f"the file ends inside this {self._name}")
                position = behind
                continue
            if not self._packed.begins(position):
                resumed = self._packed.next(position + 1, any_content=self._spread)
                yield gap(self._file, position, resumed)
                position = resumed
                continue
            inflated = self._unpack(position)
            if record := self._only_record(position, inflated):
                yield record
                position = inflated.end
            elif inflated.fault:
                damage = self._damage(position, inflated)
                yield damage
                position += damage.length
                content = _Content(damage.offset, Inflated(inflated.content, position))
                yield from self._in(content, damaged=True)
            else:
                content = _Content(position, inflated)
                yield from self._in(content, damaged=False)
                position = content.end

    def _only_record(self, position: int, inflated: Inflated) -> Member | None:
        """Return the record of a sound gzip member that holds a whole WARC record and nothing else, as most do."""
        if inflated.fault or not self._is_gzip:
            return None
        found = WARC.cut(inflated.content, 0)
        if found is None or found.problem is not None or found.end != len(inflated.content):
            return None
        self._grammar = WARC
        return as_member(found, position, inflated.end - position, gzipped=True)

    def _unpack(self, position: int) -> Inflated:
        if self._ahead and self._ahead[0] == position:
            return self._ahead[1]
        inflated = self._packed.unpack(position)
        self._ahead = (position, inflated)
        return inflated

    def _damage(self, position: int, inflated: Inflated) -> Damage:
        end = inflated.end
        if inflated.fault != "crc":
            end = self._packed.next(self._behind(position, inflated), any_content=self._spread)
        code, message = {
            "torn": ("gzip-torn", f"the file ends inside this {self._name}"),
            "crc": ("gzip-crc", f"the checksum or length of this {self._name} does not fit its content"),
            "deflate": ("gzip-data", f"the compressed data of this {self._name} is broken"),
            # Where such a member ends, only unpacking would tell: the next one is looked for in the file as it is.
            "refused": ("record-head", f"the record's head has no end, nothing of this {self._name} is read"),
            "dense": ("gzip-dense", f"this {self._name} unpacks to over {DENSE} times its size: nothing of it is read"),
        }[inflated.fault]
        return Damage(position, end - position, code, message)

    def _behind(self, position: int, inflated: Inflated) -> int:
        """Return from where on the member behind a broken one is looked for.

        It may begin anywhere, since what looks like a member may be none. But starts that all lead into the same data
        unpack it again each: when that comes to too much, those within a broken member do not count.
        """
        unread = {"dense": DENSE_FROM, "refused": JUDGED}.get(inflated.fault, 0)
        self._overlapped += max(unread, len(inflated.content))
        return position + 1 if self._overlapped < DENSE_FROM else max(position + 1, inflated.end)

    def _in(self, content: _Content, *, damaged: bool) -> Iterator[Member | Damage]:
        """Yield the records of a member and of those in which its last record goes on."""
        grammar = self._grammar = grammar_of(content.data, self._grammar) or WARC
        if grammar is ARC:
            yield from self._once("format-convert", content, f"the file is ARC: {CONVERT}")
        at = 0
        if not content.data and not damaged and not self._spread:  # such a member ends files of bgzip
            offset, length, _ = content.place(0, 0)
            yield Damage(offset, length, "garbage", f"this {self._name} holds nothing", lost=False)
        while at < len(content.data):
            found = grammar.cut(content.data, at)
            if not damaged and self._goes_on(content, at, found):
                at = 0
                continue
            if found is None:
                stop = farther(content.data, at, grammar)
                yield from self._gap(content, at, stop, damaged)
            else:
                found = up_to_next(content.data, at, found, grammar)
                stop = found.end
                yield from self._record(content, at, found, grammar, damaged)
            at = stop

    def _goes_on(self, content: _Content, at: int, found: CutRecord | None) -> bool:
        """Return whether a record goes on behind the content; that then holds all of it, or what there is of it."""
        if found is None:
            tail = content.data[at : at + _SHORTEST]
            may = len(tail) < _SHORTEST and b"WARC/1.".startswith(tail.upper()[:7]) and bool(tail)
            lacking = 0
        else:
            may, lacking = found.cut_off, found.lacking
        if not may:
            return False
        wanted = lacking or max(_LEAST, len(content.data) - at)
        gathered = Gathered()
        starts: list[tuple[int, int]] = []
        offset, _, _ = content.place(at, at)
        end = content.end
        try:
            while wanted > 0 and self._packed.begins(end):
                inflated = self._unpack(end)
                if inflated.fault or grammar_of(inflated.content, None):
                    break
                if not starts:
                    _gather(gathered, content.data, at, end - offset)
                starts.append((gathered.size, end))
                end = inflated.end
                _gather(gathered, inflated.content, 0, end - offset)
                wanted -= len(inflated.content)
        except RefusedError:  # more than records have in so few bytes
            return False
        if not starts:
            return False
        self._spread = True
        content.go_on(at, gathered, starts, end)
        return True

    def _record(
        self, content: _Content, at: int, found: CutRecord, grammar: Grammar, damaged: bool
    ) -> Iterator[Member | Damage]:
        offset, length, inner = content.place(at, found.end)
        size = len(content.data)
        alone = content.is_one_member() and not at
        if alone and found.end != size:
            alone = grammar.next(content.data, found.end) == size
        if not alone and grammar is WARC and self._is_gzip:
            many = found.end < size or inner or at
            shape = (
                f"this {self._name} holds more than one record" if many else f"a record lies in several {self._name}s"
            )
            yield from self._once("gzip-stream", content, f"{shape}: {CONVERT}")
        if found.problem is not None and not (damaged and found.problem[0] in ("record-torn", "record-head")):
            code, message = found.problem
            yield Damage(offset, length, code, f"{message} (at {inner} of the {self._name})", lost=not found.whole)
        if found.head:
            alone = alone and self._is_gzip
            yield as_member(found, offset, length, inner, gzipped=True, alone=alone, damaged=damaged)

    def _gap(self, content: _Content, at: int, stop: int, damaged: bool) -> Iterator[Damage]:
        offset, length, inner = content.place(at, stop)
        if not at and stop == len(content.data):
            if not damaged:
                yield Damage(offset, length, "garbage", f"this {self._name} holds no record")
        elif at or not damaged:
            found = gap(content.data, at, stop)
            yield found._replace(
                offset=offset, length=length, message=f"{found.message} (at {inner} of the {self._name})"
            )

    def _once(self, code: str, content: _Content, message: str) -> Iterator[Damage]:
        """Tell a form that the whole file has, where it first shows."""
        if code not in self._reported:
            self._reported.add(code)
            offset, length, _ = content.place(0, 0)
            yield Damage(offset, length, code, message, lost=False)
