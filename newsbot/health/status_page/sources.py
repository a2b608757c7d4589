"""What the page says of each source: its state, its numbers, what was wrong with it and when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import Final

from newsbot.health.exit_status import ExitStatus
from newsbot.health.history import day_of, started_at
from newsbot.health.run_report import RunReport
from newsbot.health.status_page.spans import RunSpan, first_shown, short_date, spans
from newsbot.vietnamese.dates import VIETNAM

#: Days of which the table tells.
RECENT: Final = 7
#: A source is late when its last run is so many times as long ago as its runs are apart, and so many hours.
LATE: Final = 3
LEAST_LATE: Final = timedelta(hours=6)

#: state: (sign, words), the worst first. Never by colour alone.
STATES: Final = {
    "mistaken": ("✕", "cannot be loaded"),
    "bad": ("✕", "not archived"),
    "unwell": ("!", "not well"),
    "late": ("…", "no run of late"),
    "well": ("✓", "well"),
}


@dataclass(frozen=True)
class Episode:
    """Something that was wrong, from when, until when (None: it still is)."""

    monitor: str
    text: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class SourceStatus:
    """One source, over all its runs."""

    name: str
    runs: Sequence[RunReport]
    parts: Sequence[RunSpan]
    now: datetime
    #: What is wrong with its module, if it cannot be loaded.
    mistake: str = ""

    @property
    def last(self) -> RunReport:
        return self.runs[-1]

    @property
    def state(self) -> str:
        """A key of STATES."""
        if self.mistake:
            return "mistaken"
        if self.last.exit_status in (ExitStatus.NOT_ARCHIVED, ExitStatus.CONFIGURATION):
            return "bad"
        if self.last.exit_status != ExitStatus.WELL:
            return "unwell"
        times = [started_at(run) for run in self.runs[-50:]]
        usual = median([(after - before).total_seconds() for before, after in pairwise(times)] or [0])
        late = max(LATE * timedelta(seconds=usual), LEAST_LATE)
        return "late" if self.now - times[-1] > late else "well"

    @cached_property
    def days(self) -> list[RunSpan]:
        """The last sixty days, or as many as there are, one by one."""
        first = max(first_shown(day_of(self.runs[0]), self.today), self.today - timedelta(days=59))
        return spans(self.runs, first, self.today, 1)

    @property
    def today(self) -> date:
        return self.now.astimezone(VIETNAM).date()

    def recent(self, name: str, days: int = RECENT) -> int:
        """Return the sum of one of the numbers of a span over the last days."""
        return sum(int(getattr(day, name)) for day in self.days[-days:])

    @property
    def layout_fitted(self) -> str:
        """The share of the last days' articles that a layout fitted."""
        (week,) = spans(self.runs, self.today - timedelta(days=RECENT - 1), self.today, RECENT)
        share = week.coverage("layout")
        return "–" if share is None else f"{share:.0%}"

    @property
    def requisites_had(self) -> str:
        """The share of what the last days' pages need to be shown that the archive has."""
        had, missing = self.recent("requisites_had"), self.recent("requisites_missing")
        return f"{had / (had + missing):.0%}" if had + missing else "–"

    @property
    def last_new(self) -> str:
        """When something new came last."""
        return next((ago(self.now - started_at(run)) for run in reversed(self.runs) if run.new), "never")

    @property
    def last_run(self) -> str:
        return ago(self.now - started_at(self.last))

    @property
    def layouts(self) -> list[tuple[str, int, dict[str, float]]]:
        """The layouts of the last month's articles: name, articles, share of them with each field."""
        counts = Counter[str]()
        having = defaultdict[str, defaultdict[str, float]](lambda: defaultdict(float))
        for run in self.runs:
            if self.now - started_at(run) <= timedelta(days=30):
                for layout, found in run.layouts.items():
                    counts[layout] += found["articles"]
                    for name, share in found["field_coverage"].items():
                        having[layout][name] += share * found["articles"]
        return [
            (layout, count, {name: part / count for name, part in sorted(having[layout].items())})
            for layout, count in counts.most_common()
            if count
        ]

    @property
    def episodes(self) -> list[Episode]:
        """What was wrong within the shown time, the newest first."""
        begun: dict[str, Episode] = {}
        over: list[Episode] = []
        for run in self.runs:
            # Before monitors had names, a run only had problems.
            alarms = run.alarms or ({"problem": run.problems[0]} if run.problems else {})
            for monitor in [monitor for monitor in begun if monitor not in alarms]:
                over.append(replace(begun.pop(monitor), until=started_at(run)))
            for monitor, text in alarms.items():
                begun.setdefault(monitor, Episode(monitor, text, started_at(run)))
        return sorted([*over, *begun.values()], key=lambda episode: episode.since, reverse=True)


def sources(runs: Sequence[RunReport], now: datetime, mistakes: Mapping[str, str] | None = None) -> list[SourceStatus]:
    """Return the sources of all runs, those that need a look first.

    :param mistakes: of sources that cannot be loaded, by name; one without a run is not among what is returned.
    """
    mistakes = mistakes or {}
    if not runs:
        return []
    by_name = defaultdict[str, list[RunReport]](list)
    for run in runs:
        by_name[run.source].append(run)
    last = now.astimezone(VIETNAM).date()
    first = first_shown(min(map(day_of, runs)), last)
    found = [
        SourceStatus(name, own, spans(own, first, last), now, mistakes.get(name, "")) for name, own in by_name.items()
    ]
    return sorted(found, key=lambda source: (list(STATES).index(source.state), source.name))


def ago(span: timedelta) -> str:
    """Return how long ago something was.

    >>> ago(timedelta(minutes=5)), ago(timedelta(hours=30)), ago(timedelta(days=9))
    ('5 min ago', '30 h ago', '9 days ago')
    """
    minutes = span.total_seconds() / 60
    if minutes < 90:
        return f"{max(minutes, 0):.0f} min ago"
    return f"{minutes / 60:.0f} h ago" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days ago"


def moment(time: datetime) -> str:
    """Return a time as the page says it, in Vietnam's time.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 11, 22, 3, 20, tzinfo=UTC))
    '22 Nov 2026, 10:20'
    """
    local = time.astimezone(VIETNAM)
    return f"{short_date(local.date())} {local.year}, {local:%H:%M}"
