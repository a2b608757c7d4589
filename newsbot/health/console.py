"""Prints lines for the operator, free of control characters."""

from __future__ import annotations

import sys


def say(source: str, text: object) -> None:
    """Tell the operator something about a source, in one line on standard error."""
    print(f"newsbot: {source}: {one_line(text)}", file=sys.stderr)


def one_line(text: object) -> str:
    r"""Return a text in one line of printable characters: a site must not be able to steer a terminal.

    >>> one_line("not read:\n \x1b[2J\udcffhttps://yenmy.vn/tin tức")
    'not read: �[2J�https://yenmy.vn/tin tức'
    """
    line = " ".join(str(text).split())
    return line if line.isprintable() else "".join(each if each.isprintable() else "\ufffd" for each in line)
