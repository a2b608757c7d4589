"""Locks that are waited for, so long and no longer."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, Final

from newsbot.locks.source_lock import LockedError

#: Seconds between two tries.
_PAUSE: Final = 0.5


def hold(
    held: ExitStack, lock: Callable[[], AbstractContextManager[Any]], deadline: float, tell: Callable[[str], object]
) -> None:
    """Take a lock and hold it; who has it is told while it is waited for.

    :param deadline: of the monotonic clock.
    :raises LockedError: if it is not to be had until then.
    """
    told = ""
    while True:
        try:
            held.enter_context(lock())
            return
        except LockedError as error:
            if time.monotonic() >= deadline:
                raise
            if str(error) != told:
                told = str(error)
                tell(f"waiting: {told}")
            time.sleep(_PAUSE)
