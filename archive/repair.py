"""Makes a sound WARC file of a damaged one: what can be trusted is kept as it is, what cannot is named.

A record whose gzip member is sound is copied byte for byte. One that shares its member with others or with garbage, or
is spread over several, or lacks only line ends behind its block, or whose member's checksum alone is broken while its
own digest is right, is written anew, head and block byte for byte the same. All else is lost, and the report says what
and where.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain, groupby, pairwise
from pathlib import Path
from typing import Any, Final

from archive.errors import ArchiveError, os_errors
from archive.files.atomic import replace_file, sync_folder
from archive.files.deflate import gzip_member
from archive.files.open_file import OPEN
from archive.files.plain_file import read_at
from archive.records.members import Damage, Member, walk
from archive.records.record_reader import FORM, RECORD_END
from archive.verify.record import check_block

#: Ends the name under which the damaged file is kept.
ORIGINAL: Final = ".orig"
_REPAIRED: Final = ".repaired"
#: Damage that says nothing about the content.
_HARMLESS: Final = frozenset({"gzip-stream", "gzip-crc", "record-end"})
#: Files that are not WARC, or not gzip: whatever is wrong with them, a repaired one would be something else.
_REFUSED: Final = frozenset({"format-convert", "format-unknown"})


@dataclass(frozen=True, slots=True)
class Loss:
    """A range of the damaged file that gave no record, or none that can be trusted."""

    offset: int
    length: int
    reason: str
    #: The record that was there, as far as its head could be read.
    record_id: str = ""
    record_type: str = ""
    url: str = ""


@dataclass(slots=True)
class Repair:
    """What became of a file."""

    file: str
    #: Where the repaired file is; empty if nothing needed repair, or nothing was left.
    repaired: str = ""
    #: Where the damaged one is kept.
    original: str = ""
    kept: int = 0
    #: How many of those had to be compressed anew.
    compressed: int = 0
    lost: list[Loss] = field(default_factory=list)
    #: Why the file is left alone though it is no sound WARC file; empty if it is, or was repaired.
    refused: str = ""
    #: How many articles and lists the next crawls ask for again, because captures of them are lost.
    due: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether all that was in the file is there."""
        return not self.lost and not self.refused

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def repair(path: Path, output: Path | None = None) -> Repair:
    """Repair a file of any origin; it is left alone if it is sound, or if nothing of it can be saved.

    The repaired file takes its place, and the damaged one is kept beside it as ``….orig``. It appears whole or not at
    all; after an interruption the next call does it all.

    :param output: where to write the repaired file instead; the damaged one then stays where it is.
    :raises ArchiveError: if a file cannot be read or written, or would be overwritten.
    """
    if path.name.endswith(OPEN):
        raise ArchiveError(f"{path} is being written, or is recovered when its source is crawled next")
    result = Repair(str(path), original=str(path))
    if _is_sound(path, result) or result.refused:
        return result
    original = path.with_name(path.name + ORIGINAL)
    target = output or path.with_name(path.name + _REPAIRED)
    if output and output.exists():
        raise ArchiveError(f"{output} exists: it is not overwritten")
    if not output and original.exists() and not original.samefile(path):
        raise ArchiveError(f"{original} exists: it is not overwritten")
    replace_file(target, _survivors(path, result))
    with os_errors(f"cannot put {target} in place of {path}"):
        if not result.kept:
            target.unlink()
        elif output:
            result.repaired = str(output)
        else:
            take_place(target, path, original)
            result.repaired, result.original = str(path), str(original)
    return result


def _is_sound(path: Path, result: Repair) -> bool:
    """Return whether a file needs no repair: its form may be odd, since `archive.convert` is for that."""
    for found in walk(path):
        if isinstance(found, Damage) and found.code in _REFUSED:
            result.refused = f"{found.message}; `scrapy repair` works on WARC files, gzipped or not"
        elif isinstance(found, Damage) and found.code not in FORM:
            result.kept = 0
            return False
        elif isinstance(found, Member):
            result.kept += 1
    return True


