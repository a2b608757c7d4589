"""Handles SIGINT and SIGTERM for a command, and lets a crawl end with the crawlall that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_STOP = (signal.SIGINT, signal.SIGTERM)
#: <linux/prctl.h>: the signal that the kernel sends a process when its parent ends, however that ends.
_PR_SET_PDEATHSIG = 1


@contextmanager
def caught_signals() -> Iterator[list[int]]:
    """Collect them in a list while the block runs."""
    caught: list[int] = []
    before = {number: signal.signal(number, lambda number, frame: caught.append(number)) for number in _STOP}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignore_signals() -> None:
    """Be deaf to them from now on: what is left of a run takes a moment, and should be whole."""
    for number in _STOP:
        signal.signal(number, signal.SIG_IGN)


def end_with(parent: int) -> None:
    """Let this process be told to stop, in good order, when its parent has ended.

    :param parent: process id of whoever started this one.
    :raises SystemExit: if that has ended already.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGTERM))
    if os.getppid() != parent:  # it was killed before the kernel knew
        raise SystemExit(f"newsbot: process {parent}, which started this crawl, has ended")
