"""What processes a test has started, and theirs: looked up in /proc."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def _parents() -> dict[int, int]:
    """The parent of each process that runs; one that has ended and was not waited for does not."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state not in "ZX":
                found[int(folder.name)] = int(parent)
    return found


def descendants(pid: int) -> set[int]:
    """The processes that a process has started, and those that these have."""
    parents = _parents()
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def chromium(pid: int) -> int | None:
    """The browser that a process, or one of its own, has started: the parent of all others of its kind."""
    for each in sorted(descendants(pid)):
        try:
            words = Path(f"/proc/{each}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"--remote-debugging-pipe" in words and not any(word.startswith(b"--type=") for word in words):
            return each
    return None


def running(pids: set[int]) -> set[int]:
    """Those of some processes that have not ended."""
    return pids & _parents().keys()


def listening(pids: set[int]) -> set[int]:
    """The ports of loopback on which processes listen, by IPv4."""
    sockets = set()
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
            with suppress(OSError):
                sockets.add(str(descriptor.readlink()))
    lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines())
    return {int(words[1][9:], 16) for words in lines if words[3] == "0A" and f"socket:[{words[9]}]" in sockets}
