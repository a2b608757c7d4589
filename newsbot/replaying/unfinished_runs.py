"""Lets the state know what runs have learnt that were killed before they could write it, and that they have ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings

from archive.records.run_record import read_closing, read_opening
from archive.replay.replay import Failed
from newsbot.planning.schedule import recheck_gaps
from newsbot.replaying.captures import Unread
from newsbot.replaying.run_replay import RunReplay
from newsbot.state.resources import Resources
from newsbot.state.runs import ARGUMENTS_SETTING, Run, Runs, as_arguments
from newsbot.state.state import State


class UnfinishedRuns:
    """The runs of one source that have no end.

    :param unread: takes note of captures that cannot be read.
    :raises ArchiveError: from every method, if a file or the state cannot be read or written.
    """

    def __init__(self, crawler: Crawler, state: State, settings: BaseSettings, unread: Unread):
        self._source = crawler.spidercls.name
        self._state = state
        self._runs = Runs(state)
        self._known = {run.run: run for run in self._runs.unfinished(self._source)}
        gaps = recheck_gaps(settings.getlist("RECHECK_GAPS"))
        self._replay = RunReplay(crawler, Resources(state), gaps, unread)

    def end(self, run: str, files: Sequence[Path], captured: Iterable[Response | Failed]) -> None:
        """Write what a run has learnt of articles, and how it ended; its lists are read again by the next run.

        :param files: the run's WARC files; their articles have been published.
        :param captured: all exchanges in them.
        """
        opening = read_opening(files[0]) if files else None
        arguments = opening.settings.get(ARGUMENTS_SETTING) if opening else None
        self._replay.begin(arguments if isinstance(arguments, dict) else {})
        for response in captured:
            self._replay.take(response)
        self._replay.end("", complete=False)
        row = self._known.get(run)
        if row is None and opening is not None:
            row = Run(self._source, opening.started, run, arguments=as_arguments(arguments))
        if row is not None:
            closing = read_closing(files[-1]) if files else None
            self._runs.put(row.ends(closing) if closing else row.cut_short(files, self._state))
