"""Gives revisit records the payloads that they refer to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from archive.collection import Collection
from archive.exchange.http_message import MessageError
from archive.exchange.kept_response import kept_response
from archive.records.members import Member
from archive.records.revisit import claim
from archive.replay.originals import OriginalSearch


class UnresolvedError(Exception):
    """What a revisit record refers to is not to be had; the message says why."""


class Resolver:
    """Finds payloads as `archive.replay.originals` does.

    :param files: WARC files to look in, besides those of the collection.
    :param thorough: whether to read the whole collection, once, where its index does not tell.
    """

    def __init__(self, collection: Collection | None = None, files: Iterable[Path] = (), *, thorough: bool = False):
        self._search = OriginalSearch(collection, files, thorough=thorough)

    def payload(self, revisit: Member) -> bytes:
        """Return the payload of a revisit record, still content-encoded; that of a 304 is empty, as it was sent.

        :raises UnresolvedError: if it cannot be found.
        """
        wanted = claim(revisit)
        if wanted.is_not_modified:
            return b""
        if not (wanted.is_named or wanted.digest):
            raise UnresolvedError("it does not say what it refers to")
        found = self._search.original(revisit)
        if found is None or not found.certain:
            reason = "has another payload" if found else "is not here"
            raise UnresolvedError(f"it refers to a capture that {reason}: {wanted}")
        try:
            return bytes(kept_response(found.record.block).payload)
        except MessageError:
            return bytes(found.record.block)
