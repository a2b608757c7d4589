"""Ends a command in a line or none: its reader has seen enough (`| head -1`), it is stopped, the machine fails it."""

from __future__ import annotations

import atexit
import errno
import os
import select
import signal
import sys
import threading
import traceback
from io import TextIOWrapper
from types import TracebackType
from typing import Final

from newsbot.health.console import one_line, shortened
from newsbot.health.exit_status import ExitStatus

#: When nobody reads standard output any more: a shell's for a program that SIGPIPE has ended.
_UNREAD: Final = 128 + signal.SIGPIPE
#: What is no mistake in the code, wherever it comes up, and the status that it ends a command with.
_STATUSES: Final = {
    errno.ENAMETOOLONG: ExitStatus.CONFIGURATION,
    **dict.fromkeys(
        (
            errno.EMFILE,
            errno.ENFILE,
            errno.ENOSPC,
            errno.EDQUOT,
            errno.EIO,
            errno.EROFS,
            errno.EACCES,
            errno.EPERM,
            errno.ENOMEM,
            errno.EAGAIN,
        ),
        ExitStatus.NOT_ARCHIVED,
    ),
}


def end_quietly() -> None:
    """Let a closed standard output end this process without a word, and what the machine lacks with a line.

    SIGINT and SIGTERM end it with one line, as what was under way has cleared up, and by SIGINT: for a shell that is
    status 130, for systemd a clean stop. A crawl takes them in hand itself.
    """
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    _open_closed_streams()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # a line that cannot be written is noticed at once, not at exit
    usual = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        status = 0
        if issubclass(kind, KeyboardInterrupt):
            print("newsbot: interrupted", file=sys.stderr)
        elif issubclass(kind, BrokenPipeError) and _is_closed():
            _discard()
            status = _UNREAD
        elif status := _status(error):
            print(f"newsbot: {_line(error)}", file=sys.stderr)
            if _stdout_fails():
                _discard()
        else:  # a pipe to a process of our own, or a connection, may break, too: that is told
            usual(kind, error, trace)
            return
        traceback.clear_frames(trace)  # ends what was under way
        if status:
            raise SystemExit(int(status))

    sys.excepthook = hook
    atexit.register(_flush)


def _open_closed_streams() -> None:
    """Let standard streams that were closed lead nowhere: no file must get a number that others read or write."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, "w" if number else "r")  # noqa: PTH123, SIM115
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


def _status(error: BaseException) -> int:
    if isinstance(error, MemoryError):
        return ExitStatus.NOT_ARCHIVED
    return _STATUSES.get(error.errno or 0, 0) if isinstance(error, OSError) else 0


def _line(error: BaseException) -> str:
    if not isinstance(error, OSError):
        return "there is no memory left"
    what = f"{error.strerror} (ulimit -n says how many)" if error.errno == errno.EMFILE else error.strerror
    where = error.filename or ("standard output" if _stdout_fails() else "")
    return f"{shortened(one_line(where), 200)}: {what}" if where else f"{what}"


def _stdout_fails() -> bool:
    """Return whether what was printed cannot be written."""
    try:
        sys.stdout.flush()
    except OSError:
        return True
    return False


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
