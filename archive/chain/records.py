"""The hash tree over the records of a WARC file: so that one of them can be shown to be in it without the others."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from archive.chain.tree import tree_root
from archive.errors import ArchiveError
from archive.files.plain_file import read_ranges
from archive.records.members import Member, walk


def record_hashes(path: Path) -> dict[int, bytes]:
    """Return the SHA-256 of each record as it is stored, its gzip member, by its offset; these are the tree's leaves.

    Nothing where records are damaged, or share gzip members.

    :raises ArchiveError: if the file cannot be read.
    """
    hashes: dict[int, bytes] = {}
    for found in walk(path):
        if not isinstance(found, Member) or not found.complete or not found.alone:
            return {}
        hashes[found.offset] = record_hash(path, found)
    return hashes


def record_hash(path: Path, record: Member) -> bytes:
    """Return the leaf of a record.

    :raises ArchiveError: if the file cannot be read.
    """
    digest = sha256()
    for piece in read_ranges(path, [(record.offset, record.length)]):
        digest.update(piece)
    return digest.digest()


def records_root(path: Path) -> str:
    """Return the root of the tree over a file's records, in hex; empty for a file without one."""
    try:
        hashes = record_hashes(path)
    except ArchiveError:  # `verify` says what is wrong with it
        return ""
    return tree_root(list(hashes.values())).hex() if hashes else ""
