"""What the site itself changed: its rules, its domain, its lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from newsbot.health.monitors.baseline import whole_runs
from newsbot.health.problems import Problem
from newsbot.health.run_report import RunReport

#: Runs that must have seen a list with articles before one without is a surprise.
FEWEST_SEEN: Final = 3
#: Redirects to strangers that a site may have: a link to a partner among its articles.
FEW_REDIRECTS: Final = 3
#: A domain that is gone takes at least this share of the requests along.
MANY: Final = 0.2


def robots_changed(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """The rules of a robots.txt are not those of the last run that read them. Told once: they are the rules now."""
    for host, digest in sorted(run.robots.items()):
        before = next((each.robots[host] for each in reversed(past) if host in each.robots), digest)
        if digest != before:
            what = "has gone" if digest == "none" else "is new" if before == "none" else "has changed"
            yield Problem("robots", f"robots.txt of {host} {what}: look whether crawling is still welcome")


def redirected_away(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """Pages lead to another domain."""
    total = sum(run.redirected_away.values())
    if total >= FEW_REDIRECTS and total > MANY * (run.pages + run.failed + total):
        hosts = ", ".join(f"{host} ({count})" for host, count in sorted(run.redirected_away.items(), key=_most_first))
        yield Problem("redirected", f"{total} requests were sent on to another domain: {hosts}")


def empty_lists(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """A list of articles that always had some has none."""
    runs = whole_runs(past, run)
    for url, articles in sorted(run.listings.items()):
        seen = [each.listings[url] for each in runs if url in each.listings]
        if not articles and len(seen) >= FEWEST_SEEN and (usual := median(seen)) >= 1:
            yield Problem("listing", f"no article on {url}, usually {usual:.0f}")


def _most_first(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]
