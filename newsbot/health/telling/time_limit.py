"""Doing something that may take forever, for a while."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, do: Callable[[], T], otherwise: T) -> T:
    """Return what a function returns, or the other value if it takes longer; it is then left alone.

    What the function raises is raised here, at once. A library's time limits are for each read: a server that sends a
    byte now and then holds them off for ever. The thread is a daemon, so that the process can end without it.

    >>> within(1, lambda: "done", "late")
    'done'
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(do())
        except BaseException as error:
            answer.set_exception(error)

    Thread(target=run, daemon=True).start()
    wait([answer], timeout=seconds)
    return answer.result() if answer.done() else otherwise
