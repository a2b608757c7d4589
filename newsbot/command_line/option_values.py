"""Types for argparse that check the values of options: dates, numbers, paths."""

from __future__ import annotations

import argparse
import getpass
import math
import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from newsbot.vietnamese.provinces import is_province

_DATE: Final = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?)?)?Z?", re.ASCII)
_SCHEDULER: Final = re.compile(r"(?:tcp|tls|ws|wss|ucx)://[^\s/]+:\d{1,5}/?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(T.*)?", re.ASCII)


def date(text: str) -> str:
    """Return a date or time in UTC as it begins all WARC-Dates that it means: 2026, 2026-11-22, 2026-11-22T03:20.

    :raises ArgumentTypeError: if it is none, or there is no such day.

    >>> date("2026-11-22T03:20Z"), date("2026-02"), date("")  # an option that is not given is "" to argparse
    ('2026-11-22T03:20', '2026-02', '')
    """
    if not text:
        return ""
    wanted = text.removesuffix("Z")
    try:
        if not text.isascii() or not _DATE.fullmatch(text):
            raise ValueError(text)
        datetime.fromisoformat(f"{wanted}{'0001-01-01'[len(wanted) :]}"[:19])
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-11-22 or 2026-11-22T03:20 (UTC)") from None
    return wanted


def day(text: str) -> str:
    """Return a date with its day, or a time in UTC.

    :raises ArgumentTypeError: if it is none, or there is no such day.
    """
    if not _DAY.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no day such as 2026-11-22 or time such as 2026-11-22T03:20 (UTC)"
        )
    return date(text)


def hash_in_hex(text: str) -> str:
    """Return a SHA-256, or a public key, in hex.

    :raises ArgumentTypeError: if it is none.
    """
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is not 64 hexadecimal digits")
    return text.lower()


def scheduler(text: str) -> str:
    """Return the address of a Dask scheduler, with its port.

    :raises ArgumentTypeError: if it is none.

    >>> scheduler("tcp://192.0.2.1:8786"), scheduler("")  # an option that is not given is "" to argparse
    ('tcp://192.0.2.1:8786', '')
    """
    if text and not _SCHEDULER.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text[:200]!r} is no address such as tcp://192.0.2.1:8786")
    return text


def whole_number(least: int = 1, most: int = 1_000_000_000) -> Callable[[str], int]:
    """Return a function that reads a whole number within bounds.

    >>> whole_number()("12")
    12
    """

    def read(text: str) -> int:
        if not re.fullmatch(r"[+-]?[0-9]{1,20}", text):
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a whole number")
        number = int(text)
        if number < least:
            raise argparse.ArgumentTypeError(f"{number} is not a number from {least}")
        if number > most:
            raise argparse.ArgumentTypeError(f"{number} is more than {most}")
        return number

    return read


def minutes(*, or_none: bool = False) -> Callable[[str], float]:
    """Return a function that reads a number of minutes above 0.

    :param or_none: whether 0 will do, too.

    >>> minutes()("0.5"), minutes(or_none=True)("0")
    (0.5, 0.0)
    """

    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if number > 0 or (or_none and number == 0):
            return number
        raise argparse.ArgumentTypeError(f"{text} is not a number {'from' if or_none else 'above'} 0")

    return read


def this_user() -> str:
    """Return who runs this, by name where the machine knows one."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def province(text: str) -> str:
    """Return the name of a province, of today or before; "" is a national paper's.

    :raises ArgumentTypeError: if it is none.
    """
    if text and not is_province(text):
        raise argparse.ArgumentTypeError(f"{text!r} is the name of no province of Vietnam")
    return text


def path(text: str) -> Path:
    """Return a path; `~` is the user's home also where no shell has seen to it (--output=~/x).

    :raises ArgumentTypeError: if it is empty, or the home of nobody.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty: name a file or folder")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: there is no such user") from error
