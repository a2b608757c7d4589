"""Finds what belongs to a page beside its captures: records made of it, and requisites that no other page has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.records.members import sound_record
from archive.redaction.targets import Target, record_key
from archive.requisites.page_info import PREFIX, described_page, kinds_of

#: How the addresses of records begin that are made of a page: those of this project and of browsertrix.
MADE_OF: Final = (PREFIX, "urn:view:", "urn:fullPage:", "urn:thumbnail:", "urn:text:", "urn:dom:")
#: What belongs to a site, not to a page: by what it is needed for, and by how its address ends.
_STAYING: Final = frozenset({"style", "script", "font"})
_ICON: Final = "/favicon.ico"


def made_of(url: str) -> list[str]:
    """Return the addresses of records that are made of a page."""
    return [f"{prefix}{url}" for prefix in MADE_OF]


class PageRequisites:
    """What only some records of pages name, of all those in some collections.

    :param going: ``urn:pageinfo:`` records that are to be redacted; other records are none of them.
    """

    def __init__(self, collections: Iterable[Collection], going: Sequence[Target]):
        infos = [target for target in going if described_page(target.record)]
        named = {address: kind for info in infos for address, kind in kinds_of(info.record.block).items()}
        #: Addresses that may go.
        self.alone = {
            address
            for address, kind in named.items()
            if kind not in _STAYING and not address.partition("?")[0].endswith(_ICON)
        }
        #: How many of them others have, too.
        self.shared = 0
        self._keys = {info.key for info in infos}
        self._places = sorted(
            (each.path(entry.filename), entry.offset)
            for each in (collections if self.alone else ())
            for entry in each.index.with_prefix(PREFIX)
        )

    @property
    def size(self) -> int:
        """How many pages `compare` will look at."""
        return len(self._places)

    def compare(self, advance: Callable[[int], object]) -> None:
        """Leave out of `alone` what any other page is, or has.

        :param advance: called with how many pages more have been looked at.
        """
        before = len(self.alone)
        for path, offset in self._places:
            advance(1)
            if not self.alone:
                continue
            with suppress(ArchiveError):  # damaged: nobody can tell what its page has
                record = sound_record(path, offset)
                if record_key(record) not in self._keys:
                    self.alone -= {described_page(record), *kinds_of(record.block)}
        self.shared = before - len(self.alone)
