"""Doing something that may take forever, for a while."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, do: Callable[[], T], otherwise: T) -> T:
    """Return what a function returns, or the other value if it takes longer; it is then left alone.

    A library's time limits are for each read: a server that sends a byte now and then holds them off for ever. The
    thread is a daemon, so that the process can end without it.

    >>> within(1, lambda: "done", "late")
    'done'
    """
    answer: SimpleQueue[T] = SimpleQueue()
    Thread(target=lambda: answer.put(do()), daemon=True).start()
    try:
        return answer.get(timeout=seconds)
    except Empty:
        return otherwise
