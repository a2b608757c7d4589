"""Ends a command quietly when its reader has seen enough (`| head -1`), or whoever runs it stops it."""

from __future__ import annotations

import atexit
import os
import select
import signal
import sys
import threading
import traceback
from types import TracebackType


def end_quietly() -> None:
    """Let a closed standard output end this process with status 1 and without a word, now or as it exits.

    SIGINT and SIGTERM end it with one line, as what was under way has cleared up, and by SIGINT: for a shell that is
    status 130, for systemd a clean stop. A crawl takes them in hand itself.
    """
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    usual = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            print("newsbot: interrupted", file=sys.stderr)
        elif issubclass(kind, BrokenPipeError) and _is_closed():
            _discard()
        else:  # a pipe to a process of our own, or a connection, may break, too: that is told
            usual(kind, error, trace)
            return
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
