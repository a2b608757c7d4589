"""The JSON report of one crawl: data/runs/<source>-<time>.json, for people, for monitoring and for crawlall."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from archive.errors import ArchiveError
from archive.files.atomic import TEMPORARY, make_folder, replace_file
from archive.files.plain_file import read_regular
from newsbot.health.problems import Problem, Stats, shares
from newsbot.health.report_packs import MOST_BYTES, report_folder, report_name

#: Number of newest reports searched for one just written: there may be years of them.
LOOKED_AT = 5
#: What is raised of a file that holds no report, or cannot be read.
NO_REPORT: Final = (OSError, ArchiveError, ValueError, TypeError, AttributeError, KeyError, RecursionError)


@dataclass(frozen=True, kw_only=True, slots=True)
class RunReport:
    """What one run of one source did. Times are ISO 8601 in UTC; None is what the run could not know.

    A report of an older newsbot lacks the younger fields: they have defaults, and `from_json` fills what it can.
    """

    source: str
    started: str
    finished: str
    exit_status: int
    problems: list[str]
    process: int
    #: Seconds.
    duration: float = 0.0
    #: Spider arguments (-a): a run that was told what to look at says little about what there is.
    arguments: dict[str, str] = field(default_factory=dict)
    pages: int = 0
    failed: int = 0
    articles: int = 0
    lines: int = 0
    #: Lines by what they say of an article: never seen before, a changed version, no longer there.
    new: int = 0
    changed: int = 0
    gone: int = 0
    #: New texts that another source printed first.
    duplicates: int = 0
    downloaded_bytes: int = 0
    warc_bytes: int = 0
    warc_files: list[str] = field(default_factory=list)
    #: Answers by HTTP status.
    status_mix: dict[str, int] = field(default_factory=dict)
    #: Share of articles that have the field.
    field_coverage: dict[str, float] = field(default_factory=dict)
    #: {layout: {"articles": number, "field_coverage": {field: share}, "selected": {field: {selector: share}}}}: of the
    #: articles with the layout those that have a field, and those on whose pages a selector of its selects something.
    layouts: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: {layout: CSS selectors}: where each layout of the source looks for the text, the newest layout first.
    text_selectors: dict[str, str] = field(default_factory=dict)
    #: Share of articles whose body no layout found, and of how many.
    generic_share: float | None = None
    bodies: int = 0
    #: Characters, median.
    text_length: float | None = None
    #: Hours from the printed date of a new article to its capture, median.
    date_lag: float | None = None
    #: {address of a list: articles on its first page}.
    listings: dict[str, int] = field(default_factory=dict)
    #: Of what pages need to be shown: addresses wanted, had (before or now) and missing; left out, page by page.
    requisites: dict[str, int] = field(default_factory=dict)
    #: The first that are missing, each with the reason.
    missing_requisites: list[str] = field(default_factory=list)
    #: The last entry of the signed chain when the run had been entered, and its root: {"entry": number, "root": hex}.
    chain: dict[str, Any] = field(default_factory=dict)
    #: {host: digest of the rules of its robots.txt}.
    robots: dict[str, str] = field(default_factory=dict)
    #: {host that is not the source's: redirects to it}.
    redirected_away: dict[str, int] = field(default_factory=dict)
    #: {monitor: the first problem that it found}; ``raised`` was not wrong in the run before, ``cleared`` is no more.
    alarms: dict[str, str] = field(default_factory=dict)
    raised: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)
    #: The last, so that packed reports can be read without them.
    stats: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Return the report of a parsed file, written by this or an earlier or a later newsbot.

        :raises TypeError: if it is no report.
        """
        if not isinstance(content, Mapping):
            raise TypeError("it is no JSON object")
        known = {name: value for name, value in content.items() if name in _FIELDS}
        if "new" not in known:  # before versions were told apart
            known["new"] = known.get("lines", 0)
        for name, value in known.items():
            check_field(name, _FIELDS[name], value)
        for layout in known.get("layouts", {}).values():
            check_field("layouts", "int", layout.get("articles", 0))
            check_field("layouts", "dict[str, float]", layout.get("field_coverage", {}))
            for found in layout.get("selected", {}).values():
                check_field("layouts", "dict[str, float]", found)
        return cls(**known)

    def write(self, directory: Path) -> Path:
        """Write the report so that a reader sees all of it or nothing, and return its path.

        :raises OSError: if the folder cannot be made.
        :raises ArchiveError: if the report cannot be written.
        """
        make_folder(directory)
        path = directory / report_name(self.source, self.started)
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2, default=str)
        replace_file(path, [f"{text}\n".encode()])
        return path


