"""Ends a command quietly when whoever reads its output has seen enough (`| head -1`), as Unix tools end."""

from __future__ import annotations

import atexit
import os
import select
import sys
import traceback
from types import TracebackType


def end_quietly() -> None:
    """Let a closed standard output end this process with status 1 and without a word, now or as it exits."""
    usual = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        # A pipe to a process of our own, or a connection, may break, too: that is told.
        if not (issubclass(kind, BrokenPipeError) and _is_closed()):
            usual(kind, error, trace)
            return
        _discard()
        traceback.clear_frames(trace)  # ends what was under way

    sys.excepthook = hook
    atexit.register(_flush)


def _is_closed() -> bool:
    """Return whether nobody reads standard output any more."""
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        return any(event & select.POLLERR for _, event in poll.poll(0))
    except (OSError, ValueError, AttributeError):
        return False


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _discard()
    except (OSError, ValueError, AttributeError):
        return  # the interpreter says so itself


def _discard() -> None:
    """Let what is still to be written go nowhere."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
