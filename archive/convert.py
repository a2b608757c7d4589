"""Converts archive files of any form to WARC/1.1: each record in a gzip member of its own, its block byte for byte.

For files whose records can be read, but not looked up one by one: ARC, ``.warc.zst``, gzip members that are not one a
record, the WARC files in a WACZ package. Heads keep their fields; what WARC/1.1 no longer has (brackets around URIs,
folded lines) is corrected, and a block digest is added where there is none.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple
from zipfile import ZipFile, ZipInfo

from archive.errors import ArchiveError
from archive.files.atomic import replace_file
from archive.files.deflate import gzip_member
from archive.files.file_kind import START, ZIP_FAULTS, other_format
from archive.files.inflate import DENSE
from archive.files.manifest import file_digest
from archive.files.open_file import OPEN
from archive.files.zip_reading import is_bomb, opened_zip
from archive.records.members import Damage, Member, walk, what_it_is
from archive.records.record import digest, warcinfo
from archive.records.record_reader import RECORD_END, head_lines, parse_head
from archive.records.run_record import warc_now

_CONFORMS_TO: Final = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_SUFFIX: Final = re.compile(r"(\.w?arc)?(\.gz|\.zst)?$|\.wacz$", re.IGNORECASE)
_ARCHIVE: Final = re.compile(r"archive/[^/]+\.w?arc(\.gz|\.zst)?", re.IGNORECASE)
#: Fields with a URI, which WARC/1.0 had in brackets.
_URIS: Final = frozenset({"warc-target-uri", "warc-refers-to-target-uri", "warc-profile"})


@dataclass(frozen=True, slots=True)
class Left:
    """A part of a file that is not in what was written of it."""

    offset: int
    length: int
    reason: str


@dataclass(slots=True)
class Conversion:
    """What became of a file, or of one in a package."""

    file: str
    #: The file that was written; empty if none was.
    written: str = ""
    records: int = 0
    #: Whether the file was left as it is, since it needs no conversion.
    kept: bool = False
    lost: list[Left] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether there is a file with all the records."""
        return not self.lost and bool(self.written or self.kept)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Source(NamedTuple):
    """An archive file, or one in a package."""

    #: What is made of it is to be called so.
    name: str
    #: Where it is; not there where it could not be unpacked.
    path: Path
    #: Its name in its package.
    inside: str = ""
    #: How many bytes it has there.
    size: int = 0
    #: Why it could not be unpacked.
    fault: str = ""


@contextmanager
def sources(path: Path) -> Iterator[list[Source]]:
    """Give the archive files that a file is or, for a WACZ package, holds.

    :raises ArchiveError: if it is a package of which nothing can be read.
    """
    try:
        with path.open("rb") as file:
            is_package = "WACZ" in other_format(file.read(START))
        if not is_package:
            yield [Source(converted_name(path.name), path)]
            return
        with TemporaryDirectory(prefix="archive-convert-") as folder:
            yield _unpacked(path, Path(folder))
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror or error}") from error


def _unpacked(path: Path, folder: Path) -> list[Source]:
    """Unpack the archive files of a package; names in it lead nowhere."""
    found: list[Source] = []
    try:
        with opened_zip(path) as package:
            entries = [entry for entry in package.infolist() if _ARCHIVE.fullmatch(entry.filename)]
            size = sum(entry.file_size for entry in entries)
            if size > (free := shutil.disk_usage(folder).free):
                raise ArchiveError(f"{path}: unpacked it takes {size} bytes, and {free} are free in {folder.parent}")
            for number, entry in enumerate(entries):
                inside = entry.filename.rpartition("/")[2]
                copy = folder / str(number)
                fault = _unpack(package, entry, copy)
                name = f"{_SUFFIX.sub('', path.name)}-{converted_name(inside)}"
                found.append(Source(name, copy, inside, entry.compress_size, fault))
    except ZIP_FAULTS as error:
        raise ArchiveError(f"{path}: the package cannot be read: {_said(error)}") from error
    if not found:
        raise ArchiveError(f"{path}: no WARC file is in this package")
    if all(source.fault for source in found):
        raise ArchiveError(f"{path}: the package cannot be read: {found[0].fault}")
    return found


