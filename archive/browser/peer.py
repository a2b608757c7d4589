"""Tells by the system's table of connections whose a connection on loopback is: any user may open one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

#: See proc_net_tcp(5); where there is none, nobody can be told apart.
_TABLE: Final = Path("/proc/self/net/tcp")
#: Times that it is looked up: a table that changes while it is read may miss a line.
_TIMES: Final = 3


def is_own(port: int, door: int) -> bool:
    """Return whether this user has opened a connection.

    :param port: the other side's, on loopback.
    :param door: the port to which it is connected.
    """
    if not _TABLE.exists():
        return True
    found = (owner(_TABLE.read_text(), port, door) for _ in range(_TIMES))
    return next((user for user in found if user is not None), None) == os.geteuid()


def owner(table: str, port: int, door: int) -> int | None:
    """Return the user whose connection one is; None of one that is not there, or that nobody has open any more.

    >>> line = " 1: 0100007F:A3BD 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000  0 24728 1"
    >>> owner(line, 0xA3BD, 8080), owner(line, 0xA3BD, 8081), owner(line.replace("24728", "0"), 0xA3BD, 8080)
    (1000, None, None)
    """
    ends = [f"0100007F:{each:04X}" for each in (port, door)]
    for words in map(str.split, table.splitlines()):
        if words[1:3] == ends and words[9] != "0":
            return int(words[7])
    return None
