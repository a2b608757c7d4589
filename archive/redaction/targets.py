"""Finds the records of a collection that a redaction is about."""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.collection import Collection
from archive.exchange.http_message import MessageError, stored_form
from archive.index.cdxj import Entry, read_line
from archive.records.members import Member
from archive.records.sound_records import sound_record


@dataclass(frozen=True)
class Target:
    """A record: where it is, and what it is."""

    path: Path
    record: Member

    @property
    def record_id(self) -> str:
        return self.record.get("WARC-Record-ID")

    @property
    def url(self) -> str:
        return bare(self.record.get("WARC-Target-URI"))

    @property
    def date(self) -> str:
        return self.record.get("WARC-Date")

    @property
    def payload_digest(self) -> str:
        return self.record.get("WARC-Payload-Digest")

    @property
    def is_revisit(self) -> bool:
        return self.record.type == "revisit"

    def payload(self) -> bytes:
        """Return the payload of a response; nothing of a record that holds none."""
        try:
            return bytes(stored_form(bytes(self.record.block)).payload)
        except MessageError:
            return b""


class Finder:
    """Looks records up in the index, which must be up to date.

    :raises ArchiveError: from every method, if the index or a record cannot be read.
    """

    def __init__(self, collection: Collection):
        self._collection = collection

    def of_url(self, url: str) -> list[Target]:
        """Return all captures of exactly this URL, in the order of time."""
        found = self._targets(entry for entry in self._collection.index.captures(url) if bare(entry.url) == url)
        return sorted(found, key=_order)

    def with_digests(self, digests: Several[str]) -> list[Target]:
        """Return all captures of any URL whose payload has one of these digests, in the order of time."""
        needles = {digest.encode() for digest in digests if digest}
        lines = (line for line in self._collection.index.lines() if any(needle in line for needle in needles))
        return sorted(self._targets(map(read_line, lines)), key=_order)

    def referring_to(self, originals: Several[Target]) -> list[Target]:
        """Return all revisits that refer to one of these records, in the order of time."""
        ids = {original.record_id for original in originals}
        moments = {(original.url, original.date) for original in originals}
        found: dict[str, Target] = {}
        for target in self._may_refer_to(originals):
            refers_to = target.record.get("WARC-Refers-To")
            moment = bare(target.record.get("WARC-Refers-To-Target-URI")), target.record.get("WARC-Refers-To-Date")
            if refers_to in ids or (not refers_to and moment in moments):
                found[target.record_id] = target
        return sorted(found.values(), key=_order)

    def _may_refer_to(self, originals: Several[Target]) -> Iterator[Target]:
        """Yield revisits with the digest or the URL of an original, and those that the store knows."""
        digests = {original.payload_digest for original in originals}
        yield from (target for target in self.with_digests(digests) if target.is_revisit)
        for url in {original.url for original in originals}:
            yield from (target for target in self.of_url(url) if target.is_revisit)
        if self._collection.dedup:
            for original in originals:
                for known in self._collection.dedup.referring_to(original.record_id):
                    path = self._collection.path(known.file)
                    yield Target(path, sound_record(path, known.offset))

    def _targets(self, entries: Iterable[Entry]) -> Iterator[Target]:
        for entry in entries:
            path = self._collection.path(entry.filename)
            yield Target(path, sound_record(path, entry.offset))


def bare(url: str) -> str:
    return url.removeprefix("<").removesuffix(">")


def _order(target: Target) -> tuple[str, str, int]:
    return target.date, target.path.name, target.record.offset
