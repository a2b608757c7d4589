"""One small WARC file that holds what the revisits of a folder refer to in files that are elsewhere."""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.atomic import replace_file
from archive.files.deflate import gzip_member
from archive.files.plain_file import read_ranges
from archive.records.dates import index_time
from archive.records.digests import HOLDING
from archive.records.members import DamagedError, Member, members, read_member, walk
from archive.replay.record_table import write_alone

NAME: Final = "originals.warc.gz"


@dataclass
class _Section:
    """Records under a copy of their file's warcinfo record: each by what it is, with its date and its place."""

    warcinfo: tuple[Path, int] | None
    records: dict[bytes, tuple[str, Path, int]] = field(default_factory=dict)

    @property
    def date(self) -> str:
        return min(date for date, _, _ in self.records.values())


def borrow(folder: Collection, records: Iterable[tuple[Path, int]], leaving: Several[str] = ()) -> int:
    """Let a folder have copies of records, with those of the same exchange, and return how many records it has now.

    What it has had copies of stays, unless the record is in another file here.

    :param folder: up to date with all its other files.
    :param records: file and offset of each.
    :param leaving: files that are still here, but not for long.
    :raises ArchiveError: if a record cannot be read or the copies cannot be written; they are as before then.
    """
    path = folder.folder / NAME
    sections: dict[bytes, _Section] = {}
    wanted: dict[Path, set[int]] = {}
    for source, offset in records:
        wanted.setdefault(source, set()).add(offset)
    before = {_key(member): member.offset for member in members(path)} if path.exists() else {}
    if before:
        wanted[path] = set(before.values())
    with TemporaryDirectory(prefix="archive-originals-") as temporary:
        for number, (source, offsets) in enumerate(sorted(wanted.items())):
            readable, places = _readable(source, offsets, Path(temporary, f"{number}.warc.gz"))
            for warcinfo, exchange in _exchanges(readable):
                is_wanted = not places.isdisjoint(member.offset for member in exchange)
                if is_wanted and not any(_is_here(folder, member, leaving) for member in exchange):
                    _take(sections, readable, warcinfo, exchange)
        keys = {key for section in sections.values() for key in section.records}
        if keys | {section for section in sections if section} != set(before):
            _replace(folder, path, sections)
    return len(keys)


def _key(record: Member) -> bytes:
    """Return what tells a record from others: not its id alone, which several may have, or none."""
    return sha256(record.head + record.block).digest()


def _readable(path: Path, offsets: set[int], copy: Path) -> tuple[Path, set[int]]:
    """Return a file in which records can be read one by one, and where in it they are.

    :param offsets: of records, or of the gzip members that they share with others, which count all then.
    :param copy: where such a file may be made.
    """
    try:
        if all(read_member(path, offset).alone for offset in offsets):
            return path, offsets
    except DamagedError:
        pass  # a record that began in the gzip member before
    places = {at for (offset, _), at in write_alone(path, copy) if offset in offsets}
    if not places:
        raise ArchiveError(f"{path}: the records at {sorted(offsets)[:9]} cannot be read")
    return copy, places


def _replace(folder: Collection, path: Path, sections: dict[bytes, _Section]) -> None:
    folder.remove(NAME)  # first, so that it is taken in anew whatever comes
    if sections:
        replace_file(path, _chunks(sorted(sections.values(), key=lambda section: section.date)))
        folder.add(path, changed=True)
    else:
        path.unlink(missing_ok=True)


def _exchanges(path: Path) -> Iterator[tuple[Member | None, list[Member]]]:
    """Yield what belongs together in a file: the records of an exchange, with the warcinfo record above them."""
    warcinfo: Member | None = None
    exchange: list[Member] = []
    for member in walk(path):
        if not isinstance(member, Member) or not member.complete or member.damaged:
            continue
        if exchange and not _belongs(member, exchange):
            yield warcinfo, exchange
            exchange = []
        if member.type == "warcinfo":
            warcinfo = member
        elif member.get("WARC-Target-URI"):
            exchange.append(member)
    if exchange:
        yield warcinfo, exchange


def _belongs(record: Member, exchange: list[Member]) -> bool:
    ids = {each.get("WARC-Record-ID") for each in exchange}
    concurrent = {each.get("WARC-Concurrent-To") for each in exchange} - {""}
    own = {record.get("WARC-Concurrent-To"), record.get("WARC-Refers-To") if record.type != "revisit" else ""} - {""}
    return bool(ids & own) or record.get("WARC-Record-ID") in concurrent


def _take(sections: dict[bytes, _Section], path: Path, warcinfo: Member | None, exchange: list[Member]) -> None:
    name, place = (_key(warcinfo), (path, warcinfo.offset)) if warcinfo else (b"", None)
    section = sections.setdefault(name, _Section(place))
    for member in exchange:
        section.records.setdefault(_key(member), (member.get("WARC-Date"), path, member.offset))


def _is_here(folder: Collection, record: Member, leaving: Several[str]) -> bool:
    """Return whether another file of the folder, one that stays, holds a response."""
    if record.type not in HOLDING:
        return False
    time, record_id = index_time(record.get("WARC-Date")), record.get("WARC-Record-ID")
    for entry in folder.index.captures(record.url, time, time):
        path = folder.folder / entry.filename
        if entry.filename in (NAME, *leaving) or not path.exists():
            continue
        other = read_member(path, entry.offset)
        if other.get("WARC-Record-ID") == record_id and other.block == record.block:
            return True
    return False


def _chunks(sections: Iterable[_Section]) -> Iterator[bytes]:
    for section in sections:
        if section.warcinfo:
            yield _gzipped(*section.warcinfo)
        yield from (_gzipped(source, offset) for _, source, offset in sorted(section.records.values()))


def _gzipped(path: Path, offset: int) -> bytes:
    """Return a record as a gzip member; one that is such in its file gives the same bytes."""
    member = read_member(path, offset)
    if member.gzipped and member.alone:
        return b"".join(read_ranges(path, [(offset, member.length)]))
    return gzip_member(member.as_bytes())