def _unpack(package: ZipFile, entry: ZipInfo, copy: Path) -> str:
    """Unpack one file; returns why that cannot be done, and leaves nothing then."""
    if is_bomb(entry.file_size, entry.compress_size):
        return f"it unpacks to over {DENSE} times its size"
    try:
        with package.open(entry) as packed, copy.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked, 1 << 20)
    except ZIP_FAULTS as error:
        copy.unlink(missing_ok=True)
        return _said(error)
    return ""


def _said(error: Exception) -> str:
    return str(error) or "it ends too early"


def converted_name(name: str) -> str:
    """Return how the WARC file is called that is made of a file.

    >>> [converted_name(name) for name in ("a.arc.gz", "b.warc.zst", "c.WARC", "d")]
    ['a.warc.gz', 'b.warc.gz', 'c.warc.gz', 'd.warc.gz']
    """
    return f"{_SUFFIX.sub('', name)}.warc.gz"


def is_record_wise(path: Path) -> bool:
    """Return whether a file is as one is that `convert` writes: WARC, all its records gzip members of their own.

    :raises ArchiveError: if it cannot be read.
    """
    return all(isinstance(found, Member) and found.gzipped and found.alone for found in walk(path))


def convert(path: Path, target: Path, name: str = "", origin: Path | None = None) -> Conversion:
    """Write a file anew; nothing is written if no record of it can be read.

    :param name: what the new file is going to be called, if not ``target``'s name.
    :param origin: the file that the new one is to name as the one it was made of, if not ``path``.
    :raises ArchiveError: if a file cannot be read or written, or ``target`` exists.
    """
    if path.name.endswith(OPEN):
        raise ArchiveError(f"{path} is being written, or is recovered when its source is crawled next")
    if target.exists():
        raise ArchiveError(f"{target} exists: it is not overwritten")
    result = Conversion(str(origin or path))
    if any(isinstance(found, Member) and _is_whole(found) for found in walk(path)):
        replace_file(target, _members(path, name or target.name, origin or path, result))
        result.written = str(target)
    else:
        result.lost = [Left(*found[:2], found.message) for found in walk(path) if isinstance(found, Damage)]
    return result


def _members(path: Path, name: str, origin: Path, result: Conversion) -> Iterator[bytes]:
    pairs: list[tuple[str, object]] = [
        ("software", "scrapy convert (archive.convert)"),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", _CONFORMS_TO),
        ("converted-from", origin.name),
        ("converted-from-format", what_it_is(path)),
        ("converted-from-sha256", file_digest(path)),
    ]
    warcinfo_id, first = warcinfo(name, warc_now(), pairs)
    yield first
    described = False
    for found in walk(path):
        if isinstance(found, Damage):
            if found.lost:
                result.lost.append(Left(found.offset, found.length, found.message))
        elif _is_whole(found):
            described = described or found.type == "warcinfo"
            result.records += 1
            yield gzip_member(_as_warc_1_1(found, "" if described else warcinfo_id))


def _is_whole(record: Member) -> bool:
    return record.complete and not record.damaged


def _as_warc_1_1(record: Member, warcinfo_id: str) -> bytes:
    """Return a record as WARC/1.1, not compressed.

    :param warcinfo_id: of the record that describes it, if it names none itself.
    """
    fields = [
        (name, value[1:-1] if name.lower() in _URIS and value[:1] == "<" and value[-1:] == ">" else value)
        for name, value in parse_head(record.head, "surrogateescape")
        if name.lower() != "content-length"
    ]
    if not record.get("WARC-Block-Digest"):
        fields.append(("WARC-Block-Digest", digest(record.block)))
    if warcinfo_id and not record.get("WARC-Warcinfo-ID") and record.type != "warcinfo":
        fields.append(("WARC-Warcinfo-ID", warcinfo_id))
    fields.append(("Content-Length", str(len(record.block))))
    return b"".join((b"WARC/1.1\r\n", head_lines(fields), b"\r\n", record.block, RECORD_END))
