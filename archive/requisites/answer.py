"""What came of asking for one address."""

from __future__ import annotations

from typing import NamedTuple


class Answer(NamedTuple):
    """The newest capture of an address, or why there is none."""

    #: Of HTTP; 0 if there was no answer. That of an address which has not changed is what it was.
    status: int = 0
    #: Media type, without parameters.
    mime: str = ""
    #: Of the response or revisit record, with its WARC-Date; empty if there is none.
    record_id: str = ""
    date: str = ""
    #: Why nothing, or not all, was had; empty if all was.
    error: str = ""

    @property
    def is_had(self) -> bool:
        """Whether the archive has what the address gives: content, or where it leads."""
        return not self.error and 200 <= self.status < 400
