"""Retires old WARC files from the data folder; lines and state stay consistent with what is left.

The lines stay, for the researcher, and go along too, so that the other folder can be checked by itself. The state
forgets the validators of what was captured so long ago, and the requisites that are in files which leave are forgotten:
a 304 would refer to a capture that is no longer here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from scrapy.settings import BaseSettings

from archive.clock import now
from archive.errors import ArchiveError, os_errors
from archive.files.atomic import make_folder, replace_file
from archive.index.index import digits
from archive.requisites.known import known_requisites
from archive.retirement.leaving import Leaving
from archive.retirement.originals import NAME as COPIES
from archive.retirement.plan import Plan, plan
from newsbot.chaining.archive_chain import ArchiveChain
from newsbot.configuration.folders import collection
from newsbot.state.resources import Resources
from newsbot.state.state import State
from newsbot.upkeep.receipts import bring_up_to_date, receipt_name, refuse_unfinished, write_receipt

_FILE: Final = re.compile(rb'"file":"([^"\\]+)"')


class Retirement:
    """Retires files of one data folder; the caller holds the locks of the archive and of all sources.

    :param before: files whose captures are all older may leave: a date or a time, as far as wanted.
    :param to: the folder that gets them; None: they are deleted.
    :param keep_originals: whether copies of records that later captures refer to shall stay, instead of their files.
    :raises ArchiveError: from every method, if a file or database cannot be read or written.
    """

    def __init__(self, settings: BaseSettings, before: str, to: Path | None, *, keep_originals: bool = False):
        self._settings = settings
        self._data = Path(settings["DATA_DIR"])
        self._before = before
        self._to = to
        self._keep_originals = keep_originals
        self._collection = collection(settings)
        self._leaving = Leaving(self._collection, to)
        self.damaged: list[str] = []

    def look(self) -> Plan:
        """Bring the index up to date, and find out what can leave.

        :raises ArchiveError: also if a crawl was killed and its files are not finished, or the manifest has lost files:
            nothing would tell whether these are what they were.
        """
        refuse_unfinished(self._collection, self._data / "articles")
        if lost := self._collection.undigested():
            raise ArchiveError(
                f"the manifest has lost the digests of {len(lost)} files, such as {lost[0]}: nothing tells whether "
                "they are whole; put a copy of it back, or, without one, check the files (`scrapy verify`) and take "
                "them as they are (`scrapy index rebuild`)"
            )
        bring_up_to_date(self._settings, self._collection)
        self._leaving = Leaving(self._collection, self._to)
        return self._plan()

    def without_damaged(self, found: Plan) -> Plan:
        """Return the plan by which damaged files, and what they refer to, stay."""
        self.damaged = list(self._leaving.damaged(sorted({*found.leaving, *found.unindexed})))
        return self._plan() if self.damaged else found

    def carry_out(self, found: Plan, by: str) -> Iterator[str]:
        """Let the files leave; yields each when it is in the other folder."""
        yield from self._leaving.copy(found, self._settings.getint("ARCHIVE_DISK_FLOOR"))
        self._copy_lines()
        self._copy_receipts()
        self._leaving.leave_behind(found)
        at = now()
        entries = self._leaving.entries(found, at, by)
        receipt = {
            "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "by": by,
            "before": self._before,
            "to": str(self._to.resolve()) if self._to else None,
            "files": [entry._asdict() for entry in entries],
            "damaged": self.damaged,
            "stayed": {name: len(others) for name, others in sorted(found.staying.items())},
            "copies_kept": len(found.left_behind),
        }
        written = write_receipt(self._data, receipt_name("retirement", at), receipt)
        leaving = [self._collection.folder / name for name in found.leaving]
        ArchiveChain(self._settings).enter_change(
            "retirement", [written, self._collection.folder / COPIES], gone=leaving, by=by, to=receipt["to"]
        )
        self._collection.retired.add(entries)  # from here on, the files have left
        with closing(State(self._settings["STATE_URL"])) as state:
            Resources(state).forget_validators(self._before)
        with known_requisites(self._settings) as known:
            if known is not None:
                known.forget(files=found.leaving)
        self._leaving.remove(found.leaving)

    def _plan(self) -> Plan:
        return plan(self._collection, digits(self._before), self.damaged, keep_originals=self._keep_originals)

    def _copy_lines(self) -> None:
        """Let the other folder have the lines all of whose captures it has."""
        target = self._leaving.target
        if target is None or self._to is None:
            return
        there = {path.name.encode() for path in target.files()}
        for path in sorted((self._data / "articles").rglob("*.jsonl")):
            copy = self._to / "articles" / path.parent.name / path.name
            with os_errors(f"cannot copy {path} to {copy}"):
                with path.open("rb") as lines:
                    own = [line for line in lines if there.issuperset(_FILE.findall(line) or [b""])]
                if own and not (copy.exists() and copy.read_bytes() == b"".join(own)):
                    make_folder(copy.parent)
                    replace_file(copy, own)

    def _copy_receipts(self) -> None:
        """Let the other folder know which runs have fewer lines than they published: they were redacted."""
        if self._to is None:
            return
        for path in sorted((self._data / "receipts").glob("redaction-*.json")):
            copy = self._to / "receipts" / path.name
            with os_errors(f"cannot copy {path} to {copy}"):
                make_folder(copy.parent)
                replace_file(copy, [path.read_bytes()])
