"""Crawls as child processes: started, watched, stopped, and what came of each."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from newsbot.exit_status import ExitStatus
from newsbot.progress import Count, read_count
from newsbot.result import Result
from newsbot.run_report import read_report
from newsbot.telling import SILENT


class Child:
    """`scrapy crawl SOURCE` in a process group of its own.

    Its own, because Ctrl-C goes to every process of a terminal's group: the child would hear it twice, and a second
    signal makes Scrapy drop everything.
    """

    def __init__(self, source: str, options: Sequence[str], data: Path, notes: Path) -> None:
        """:param notes: a folder for the progress file and what the child says on standard error."""
        self.source = source
        self._runs = data / "runs"
        self._progress = notes / f"{source}.json"
        self._errors = notes / f"{source}.txt"
        log = data / "logs" / f"{source}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        settings = [f"PROGRESS_FILE={self._progress}", f"LOG_FILE={log}"]
        words = [word for setting in (*settings, *SILENT) for word in ("-s", setting)]
        command = [sys.executable, "-m", "scrapy", "crawl", source]
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(  # noqa: S603
                [*command, *options, *words], stdin=subprocess.DEVNULL, stderr=errors, start_new_session=True
            )

    def count(self) -> Count:
        """Return how far it is."""
        return read_count(self._progress)

    def send(self, number: int) -> None:
        """Pass a signal on to it, if it still runs."""
        self._process.send_signal(number)

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def result(self) -> Result:
        """Wait for its end and say how it went."""
        status = self._process.wait()
        report = read_report(self._runs, self.source, self._process.pid)
        if report is not None and report.exit_status == status:
            return Result(self.source, status, report.problems, report)
        problems = self._last_words() if status != ExitStatus.WELL else ["ended well, but without a run report"]
        if status < 0:
            problems.append(f"killed by {signal.Signals(-status).name}")
        return Result(self.source, status, problems or [f"ended with status {status}"], report)

    def _last_words(self) -> list[str]:
        """Return what it said to the operator, or else the end of what it said."""
        text = self._errors.read_text(encoding="utf-8", errors="replace")
        lines = [line for line in text.splitlines() if not line.startswith("newsbot: warning: ")]
        own = [line.removeprefix("newsbot: ").removeprefix(f"{self.source}: ") for line in lines if "newsbot: " in line]
        return own or [line for line in lines if line.strip()][-1:]
