"""Starts the reader process with the first large page, and kills it when a page exceeds the limits."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from socket import socket, socketpair
from tempfile import TemporaryFile
from threading import Lock
from time import monotonic
from typing import IO, Any, Final, NamedTuple

from newsbot.reader_process.forms import pack, unpack
from newsbot.reading.limits import ReadingLimitError

_MODULE: Final = "newsbot.reader_process.child"
_STEP: Final = 1 << 16
#: Maximum size of an answer, in bytes.
_LONGEST_ANSWER: Final = 64 << 20
#: Maximum length, in characters, of a quoted line of its standard error.
_LONGEST_LINE: Final = 200


class PageLimits(NamedTuple):
    """The hard limits of one page: seconds of processor time, seconds of wall time, bytes of memory."""

    seconds: int = 3
    clock: int = 60
    memory: int = 512 << 20


_PATIENT: Final = PageLimits()
#: Number of pages that may exceed the limits before these become stricter: a site may have thousands of them.
_PATIENCE: Final = 3
_IMPATIENT: Final = PageLimits(seconds=1, clock=30)
#: Maximum number of consecutive failed starts.
_STARTS: Final = 3


class _NoAnswerError(Exception):
    """The process gave no answer; the message says why, unless its exit status does."""


class ReaderProcess:
    """Runs at most one reader process, kept for the next large page, and ended with this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        atexit.register(self.close)
        self._child: _Child | None = None
        #: Number of pages that exceeded the limits.
        self._failures = 0
        self._failed_starts = 0
        self._why_not_started = ""

    def ask(self, question: Mapping[str, Any], body: bytes) -> Any:
        """Return what is read of a page.

        :raises ReadingLimitError: if that takes more than the limits allow, or there can be no reader process.
        :raises RuntimeError: if the reader raised anything else.
        """
        with self._lock:
            limits = _PATIENT if self._failures < _PATIENCE else _IMPATIENT
            told = {"seconds": limits.seconds, "memory": limits.memory}
            child = self._running()
            try:
                answer = self._talk_to(child, pack({**question, **told}, body), limits)
            except _NoAnswerError as error:
                self._failures += 1
                raise ReadingLimitError(str(error) or _why(child.process, limits)) from None
            self._failures += "spent" in answer
            if answer["last"]:
                self._end()
        if broken := answer.get("limit") or answer.get("spent"):
            raise ReadingLimitError(broken)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["found"]

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _talk_to(self, child: _Child, message: bytes, limits: PageLimits) -> Any:
        try:
            return _talk(child.pipe, message, limits.clock)
        except BaseException:  # whatever interrupts a talk leaves a pipe in the middle of a message
            self._end()
            raise

    def _running(self) -> _Child:
        """Return the process, a new one if there is none."""
        if self._child is not None and self._child.process.poll() is None:
            return self._child
        self._end()
        if self._failed_starts < _STARTS:
            with TemporaryFile() as errors:
                try:
                    self._child = _start(errors)
                    self._talk_to(self._child, b"", _PATIENT)
                except (OSError, _NoAnswerError) as error:
                    self._failed_starts += 1
                    self._why_not_started = _last_line(errors) or str(error) or "it ended at once"
                else:
                    self._failed_starts = 0
                    return self._child
        raise ReadingLimitError(f"the process for large pages cannot be started: {self._why_not_started}")

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.process.kill()
            child.process.wait()
            child.pipe.close()


class _Child(NamedTuple):
    """The process, and our end of the socket that is its standard input and output."""

    process: subprocess.Popen[bytes]
    pipe: socket


def _start(errors: IO[bytes]) -> _Child:
    paths = [path or str(Path.cwd()) for path in sys.path]
    ours, theirs = socketpair()
    with theirs:
        try:
            process = subprocess.Popen(  # noqa: S603  # our own code
                [sys.executable, "-m", _MODULE],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=errors,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )
        except OSError:
            ours.close()
            raise
    return _Child(process, ours)


def _talk(pipe: socket, message: bytes, seconds: float) -> Any:
    """Send a message, if there is one, and return the answer.

    :raises _NoAnswerError: if the process ends, or takes too long, without one.
    """
    deadline = monotonic() + seconds

    def read(count: int) -> bytes:
        if count > _LONGEST_ANSWER:
            raise _NoAnswerError(f"what it says is longer than {_LONGEST_ANSWER >> 20} MB")
        data = bytearray()
        while len(data) < count:
            pipe.settimeout(max(0.0, deadline - monotonic()))
            if not (piece := pipe.recv(min(_STEP, count - len(data)))):
                break
            data += piece
        return bytes(data)

    try:
        pipe.settimeout(seconds)
        pipe.sendall(message)
        answer = unpack(read)
    except (TimeoutError, BlockingIOError):
        raise _NoAnswerError(f"it takes more than {seconds:g} s") from None
    except ConnectionError:
        answer = None
    if answer is None:
        raise _NoAnswerError
    return answer[0]


def _why(child: subprocess.Popen[bytes], limits: PageLimits) -> str:
    """Return why a process ended without an answer."""
    if child.returncode == -signal.SIGXCPU:
        return f"it takes more than {limits.seconds} s of processor time to read"
    if child.returncode == -signal.SIGKILL:
        return "its reader was killed: by the system, for want of memory, perhaps"
    return f"its reader ended with status {child.returncode}: for want of memory, perhaps"


def _last_line(errors: IO[bytes]) -> str:
    """Return the last line of standard error that names an error, else the last line."""
    errors.seek(0, os.SEEK_END)
    errors.seek(max(0, errors.tell() - _STEP))
    lines = [line.strip() for line in errors.read().decode(errors="replace").split("\n") if line.strip()]
    named = [line for line in lines if "error" in line.lower()]
    return (named or lines or [""])[-1][:_LONGEST_LINE]


#: The reader process of this process.
READER: Final = ReaderProcess()
