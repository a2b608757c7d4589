"""What one page needs, and what came of each address."""

from __future__ import annotations

from collections import Counter
from typing import Final

from archive.http.exchange import Capture
from archive.requisites.answer import Answer
from archive.requisites.page_info import page_info
from archive.requisites.requisite import Kind, Requisite

#: Maximum number of addresses that a page's record names; a page may name any number.
MOST: Final = 2_000


class PageNeeds:
    """A page whose requisites are being had; `open` is how many are still under way."""

    def __init__(self, capture: Capture):
        self.capture = capture
        #: Requests made for its sake.
        self.requests = 0
        self.open = 0
        #: Addresses not asked for, by reason.
        self.left_out: Counter[str] = Counter()
        self._kinds: dict[str, Kind] = {}
        self._answers: dict[str, Answer] = {}

    def takes(self, requisite: Requisite) -> bool:
        """Whether an address is new here and there is room for it."""
        if requisite.url in self._kinds or requisite.url == self.capture.url:
            return False
        if len(self._kinds) >= MOST:
            self.left_out["too many"] += 1
            return False
        self._kinds[requisite.url] = requisite.kind
        return True

    def kind(self, url: str) -> Kind:
        """Return what an address is needed for here that was taken."""
        return self._kinds[url]

    def answered(self, url: str, answer: Answer) -> None:
        """Note what an address gave."""
        self._answers[url] = answer

    def leave_out(self, url: str, reason: str) -> None:
        """Note that an address is not asked for."""
        self.left_out[reason] += 1
        del self._kinds[url]

    def info(self) -> bytes:
        """Return the block of the page's record; what was not answered counts as left out."""
        capture = self.capture
        answers = {url: (self._kinds[url], answer) for url, answer in self._answers.items()}
        left_out = self.left_out + Counter({"not answered": len(self._kinds) - len(answers)})
        return page_info(capture.url, capture.record_id, capture.date, answers, left_out)
