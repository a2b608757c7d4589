"""A crawl that was started by crawlall does not outlive it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

#: <linux/prctl.h>: the signal that the kernel sends a process when its parent ends, however that ends.
_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Let this process be told to stop, in good order, when its parent has ended.

    :param parent: process id of whoever started this one.
    :raises SystemExit: if that has ended already.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGTERM))
    if os.getppid() != parent:  # it was killed before the kernel knew
        raise SystemExit(f"newsbot: process {parent}, which started this crawl, has ended")
