"""Resolves revisit records to the payloads that they refer to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from archive.collection import Collection
from archive.http.http_message import MessageError
from archive.http.kept_response import kept_response
from archive.records.members import Member
from archive.records.revisit import claim
from archive.replay.originals import OriginalSearch

#: As short as a head can be.
_NOT_MODIFIED: Final = b"HTTP/1.1 304 Not Modified\r\n\r\n"


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
        if claim(revisit).is_not_modified:
            return b""
        original = self._original(revisit)
        try:
            return bytes(kept_response(original.block).payload)
        except MessageError:
            return bytes(original.block)

    def head(self, revisit: Member) -> bytes:
        """Return the HTTP head for a revisit record that has none of its own: its original's, since that is the same.

        :raises UnresolvedError: if it cannot be found.
        :raises MessageError: if its original has none.
        """
        if claim(revisit).is_not_modified:
            return _NOT_MODIFIED
        return kept_response(self._original(revisit).block).head

    def _original(self, revisit: Member) -> Member:
        wanted = claim(revisit)
        if not (wanted.is_named or wanted.digest):
            raise UnresolvedError("it does not say what it refers to")
        found = self._search.original(revisit)
        if found is None or not found.certain:
            reason = "has another payload" if found else "is not here"
            raise UnresolvedError(f"it refers to a capture that {reason}: {wanted}")
        return found.record
