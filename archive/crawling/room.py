"""Room for large answers: they are received one after the other, however many connections there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

#: Bytes from which an answer is large.
LARGE: Final = 4 << 20


class Room:
    """Lets one answer grow at a time; the connections of others are paused, and time out as slow ones do."""

    def __init__(self) -> None:
        self._inside: object | None = None
        #: Who waits, and how each goes on.
        self._waiting: dict[object, Callable[[], object]] = {}

    def enter(self, who: object, pause: Callable[[], object], go_on: Callable[[], object]) -> None:
        """Let someone's answer grow, or pause it until there is room."""
        if self._inside is None:
            self._inside = who
        elif self._inside is not who and who not in self._waiting:
            self._waiting[who] = go_on
            pause()

    def leave(self, who: object) -> None:
        """Take note that someone's answer has ended, if it was large."""
        self._waiting.pop(who, None)
        if self._inside is who:
            self._inside = next(iter(self._waiting), None)
            if self._inside is not None:
                self._waiting.pop(self._inside)()
