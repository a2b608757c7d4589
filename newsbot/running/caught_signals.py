"""Signals to stop (SIGINT, SIGTERM) that a command takes in hand instead of dying of them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_STOP = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def caught_signals() -> Iterator[list[int]]:
    """Collect them in a list while the block runs."""
    caught: list[int] = []

    def catch(number: int, frame: FrameType | None) -> None:
        caught.append(number)

    before = {number: signal.signal(number, catch) for number in _STOP}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignore_signals() -> None:
    """Be deaf to them from now on: what is left of a run takes a moment, and should be whole."""
    for number in _STOP:
        signal.signal(number, signal.SIG_IGN)