#: Names, and kinds as they are annotated.
_FIELDS = {each.name: str(each.type) for each in fields(RunReport)}


def report(
    source: str,
    stats: Stats,
    *,
    started: datetime,
    finished: datetime,
    exit_status: int,
    problems: Iterable[Problem],
    arguments: Mapping[str, object] | None = None,
    text_selectors: Mapping[str, str] | None = None,
    chain: Mapping[str, Any] | None = None,
) -> RunReport:
    """Make the report of a crawl from its stats; of one that never started they are empty."""
    changes = shares(stats, "newsbot/change/")
    gone, new = changes.get("removed", 0), changes.get("new", 0)
    steps = shares(stats, "newsbot/extracted_by/body/")
    problems = list(problems)
    return RunReport(
        source=source,
        started=started.astimezone(UTC).isoformat(timespec="milliseconds"),
        finished=finished.astimezone(UTC).isoformat(timespec="milliseconds"),
        exit_status=int(exit_status),
        problems=[problem.text for problem in problems],
        chain=dict(chain or {}),
        process=os.getpid(),
        duration=round((finished - started).total_seconds(), 3),
        arguments={name: str(value) for name, value in (arguments or {}).items()},
        **{name: stats.get(f"newsbot/{name}", 0) for name in ("pages", "failed", "articles", "lines", "duplicates")},
        new=new,
        changed=sum(changes.values()) - new - gone,
        gone=gone,
        downloaded_bytes=stats.get("downloader/response_bytes", 0),
        warc_bytes=stats.get("archive/bytes", 0),
        warc_files=[str(file) for file in stats.get("archive/files", ())],
        status_mix=shares(stats, "downloader/response_status_count/"),
        field_coverage=field_coverage(stats),
        layouts=layouts(stats),
        text_selectors=dict(text_selectors or {}),
        generic_share=round(steps.get("generic", 0) / sum(steps.values()), 3) if steps else None,
        bodies=sum(steps.values()),
        text_length=stats.get("newsbot/text_length"),
        date_lag=stats.get("newsbot/date_lag_hours"),
        listings=dict(stats.get("newsbot/listings", {})),
        requisites=requisite_counts(stats),
        missing_requisites=[str(line) for line in stats.get("requisites/missing_addresses", ())],
        robots={host: str(digest) for host, digest in shares(stats, "newsbot/robots/").items()},
        redirected_away=dict(stats.get("newsbot/redirected_away", {})),
        alarms={problem.monitor: problem.text for problem in reversed(problems)},
        stats=dict(sorted(stats.items())),
    )


def field_coverage(stats: Stats) -> dict[str, float]:
    """Return for each field the share of articles that have it, by ``newsbot/extracted_by/<field>/<step>``.

    >>> field_coverage({"newsbot/articles": 4, "newsbot/extracted_by/sapo/layout": 2,
    ...                 "newsbot/extracted_by/sapo/structured": 1})
    {'sapo': 0.75}
    """
    articles = stats.get("newsbot/articles", 0)
    found = Counter[str]()
    for name, count in shares(stats, "newsbot/extracted_by/").items():
        found[name.partition("/")[0]] += count
    return {name: round(count / articles, 3) for name, count in sorted(found.items()) if articles}