def take_place(repaired: Path, path: Path, original: Path) -> None:
    """Put the repaired file in place of the damaged one: at every moment there is one under its name."""
    if not original.exists():
        os.link(path, original)
        sync_folder(path.parent)
    repaired.replace(path)
    sync_folder(path.parent)


def _survivors(path: Path, result: Repair) -> Iterator[bytes]:
    """Yield the bytes of the repaired file, and note what is kept and lost."""
    with os_errors(f"cannot read {path}"), path.open("rb", buffering=0) as file:
        gives_digests = False
        for offset, group in groupby(walk(path), key=lambda found: found.offset):
            damages: list[Damage] = []
            saved = lost = 0
            # What stands behind a record in its gzip member is told behind it.
            for found, following in pairwise(chain(group, (None,))):
                if isinstance(found, Damage):
                    damages.append(found)
                    continue
                if found is None:
                    break
                gives_digests = gives_digests or bool(found.get("WARC-Block-Digest"))
                is_followed = isinstance(following, Damage)
                if data := _saved(found, file.fileno(), damages, result, is_followed, gives_digests):
                    saved += 1
                    yield data
                else:
                    lost += 1
                    result.lost.append(_loss(found, damages))
            result.kept += saved
            serious = [damage for damage in damages if damage.lost and damage.code not in _HARMLESS]
            if not lost and serious and not (saved == 1 and serious[0].code in ("gzip-torn", "record-torn")):
                result.lost.append(Loss(offset, serious[0].length, serious[0].message))


def _saved(
    record: Member, file: int, damages: list[Damage], result: Repair, followed: bool, gives_digests: bool
) -> bytes:
    """Return a record as the repaired file shall have it; nothing if it cannot be trusted.

    :param followed: whether its gzip member holds more than the record.
    :param gives_digests: whether this or an earlier record of the file gives the digest of its block.
    """
    if record.complete and record.alone and record.ended and not record.damaged and not followed:
        return read_at(file, record.offset, record.length)
    # Of a damaged stream each record's digest must tell. So it must where the line ends are not there that would show
    # that the block is as long as the head says. Where none are given, the start of a stream that is only cut off is as
    # it was written; else the head of one without has lost it, with bytes in the middle.
    cut_off = {damage.code for damage in damages} <= {"gzip-torn", *FORM, "record-end"}
    trusted = record.complete and (not record.damaged or (cut_off and not gives_digests))
    stated = bool(record.get("WARC-Block-Digest"))
    if not trusted or (stated and not record.ended):
        if not _is_proven(record):
            return b""
        result.lost += _behind(record)
    data = record.as_bytes()
    result.compressed += record.gzipped
    return gzip_member(data) if record.gzipped else data


def _behind(record: Member) -> list[Loss]:
    """Return what stands behind the block of a record that is not compressed, and belongs to none."""
    end = record.offset + len(record.head) + len(record.block)
    size = record.offset + record.length - end
    if record.gzipped or record.complete or size <= len(RECORD_END):
        return []
    return [Loss(end, size, f"{size} bytes behind a block belong to no record")]


def _is_proven(record: Member) -> bool:
    """Return whether a block is as long as the head says, and has the digest that the head gives."""
    whole = record.get("Content-Length") == str(len(record.block))
    return whole and bool(record.get("WARC-Block-Digest")) and not any(check_block(record))


def _loss(record: Member, damages: list[Damage]) -> Loss:
    reason = "; ".join(damage.message for damage in damages) or "the record is not whole"
    if record.inner:
        reason += f" (the record begins at {record.inner} of the uncompressed stream)"
    return Loss(
        record.offset,
        record.length,
        reason,
        record.get("WARC-Record-ID"),
        record.type,
        record.get("WARC-Target-URI"),
    )
