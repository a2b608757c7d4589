"""Single checks of what a proof needs: files against the chain, records, the index."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.collection import Collection
from archive.errors import ArchiveError, os_errors
from archive.files.deflate import is_gzip_member_of
from archive.files.inflate import IN_MEMORY
from archive.files.manifest import file_digest
from archive.files.plain_file import read_ranges
from archive.index.cdxj import cdxj_line
from archive.records.members import Member, as_indexed
from archive.verify.record import record_faults
from newsbot.proving.capture import exchange_notes

#: Maximum size of a file, in bytes, that is read to its end for its digest.
MOST_READ: Final = 256 << 20


@dataclass(frozen=True)
class Checked:
    """One thing that was looked at; None: it was not, and the text says why."""

    name: str
    holds: bool | None
    says: str


def file_check(what: str, path: Path, wanted: str, *, whole: bool) -> Checked:
    """Hold a file against its digest in the chain.

    :param wanted: the digest; empty if no entry names the file.
    :param whole: whether to read it however large it is.
    """
    if not wanted:
        return Checked(what, False, f"{path.name} is in no entry of the chain")
    try:
        with os_errors(f"cannot read {path}"):
            size = path.stat().st_size
        if size > MOST_READ and not whole:
            return Checked(what, None, f"{path.name} has {size} bytes, which are not all read (--whole)")
        found = file_digest(path)
    except ArchiveError as error:
        return Checked(what, False, str(error))
    if found != wanted:
        return Checked(what, False, f"the sha256 of {path.name} is {found}, in the chain it is {wanted}")
    return Checked(what, True, f"{path.name} has the sha256 of the chain, {wanted}")


def record_check(name: str, path: Path, record: Member) -> Checked:
    """Check a record by itself: its head, its digests, its HTTP framing."""
    faults = record_faults(record)
    if exchange_notes(path, record).get("capture-method") == "wire":  # then it came so, which is no fault of the record
        faults = [fault for fault in faults if fault[0] != "http-encoding"]
    if not faults and record.gzipped and record.alone and max(record.length, len(record.block)) <= IN_MEMORY:
        stored = b"".join(read_ranges(path, [(record.offset, record.length)]))
        own = "" if is_gzip_member_of(stored, record.as_bytes()) else ", compressed by another program"
    else:
        own = ""
    if faults:
        return Checked(name, False, f"{path.name} at {record.offset}: {faults[0][0]}: {faults[0][1]}")
    digests = ", ".join(each for each in ("block", "payload") if record.get(f"WARC-{each.title()}-Digest"))
    what = f"{record.type} record of {record.length} bytes, {digests} digest and HTTP framing are right{own}"
    return Checked(name, True, f"{path.name} at {record.offset}: {what}")


def of_page(name: str, number: int) -> str:
    """Return what is looked at of one of an article's pages.

    >>> of_page("record", 1), of_page("record", 2)
    ('record', 'record of page 2')
    """
    return name if number == 1 else f"{name} of page {number}"


def index_check(warcs: Collection, path: Path, record: Member) -> Checked:
    """Check that the index has the line of a record, byte for byte."""
    try:
        line = cdxj_line(as_indexed(record), path.name)
        is_there = bool(line) and warcs.index.holds(line or b"")
    except (ArchiveError, ValueError) as error:
        return Checked("index", False, str(error))
    return Checked(
        "index", is_there, "the index leads to the record" if is_there else "the index lacks the record's line"
    )