def layouts(stats: Stats) -> dict[str, dict[str, Any]]:
    """Return for each layout its articles, the share of them with each field, and that on which each selector matches.

    >>> layouts({"newsbot/layout/2022": 4, "newsbot/coverage/2022/sapo": 3, "newsbot/selected/2022/sapo/p.lead": 1})
    {'2022': {'articles': 4, 'field_coverage': {'sapo': 0.75}, 'selected': {'sapo': {'p.lead': 0.25}}}}
    """

    def share(kind: str, layout: str, articles: int) -> dict[str, float]:
        counts = sorted(shares(stats, f"newsbot/{kind}/{layout}/").items())
        return {name: round(count / articles, 3) for name, count in counts}

    def selected(layout: str, articles: int) -> dict[str, dict[str, float]]:
        found: dict[str, dict[str, float]] = {}
        for key, part in share("selected", layout, articles).items():
            name, _, selector = key.partition("/")
            found.setdefault(name, {})[selector] = part
        return found

    return {
        layout: {
            "articles": articles,
            "field_coverage": share("coverage", layout, articles),
            "selected": selected(layout, articles),
        }
        for layout, articles in sorted(shares(stats, "newsbot/layout/").items())
    }


def requisite_counts(stats: Stats) -> dict[str, int]:
    """Return what came of the addresses that pages need to be shown; nothing where none was wanted.

    >>> requisite_counts({"requisites/wanted": 9, "requisites/had": 4, "requisites/fetched": 3,
    ...                   "requisites/missing": 2, "requisites/left_out/run": 5})
    {'wanted': 9, 'had': 7, 'missing': 2, 'left_out': 5}
    """
    wanted = stats.get("requisites/wanted", 0)
    had = sum(stats.get(f"requisites/{name}", 0) for name in ("had", "fetched", "unchanged"))
    left_out = sum(shares(stats, "requisites/left_out/").values())
    counts = {"wanted": wanted, "had": had, "missing": stats.get("requisites/missing", 0), "left_out": left_out}
    return counts if wanted or left_out else {}


def remove_unfinished(directory: Path, source: str) -> None:
    """Remove what runs of a source have left that were killed while they wrote their report; none may be running.

    :raises OSError: if it cannot be removed.
    """
    for path in directory.glob(f"{source}-*.json*{TEMPORARY}"):
        path.unlink()


def read_report(directory: Path, source: str, process: int) -> RunReport | None:
    """Return the report that this process has just written of a source, or None if it wrote none."""
    looked_at = 0
    for name in sorted(report_folder(directory, source).singles, reverse=True):
        try:
            report = RunReport.from_json(json.loads(read_regular(directory / name, MOST_BYTES)))
        except NO_REPORT:
            continue  # the run that comes upon it in its past says so
        if report.source == source and report.process == process:
            return report
        looked_at += report.source == source
        if looked_at == LOOKED_AT:
            break
    return None


_KINDS: Final[dict[str, tuple[type, ...]]] = {"str": (str,), "int": (int,), "float": (int, float), "Any": (object,)}


def check_field(name: str, kind: str, value: object) -> None:
    """Check the value of a field against its annotation.

    >>> check_field("status_mix", "dict[str, int]", {"200": 3})
    >>> check_field("text_length", "float | None", None)
    >>> check_field("problems", "list[str]", [3])
    Traceback (most recent call last):
    TypeError: problems is not list[str]

    :raises TypeError: if it is of another kind.
    """
    if not _fits(kind, value):
        raise TypeError(f"{name} is not {kind}")


def _fits(kind: str, value: object) -> bool:
    if kind.endswith(" | None"):
        return value is None or _fits(kind.removesuffix(" | None"), value)
    if kind.startswith("list["):
        return isinstance(value, list) and all(_fits(kind[5:-1], each) for each in value)
    if kind.startswith("dict[str, "):
        return isinstance(value, dict) and all(_fits(kind[10:-1], each) for each in value.values())
    return isinstance(value, _KINDS[kind])
