"""Prints lines for the operator, free of control characters."""

from __future__ import annotations

import json
import sys
from typing import Any


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


def shortened(text: str, most: int) -> str:
    """Return a text, or of a longer one as many characters with an ellipsis behind them.

    >>> shortened("lúa mùa", 7), shortened("lúa mùa", 3)
    ('lúa mùa', 'lúa…')
    """
    return text if len(text) <= most else f"{text[:most]}…"


def printable_line(line: str, most: int) -> str:
    """Return what `one_line` does, shortened, behind the indentation of the line."""
    return line[: len(line) - len(line.lstrip())] + shortened(one_line(line), most)


def as_text(value: Any) -> str:
    """Return a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def printable_json(value: Any) -> str:
    """Return a value as JSON in which whatever is not printable is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    if text.replace("\n", "").isprintable():
        return text
    return "".join(each if each.isprintable() or each == "\n" else json.dumps(each)[1:-1] for each in text)
