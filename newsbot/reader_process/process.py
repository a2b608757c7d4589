"""Starts the reader process when the first large page comes, and ends it with a page that takes too much."""

from __future__ import annotations

import atexit
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, Final, NamedTuple

from newsbot.reader_process.forms import pack, unpack
from newsbot.reading.limits import ReadingLimitError

_MODULE: Final = "newsbot.reader_process.child"
_STEP: Final = 1 << 16
#: Bytes of an answer: more is no article.
_LONGEST_ANSWER: Final = 64 << 20


class Limits(NamedTuple):
    """What one page may take: seconds of processor time, seconds on the clock (others may be busy), bytes."""

    seconds: int = 3
    clock: int = 60
    memory: int = 512 << 20


_PATIENT: Final = Limits()
#: For the pages that come when so many have taken too much: a site may have thousands of them.
_PATIENCE: Final = 3
_IMPATIENT: Final = Limits(seconds=1, clock=30)


class ReaderProcess:
    """At most one process at a time; it is kept for the next large page, and ends with this one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._failures = 0

    def ask(self, question: Mapping[str, Any], body: bytes) -> Any:
        """Return what is read of a page.

        :raises ReadingLimitError: if that takes more than the limits allow.
        :raises RuntimeError: if the reader raised anything else.
        """
        with self._lock:
            limits = _PATIENT if self._failures < _PATIENCE else _IMPATIENT
            told = {"seconds": limits.seconds, "memory": limits.memory}
            try:
                answer = self._exchange(pack({**question, **told}, body), limits)
            except ReadingLimitError:
                self._failures += 1
                raise
        if "limit" in answer:
            raise ReadingLimitError(answer["limit"])
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["found"]

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _exchange(self, message: bytes, limits: Limits) -> Any:
        child = self._running()
        try:
            received = _talk(child, message, monotonic() + limits.clock)
        except BaseException:  # whatever interrupts a talk leaves a pipe in the middle of a message
            self._end()
            raise
        if received is None:
            self._end()
            raise ReadingLimitError(_why(child, limits))
        return received

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            atexit.register(self.close)
            paths = [path or str(Path.cwd()) for path in sys.path]
            self._child = subprocess.Popen(  # noqa: S603  # our own code
                [sys.executable, "-m", _MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )
            for pipe in (self._child.stdin, self._child.stdout):
                assert pipe is not None
                os.set_blocking(pipe.fileno(), False)
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()


def _talk(child: subprocess.Popen[bytes], message: bytes, deadline: float) -> Any:
    """Send a message and return the answer; None if the process ends, or takes too long, without one."""
    assert child.stdin is not None and child.stdout is not None
    to, back = child.stdin.fileno(), child.stdout.fileno()
    rest, answer = memoryview(message), bytearray()
    polled = select.poll()
    polled.register(back, select.POLLIN)
    polled.register(to, select.POLLOUT)
    while (left := deadline - monotonic()) > 0:
        ready = {file for file, _ in polled.poll(1000 * left)}
        if to in ready:
            try:
                rest = rest[os.write(to, rest[:_STEP]) :]
            except BrokenPipeError:
                return None
            if not rest:
                polled.unregister(to)
        if back in ready:
            data = os.read(back, _STEP)
            answer += data
            if not data or len(answer) > _LONGEST_ANSWER:
                return None
            if (found := _whole(answer)) is not None:
                return found
    return None


def _whole(answer: bytearray) -> Any:
    """Return the message that has come, None if a part of it is missing."""
    size = int.from_bytes(answer[:4], "big")
    if len(answer) < 8 + size:
        return None
    position = 0

    def read(count: int) -> bytes:
        nonlocal position
        position += count
        return bytes(answer[position - count : position])

    found = unpack(read)
    return found[0] if found else None


def _why(child: subprocess.Popen[bytes], limits: Limits) -> str:
    """Say why a process that has ended gave no answer."""
    if child.returncode == -signal.SIGXCPU:
        return f"it takes more than {limits.seconds} s of processor time to read"
    if child.returncode == -signal.SIGKILL:
        return f"it takes more than {limits.clock} s to read"
    return f"its reader ended with status {child.returncode}: for want of memory, perhaps"


#: The one of this process.
READER: Final = ReaderProcess()
