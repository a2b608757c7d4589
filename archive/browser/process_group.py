"""The processes of a browser: bounded in memory, and ended at once where the browser does not end itself."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class ProcessGroup(NamedTuple):
    """The group of processes that one has founded, by its id and the moment when it began (ids are given again)."""

    leader: int
    began: str

    @classmethod
    def of(cls, leader: int) -> ProcessGroup:
        """Return the group of a process that runs.

        :raises OSError: if it has ended.
        """
        return cls(leader, _words(leader)[19])

    @property
    def parent(self) -> int:
        """The process that has started the leader.

        :raises OSError: if that has ended.
        """
        return int(_words(self.leader)[1])

    @property
    def is_led(self) -> bool:
        """Whether its leader runs."""
        try:
            words = _words(self.leader)
        except OSError:
            return False
        return words[19] == self.began and words[0] not in "ZX"

    def bound_memory(self, most: int) -> None:
        """Let none of its processes, nor those that they start, have more memory of its own.

        :param most: bytes; what is only reserved does not count.
        """
        # Again, since one may have started another meanwhile.
        for each in (*self._members(), *self._members()):
            with suppress(OSError):
                resource.prlimit(each, resource.RLIMIT_DATA, (most, most))

    def kill(self) -> None:
        """End those of its processes that there are, also if they are stopped."""
        with suppress(OSError):
            if _words(self.leader)[19] != self.began:
                return  # another's by now; while one of the group is left, nobody gets the id
        with suppress(OSError):
            os.killpg(self.leader, signal.SIGKILL)

    def word(self, name: str) -> str:
        """Return the value of an option with which its leader was started; empty if there is none.

        :raises OSError: if that has ended.
        """
        words = os.fsdecode(Path(f"/proc/{self.leader}/cmdline").read_bytes()).split("\0")
        return next((word.removeprefix(f"{name}=") for word in words if word.startswith(f"{name}=")), "")

    def _members(self) -> Iterator[int]:
        for folder in Path("/proc").iterdir():
            with suppress(OSError):
                if folder.name.isdecimal() and os.getpgid(int(folder.name)) == self.leader:
                    yield int(folder.name)


def _words(pid: int) -> list[str]:
    """Return what the system says of a process (proc_pid_stat(5)), from its state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
