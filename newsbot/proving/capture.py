"""What an archive holds of the circumstances of a capture: when, from which address, over which connection."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.records.members import Member, read_member
from archive.records.record import FIELDS

_LONGEST: Final = 1 << 16
#: Of the record that describes an exchange, what is told.
_TOLD: Final = ("fetchTimeMs", "via", "hopsFromSeed", "charset", "redacted-in-request")


def circumstances(path: Path, record: Member) -> dict[str, str]:
    """Return what the record of a capture, and the one behind it that describes the exchange, say of how it was had."""
    said = {
        "date": record.get("WARC-Date"),
        "type": record.get("WARC-Type"),
        "ip": record.get("WARC-IP-Address"),
        "protocol": record.get("WARC-Protocol"),
        "refers_to": " ".join((record.get("WARC-Refers-To-Target-URI"), record.get("WARC-Refers-To-Date"))).strip(),
        "truncated": record.get("WARC-Truncated"),
        "record_id": record.get("WARC-Record-ID"),
        "payload_digest": record.get("WARC-Payload-Digest"),
    }
    notes = exchange_notes(path, record)
    told = {name: notes[name] for name in notes if name in _TOLD or name.startswith("tls")}
    return {name: value for name, value in {**said, **told}.items() if value}


def exchange_notes(path: Path, record: Member) -> dict[str, str]:
    """Return the fields of the metadata record of an exchange, which stands behind its response."""
    try:
        behind = read_member(path, record.offset + record.length)
    except ArchiveError:  # the end of the file, or another crawler's
        return {}
    is_linked = behind.get("WARC-Concurrent-To") == record.get("WARC-Record-ID")
    if behind.type != "metadata" or behind.get("Content-Type") != FIELDS or not is_linked:
        return {}
    text = bytes(behind.block[:_LONGEST]).decode("utf-8", "replace")
    pairs = (line.partition(": ") for line in text.split("\r\n"))
    return {name: value for name, colon, value in pairs if colon}
