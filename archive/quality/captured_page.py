"""A captured page, and what its records say that it needs and showed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.quality.held import HeldAnswers
from archive.quality.twins import without_moment
from archive.records.members import read_member
from archive.requisites.page_info import PREFIX, captures_of, kinds_of, missed_in
from archive.requisites.requisite import Kind

_MOST_NEEDS: Final = 1_000

#: An address that a page needs, with date and record id of what it gave.
Need = tuple[str, str, str]


@dataclass(frozen=True)
class CapturedPage:
    """A page as it was captured."""

    url: str
    #: WARC-Date and WARC-Record-ID of its own capture.
    date: str
    record_id: str
    #: Date and record id of what it needs and was had, by address.
    needs: dict[str, tuple[str, str]]
    kinds: dict[str, str]
    #: Addresses that gave nothing then.
    missed: frozenset[str]
    #: What a browser showed that had it open then; empty if none had.
    text: str
    view: bytes

    def capture_of(self, url: str) -> tuple[str, str]:
        """Return date and record id of what an address gave; the page's own date if its record does not name it."""
        return next((self.needs[form] for form in forms(url) if form in self.needs), (self.date, ""))

    def was_missing(self, url: str) -> bool:
        """Return whether an address, or its twin of another moment, gave nothing when the page was captured."""
        return any(form in self.missed or without_moment(form) in self._missed_twins for form in forms(url))

    @cached_property
    def _missed_twins(self) -> set[str]:
        return {twin for url in self.missed if (twin := without_moment(url)) != url}

    def kind(self, url: str) -> Kind:
        """Return what an address is needed for, as far as that is known."""
        known = self.kinds.get(url, "")
        kinds: dict[str, Kind] = {
            "style": "style", "script": "script", "font": "font", "image": "image", "frame": "frame", "media": "media",
        }  # fmt: skip
        return kinds.get(known, "other")


def forms(url: str) -> tuple[str, ...]:
    """Return an address, and what it may be on its page: browsers ask for all pictures of a page by TLS.

    >>> forms("https://a.vn/1.png")
    ('https://a.vn/1.png', 'http://a.vn/1.png')
    """
    return (url, f"http{url.removeprefix('https')}") if url.startswith("https:") else (url,)


def captured_page(held: HeldAnswers, path: Path, offset: int) -> CapturedPage:
    """Read the records of the page whose response, or revisit, is at a place.

    :raises ArchiveError: if there is none, or the index cannot be read.
    """
    record = read_member(path, offset)
    if record.type not in ("response", "revisit") or not record.complete:
        raise ArchiveError(f"{path}: at {offset}: no response is there")
    url, date = record.url, record.get("WARC-Date")
    if not url.startswith(("http://", "https://")):
        raise ArchiveError(f"{path}: at {offset}: no page of the web is there")
    info = held.resource(PREFIX, url, date)
    missed = missed_in(info)
    return CapturedPage(
        url,
        date,
        record.get("WARC-Record-ID"),
        {address: capture for address, capture in captures_of(info).items() if address not in missed},
        kinds_of(info),
        frozenset(missed),
        held.resource("urn:text:", url, date).decode("utf-8", "replace"),
        held.resource("urn:view:", url, date),
    )


def not_held(held: HeldAnswers, page: CapturedPage, known: dict[Need, bool]) -> list[str]:
    """Return the addresses that a page needs, that were had, and of which the archive has nothing any more.

    Of a page that needs more than a browser is let ask for, the first are looked up.

    :param known: what was found before, to which is added: most of what a page needs, others of its site need, too.
    :raises ArchiveError: if the index cannot be read.
    """
    needs = [(url, *capture) for url, capture in islice(page.needs.items(), _MOST_NEEDS)]
    for need in needs:
        if need not in known:
            known[need] = held.answer(*need) is not None
    return [need[0] for need in needs if not known[need]]
