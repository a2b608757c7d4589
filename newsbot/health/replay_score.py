"""How well a source's captured pages replay: what `scrapy qa` has found, in data/qa/<source>.json."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from archive.errors import os_errors
from archive.files.atomic import make_folder, replace_file
from newsbot.health.run_report import NO_REPORT, check_field

#: The folder in the data folder.
FOLDER: Final = "qa"
#: Earlier checks that are remembered, and faults named of the last one.
_MOST_PAST: Final = 400
MOST_NAMED: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplayScore:
    """One check of a source; shares are from 0 to 1, None where nothing could be compared."""

    source: str
    #: ISO 8601 in UTC.
    checked: str
    #: Pages looked up in the archive, opened in the browser, and shown there as they were.
    looked_up: int = 0
    opened: int = 0
    well: int = 0
    #: Pages that were to be opened, but the time was over; those that lack what a crawl may just be writing.
    left: int = 0
    waiting: int = 0
    #: Mean shares of text and of pixels that were there again.
    text: float | None = None
    view: float | None = None
    #: Addresses that pages need and the archive has not; those that only scripts ask for on pages that no browser had
    #: open when they were captured; those that gave nothing then either.
    missing: int = 0
    unseen: int = 0
    missed: int = 0
    #: Requests that were made, and those that a crawl does not make, by reason.
    requests: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    #: Errors of the pages' scripts.
    errors: int = 0
    #: Page, moment and what is wrong, the first.
    faults: list[str] = field(default_factory=list)
    #: {moment: share of the pages opened that were shown as they were}, of earlier checks.
    past: dict[str, float] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """The share of the pages opened that were shown as they were; None if none was opened."""
        return self.well / self.opened if self.opened else None

    @property
    def moment(self) -> datetime:
        """When it was checked."""
        return datetime.fromisoformat(self.checked)

    @classmethod
    def from_json(cls, content: Any) -> Self:
        """Return what a parsed file says, written by this or another newsbot.

        :raises TypeError: if it is none.
        :raises ValueError: if its moment is none.
        """
        if not isinstance(content, dict):
            raise TypeError("it is no JSON object")
        kinds = {each.name: str(each.type) for each in fields(cls)}
        known = {name: value for name, value in content.items() if name in kinds}
        for name, value in known.items():
            check_field(name, kinds[name], value)
        score = cls(**known)
        if score.moment.tzinfo is None:
            raise ValueError("its moment has no zone")
        return score

    def write(self, data: Path) -> Path:
        """Write it, with what earlier checks have found, and return the path.

        :raises ArchiveError: if it cannot be written.
        """
        path = data / FOLDER / f"{self.source}.json"
        before = read_score(path)
        past = dict(self.past)
        if before is not None and before.share is not None and before.checked != self.checked:
            past = {**before.past, before.checked: round(before.share, 4)}
        content = asdict(self) | {"past": dict(list(past.items())[-_MOST_PAST:])}
        with os_errors(f"cannot write {path}"):
            make_folder(path.parent)
            replace_file(path, [f"{json.dumps(content, ensure_ascii=False, indent=1)}\n".encode()])
        return path


def read_score(path: Path) -> ReplayScore | None:
    """Return what a file says; None if there is none, or what it says is nothing of the kind."""
    try:
        return ReplayScore.from_json(json.loads(path.read_bytes()))
    except NO_REPORT:
        return None


def read_scores(data: Path) -> dict[str, ReplayScore]:
    """Return the last score of each source that has one."""
    found: Iterable[ReplayScore | None] = map(read_score, sorted((data / FOLDER).glob("*.json")))
    return {score.source: score for score in found if score is not None}


def forget(data: Path, urls: Iterable[str]) -> None:
    """Drop the faults that name one of these addresses.

    :raises ArchiveError: if a file cannot be written.
    """
    urls = [*urls]
    for score in read_scores(data).values():
        kept = [fault for fault in score.faults if not any(url in fault for url in urls)]
        if kept != score.faults:
            replace(score, faults=kept).write(data)
