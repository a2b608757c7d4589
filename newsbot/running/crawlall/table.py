"""What crawlall says at its end: a table within 80 columns, or one JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from newsbot.health.result import Outcome, Result, duration, problem_count

#: Of a crawl's report; null where there is none.
_COUNTS = (
    "pages",
    "failed",
    "articles",
    "lines",
    "new",
    "changed",
    "gone",
    "duplicates",
    "downloaded_bytes",
    "warc_bytes",
    "warc_files",
)


def crawl_table(results: Iterable[Result]) -> Table:
    """Return a row a source: what is new, changed and gone, pages fetched, bytes of WARC, how it ended.

    What is wrong is said in lines of its own, not here once more.
    """
    table = Table(show_lines=False, title_justify="left")
    table.add_column("source", overflow="fold")
    for name in ("new", "changed", "gone", "pages", "WARC", "time"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("ended", no_wrap=True)
    for result in results:
        numbers = ["–"] * 6
        if (run := result.report) is not None:
            counts = (run.new, run.changed, run.gone, run.pages)
            numbers = [*(f"{count:,}" for count in counts), decimal(run.warc_bytes), duration(run.duration)]
        table.add_row(Text(result.source), *numbers, ending(result))
    return table


def ending(result: Result) -> Text:
    """Return in two words how a crawl ended; one whose time was up has not gone wrong.

    >>> ending(Result("yenmy", 1, ["not read: feed", "not read: sitemap"])).plain
    '2 problems'
    >>> ending(Result("yenmy", 75, ["another run is crawling yenmy"])).plain
    'skipped'
    """
    if result.outcome is Outcome.SKIPPED or (result.outcome is Outcome.NOT_BEGUN and result.postponed):
        return Text(result.outcome, style="yellow")
    if result.problems:
        return Text(problem_count(result.problems), style="red")
    if result.outcome is Outcome.CUT_SHORT:
        return Text("time was up", style="yellow")
    return Text("well", style="green")


def crawl_json(results: Iterable[Result]) -> str:
    """Return a JSON list with an object a source: how its crawl ended, what is wrong, when it was, what it did.

    >>> json.loads(crawl_json([Result("yenmy", 75, ["another run is crawling yenmy"])]))[0]["outcome"]
    'skipped'
    """
    # ASCII alone: what a site has sent must not fail on its way out.
    return json.dumps([_entry(result) for result in results], indent=2)


def _entry(result: Result) -> dict[str, Any]:
    run = result.report
    return {
        "source": result.source,
        "status": int(result.status),
        "outcome": result.outcome,
        "problems": result.problems,
        "started": run and run.started,
        "finished": run and run.finished,
        "duration": run and run.duration,
        "counts": run and {name: getattr(run, name) for name in _COUNTS},
    }
