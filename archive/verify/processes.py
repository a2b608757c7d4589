"""Processes that share a long check, and end with it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any


@contextmanager
def processes(jobs: int, prepare: Callable[..., None], *arguments: Any) -> Iterator[ProcessPoolExecutor]:
    """Give out work to so many processes while the block runs; if it is left early, nothing more of it is begun.

    :param prepare: called in each process with ``arguments`` before its work.
    """
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=_prepare, initargs=(prepare, *arguments)) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _prepare(prepare: Callable[..., None], *arguments: Any) -> None:
    """Set a process up; Ctrl-C at a terminal goes to all of them, and the first speaks for them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    prepare(*arguments)
