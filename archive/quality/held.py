"""What the archive answers to a request: the capture of the address that is nearest to a moment, as it was sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from scrapy.http import Response

from archive.browser.connection import Reply
from archive.collection import Collection
from archive.errors import ArchiveError
from archive.index.cdxj import IndexEntry
from archive.index.index import digits
from archive.index.surt import surt
from archive.quality.twins import without_moment
from archive.records.members import Member, read_member
from archive.records.record_reader import bare
from archive.records.revisit import claim
from archive.replay.originals import Resolver
from archive.replay.replay import response_of

#: Captures of one address that are tried, and addresses among which a twin is looked for.
_MOST_CAPTURES: Final = 20
_MOST_TWINS: Final = 500


class Held(NamedTuple):
    """A capture that the archive has."""

    url: str
    record: Member
    reply: Reply


class HeldAnswers:
    """Looks captures up in a collection; revisits are resolved, also those that say that nothing had changed.

    What is damaged, or refers to what is gone, is not there.

    :raises ArchiveError: from every method, if the index cannot be read.
    """

    def __init__(self, collection: Collection):
        self._collection = collection
        self._resolver = Resolver(collection)

    def answer(self, url: str, at: str, record_id: str = "") -> Held | None:
        """Return what an address gave; None if the archive has nothing of it.

        :param at: the moment, as a WARC-Date.
        :param record_id: of the capture that it shall be, if that is there.
        """
        index, moment = self._collection.index, digits(at)
        if record_id:
            exact = index.captures(url, moment, moment)
            if found := self._first(entry for entry in exact if self._is(entry, record_id)):
                return found
        near = [*islice(index.nearest(url, moment), 10 * _MOST_CAPTURES)]
        if found := self._first(entry for entry in near if bare(entry.url) == url):
            return found
        # Browsers ask by TLS for pictures that a page has without, and servers do not tell /Anh from /anh.
        return self._first(near) or self._first(self._twins(url, moment))

    def resource(self, prefix: str, url: str, date: str) -> bytes:
        """Return what was made of a capture, such as its text; empty if there is nothing.

        :param prefix: of its address, such as ``urn:text:``.
        :param date: WARC-Date of the capture.
        """
        moment = digits(date)
        for entry in self._collection.index.captures(f"{prefix}{url}", moment, moment):
            record = self._record(entry)
            if record and record.type == "resource" and record.get("WARC-Date") == date:
                return bytes(record.block)
        return b""

    def _twins(self, url: str, moment: str) -> Iterator[IndexEntry]:
        """Yield the captures of addresses that differ from one in nothing but a moment, the nearest in time first."""
        if not urlsplit(url).query:
            return
        wanted, index = without_moment(url), self._collection.index
        beginning = surt(urlsplit(url)._replace(query="").geturl())
        entries = [*islice(index.with_prefix(f"{beginning}?"), _MOST_TWINS)]
        twins = [entry for entry in entries if without_moment(bare(entry.url)) == wanted]
        yield from sorted(twins, key=lambda entry: abs(int(digits(entry.timestamp) or 0) - int(moment or 0)))
        if not urlsplit(wanted).query:
            yield from (entry for entry in index.nearest(wanted, moment) if bare(entry.url) == wanted)

    def _first(self, entries: Iterable[IndexEntry]) -> Held | None:
        return next(filter(None, map(self._held, islice(entries, _MOST_CAPTURES))), None)

    def _is(self, entry: IndexEntry, record_id: str) -> bool:
        record = self._record(entry)
        return record is not None and record.get("WARC-Record-ID") == record_id

    def _record(self, entry: IndexEntry) -> Member | None:
        try:
            record = read_member(self._collection.path(entry.filename), entry.offset)
        except ArchiveError:
            return None
        return record if record.complete and record.url == bare(entry.url) else None

    def _held(self, entry: IndexEntry) -> Held | None:
        record = self._record(entry)
        if record is None or record.type not in ("response", "revisit"):
            return None
        try:
            return Held(record.url, record, as_sent(self._response(entry, record)))
        except ArchiveError:
            return None

    def _response(self, entry: IndexEntry, record: Member) -> Response:
        """Return what a browser would have been given: of a page that had not changed, what it was.

        :raises ArchiveError: if it is not to be had.
        """
        path = self._collection.path(entry.filename)
        if record.type == "revisit" and claim(record).is_not_modified:
            original = self._resolver.original(record)
            if original is None:
                raise ArchiveError(f"{path}: at {record.offset}: what had not changed is not here")
            return response_of(original.path, original.record, self._resolver)
        return response_of(path, record, self._resolver)


def as_sent(response: Response) -> Reply:
    """Return a response for a browser, still content-encoded."""
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name in response.headers
        for value in response.headers.getlist(name)
    )
    return Reply(response.status, headers, response.body)
