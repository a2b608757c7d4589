"""Checks how far a WARC file of this archive is sound."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from isal.igzip import BadGzipFile, IGzipFile
from isal.isal_zlib import IsalError

from archive.errors import ArchiveError
from archive.files.manifest import file_digest
from archive.records.members import Member, walk
from archive.records.record_reader import Damage

_SHA256 = "sha256:"
#: Bytes unpacked at a time.
_STEP: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Soundness:
    """What a walk from the start of a file found, up to the first damage or the end."""

    #: Behind the last whole exchange, in bytes.
    end: int
    #: Whether a record up to there is of an exchange, so that the file holds more than a description of itself.
    holds_captures: bool
    #: Why the walk did not reach the end of the file, with the offset; empty if it did.
    problem: str = ""


def soundness(descriptor: int, path: Path) -> Soundness:
    """Read a file from its start: every record whole, a gzip member of its own, its block as its digest says.

    The file must be synced: what the kernel holds of it in memory is let go first, so that the disk is asked.

    :raises ArchiveError: if the file cannot be read.
    """
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    end = behind = 0
    seen = holds_captures = False
    for found in walk(path):
        if isinstance(found, Damage):
            return Soundness(end, holds_captures, f"at {found.offset}: {found.message}")
        if not (found.alone and _is_intact(found)):
            return Soundness(end, holds_captures, f"at {found.offset}: the block is not what its digest says")
        seen = seen or bool(found.get("WARC-Target-URI"))
        behind = found.offset + found.length
        if _ends_exchange(found):
            end, holds_captures = behind, seen
    problem = "" if end == behind else f"at {end}: the exchange ends with the file, before it is whole"
    return Soundness(end, holds_captures, problem)


def check_written(descriptor: int, path: Path, digest: str) -> None:
    """Read a synced file again: it is to be what was written, byte for byte, and all its gzip members are to unpack.

    :param digest: the SHA-256 of what was written, in hex.
    :raises ArchiveError: if it is not so, or the file cannot be read.
    """
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    if file_digest(path) != digest or not _unpacks(path):
        problem = soundness(descriptor, path).problem or "its digest is another"
        raise ArchiveError(f"{path} is not what was written to it, {problem}")


def _unpacks(path: Path) -> bool:
    """Return whether each gzip member has the content that its checksum says, one after the other to the end."""
    buffer = bytearray(_STEP)
    try:
        with IGzipFile(path, "rb") as content:
            while content.readinto(buffer):
                pass
    except (EOFError, BadGzipFile, IsalError):  # type: ignore[misc]  # its stub calls it an instance
        return False
    return True


def _is_intact(member: Member) -> bool:
    written = member.get("WARC-Block-Digest")
    return not written.startswith(_SHA256) or sha256(member.block).hexdigest() == written.removeprefix(_SHA256)


def _ends_exchange(member: Member) -> bool:
    """Return whether a record is the last of its exchange: the metadata, or what it announces."""
    if member.type in ("request", "response", "revisit"):
        return False
    announces = member.type == "metadata" and member.get("Content-Type") == "application/warc-fields"
    return not (announces and b"\r\nunreadable-answer: " in bytes(member.block))
