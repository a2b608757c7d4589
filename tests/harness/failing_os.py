"""A disk that fails: put under a process before the code under test runs in it (see `tests.harness.commands`).

Counts what a process asks of the operating system for files below one folder (`write`, `fsync`, `rename` and the like;
not what C libraries such as SQLite do) and makes one of these requests the last good one. Notes each successful sync
of a file that the process has created, so that a test can say what must not be lost.
"""

from __future__ import annotations

import atexit
import errno
import json
import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import Any

_BY_DESCRIPTOR = ("write", "pwrite", "fsync", "ftruncate")
_BY_PATH = ("rename", "replace", "unlink", "mkdir")


@dataclass
class FailingOs:
    """What fails, and when.

    ``mode``: ``count`` (nothing does), ``fail`` (the ``at``-th request with an error), ``fail-from`` (that and all that
    follow), ``short`` (a write writes half, and the disk is full from then on), ``kill`` (the process ends in front of
    the request; in the middle of it, if it writes), ``power`` (the machine does: all that was not synced is gone or
    garbled, names included).
    """

    folder: str
    notes: str
    mode: str = "count"
    at: int = 0
    seed: float = 0
    count: int = 0
    _is_over: bool = False
    _names: list[str] = field(default_factory=list)
    _real: dict[str, Callable[..., Any]] = field(default_factory=dict)
    _synced: dict[str, int] = field(default_factory=dict)
    _new_names: dict[str, str | None] = field(default_factory=dict)

    def install(self) -> None:
        atexit.register(self._write_names)
        self._notes = os.open(self.notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for name in (*_BY_DESCRIPTOR, *_BY_PATH, "open"):
            self._real[name] = getattr(os, name)
            setattr(os, name, self._wrapped(name))

    def _write_names(self) -> None:
        Path(self.notes + ".requests").write_text("\n".join(self._names))

    def _wrapped(self, name: str) -> Callable[..., Any]:
        real = self._real[name]

        def call(first: Any, *rest: Any, **options: Any) -> Any:
            path = str(Path(f"/proc/self/fd/{first}").readlink()) if name in _BY_DESCRIPTOR else os.fspath(first)
            if not str(path).startswith(self.folder) or (name == "open" and not rest[0] & os.O_CREAT):
                return real(first, *rest, **options)
            self._stop_if_over()
            self.count += 1
            self._names.append(name)
            if self.count == self.at or (self.count > self.at and self.mode in ("fail-from", "short") and self.at):
                self._strike(name, first, rest)
            result = real(first, *rest, **options)
            self._stop_if_over()
            self._remember(name, str(path), first, rest)
            return result

        return call

    def _stop_if_over(self) -> None:
        """Hold a thread that the end of the machine should not leave time to go on, such as to commit a state."""
        while self._is_over:
            sleep(1)

    def _strike(self, name: str, first: Any, rest: tuple[Any, ...]) -> None:
        if self.mode in ("kill", "power"):
            self._is_over = True
            if name in ("write", "pwrite"):
                self._write_half(name, first, rest)
            if self.mode == "power":
                self._cut_power()
            os.kill(os.getpid(), signal.SIGKILL)
        if self.mode == "short" and name in ("write", "pwrite"):
            if self.count == self.at:
                self._write_half(name, first, rest)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.mode in ("fail", "fail-from"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def _write_half(self, name: str, first: Any, rest: tuple[Any, ...]) -> None:
        data = bytes(rest[0])
        self._real[name](first, data[: len(data) // 2], *rest[1:])

    def _remember(self, name: str, path: str, first: Any, rest: tuple[Any, ...]) -> None:
        if name == "fsync" and os.path.isdir(path):  # noqa: PTH112
            self._new_names = {new: old for new, old in self._new_names.items() if os.path.dirname(new) != path}  # noqa: PTH120
        elif name == "fsync" and path in self._synced:
            self._synced[path] = os.fstat(first).st_size
            self._note({"path": path, "size": self._synced[path]})
        elif name == "ftruncate" and path in self._synced:
            self._synced[path] = min(self._synced[path], rest[0])
        elif name in ("rename", "replace"):
            target = os.fspath(rest[0])
            if path in self._synced:
                self._synced[target] = self._synced.pop(path)
            self._new_names[target] = path
        elif name == "open":
            self._synced[path] = 0
            self._new_names[path] = None
        elif name == "unlink":
            self._synced.pop(path, None)
            self._new_names.pop(path, None)

    def _cut_power(self) -> None:
        """Leave what a disk may hold after a power cut: of what was not synced, something, nothing, or zeros."""
        chance = random.Random(self.seed)
        for path, synced in self._synced.items():
            if path.endswith((".open", ".gz", ".jsonl")) and os.path.exists(path):  # noqa: PTH110
                self._garble(path, synced, chance)
        for new, old in self._new_names.items():
            if chance.random() < 0.5 and os.path.exists(new) and new.endswith((".open", ".gz", ".jsonl")):  # noqa: PTH110
                self._real["rename"](new, old) if old else self._real["unlink"](new)

    def _garble(self, path: str, synced: int, chance: random.Random) -> None:
        size = Path(path).stat().st_size
        with Path(path).open("r+b") as file:
            file.truncate(chance.randint(synced, max(synced, size)))
            if chance.random() < 0.5:
                file.truncate(max(synced, size))

    def _note(self, note: dict[str, Any]) -> None:
        self._real["write"](self._notes, json.dumps(note).encode() + b"\n")
