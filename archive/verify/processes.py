"""A pool of processes that share a long check, and end with it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from typing import Any


@contextmanager
def processes(jobs: int, prepare: Callable[..., None], *arguments: Any) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of ``jobs`` processes; if the block is left early, they end at once.

    :param prepare: called in each process with ``arguments`` before its work.
    """
    context = get_context("spawn")
    others = {*active_children()}
    with ProcessPoolExecutor(jobs, context, initializer=_prepare, initargs=(prepare, *arguments)) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in {*active_children()} - others:
                worker.kill()  # it only reads, and may be in the middle of a long file
            raise


def _prepare(prepare: Callable[..., None], *arguments: Any) -> None:
    """Set a process up; Ctrl-C at a terminal reaches all of them, and the parent reports it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    prepare(*arguments)
