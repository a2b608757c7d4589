"""What crawlall shows while crawls run: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from newsbot.health.result import Outcome, Result, problem_count
from newsbot.running.progress import Count

#: Seconds between two plain lines about a running crawl.
PLAIN_INTERVAL = 60.0


class Display:
    """One line at the start of a crawl, at its end, and now and then between; for logs and cron."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started: dict[str, float] = {}
        self._said: dict[str, float] = {}

    def waiting(self, sources: int) -> None:
        """Show how many have not begun: nothing of which a log needs a line."""

    def started(self, source: str) -> None:
        self._started[source] = self._said[source] = monotonic()
        self._say(f"{source}: started")

    def counted(self, source: str, count: Count) -> None:
        if monotonic() - self._said[source] >= PLAIN_INTERVAL:
            self._said[source] = monotonic()
            self._say(f"{source}: {count}")

    def ended(self, result: Result) -> None:
        self._say(end_line(result, monotonic() - self._started[result.source]))

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class LiveDisplay(Display):
    """A line a running crawl that counts up, and one for those that have not begun; above them how others ended."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(progress.console)
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._waiting: tuple[int, TaskID] | None = None

    def waiting(self, sources: int) -> None:
        if self._waiting is not None:
            before, task = self._waiting
            if before == sources:
                return
            self._progress.remove_task(task)  # it is always the last line
            self._waiting = None
        if sources:
            line = self._progress.add_task("", start=False, total=None, count=f"{sources} waiting")
            self._waiting = sources, line

    def started(self, source: str) -> None:
        self._started[source] = monotonic()
        self._tasks[source] = self._progress.add_task(source, total=None, count="starting")

    def counted(self, source: str, count: Count) -> None:
        self._progress.update(self._tasks[source], count=str(count))

    def ended(self, result: Result) -> None:
        self._progress.remove_task(self._tasks.pop(result.source))
        line = end_line(result, monotonic() - self._started[result.source])
        self._console.print(line, style="red" if result.problems else "", markup=False, highlight=False)


@contextmanager
def display(console: Console) -> Iterator[Display]:
    """Show what happens while the block runs, as the console can."""
    if not console.is_terminal:
        yield Display(console)
        return
    source, count = (TextColumn(f"{{task.{name}}}", markup=False) for name in ("description", "fields[count]"))
    with Progress(SpinnerColumn(), source, TimeElapsedColumn(), count, console=console) as progress:
        yield LiveDisplay(progress)


def end_line(result: Result, seconds: float) -> str:
    """Return the end of a crawl in one line; its problems are counted here, and said when all crawls have ended.

    >>> end_line(Result("baosonla", -9, ["killed by SIGKILL"]), 1.25)
    'baosonla: ended after 1.2 s, 1 problem'
    """
    words = []
    if result.report is not None:
        words.append(str(Count(result.report.pages, result.report.articles)))
    if result.problems:
        words.append(problem_count(result.problems))
    more = "; told to end before it was done" if result.outcome is Outcome.CUT_SHORT else ""
    return f"{result.source}: ended after {seconds:.1f} s, {', '.join(words) or 'ended'}{more}"
