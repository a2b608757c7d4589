"""The table that crawlall prints at the end."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from newsbot.health.result import Outcome, Result
from newsbot.health.saying import one_line


def crawl_table(results: Iterable[Result]) -> Table:
    """Return a row a source: pages fetched, articles, bytes of WARC, WARC files, problems."""
    table = Table(show_lines=False, title_justify="left")
    table.add_column("source", no_wrap=True)
    for name in ("pages", "articles", "WARC bytes"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("WARC file", overflow="fold")
    table.add_column("problems", overflow="fold")
    for result in results:
        numbers, files = ["–", "–", "–"], "–"
        if (run := result.report) is not None:
            numbers = [f"{run.pages:,}", f"{run.articles:,}", decimal(run.warc_bytes)]
            files = "\n".join(Path(file).name for file in run.warc_files) or "–"
        table.add_row(Text(result.source), *numbers, Text(files), problems(result))
    return table


def problems(result: Result) -> Text:
    """Return what is wrong with a crawl, red; a crawl whose time was up is not wrong.

    >>> problems(Result("yenmy", 1, ["did not finish: \\x1b[2J"])).plain
    'did not finish: �[2J'
    """
    if result.problems:
        return Text("\n".join(map(one_line, result.problems)), style="red")
    if result.outcome is Outcome.CUT_SHORT:
        return Text("none; its time was up, the next one goes on", style="yellow")
    return Text("none", style="green")
