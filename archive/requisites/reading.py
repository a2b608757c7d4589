"""Reads what pages and sheets need, whatever they are made of: what is large in a process with hard limits.

Called from a thread. `python -m archive.requisites.reading` is that process: it reads a page or a sheet on standard
input, and prints what it needs as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from archive.http.gzip_members import GZIP_BEGINS, gunzipped
from archive.http.markup_weight import is_light
from archive.requisites.html_page import page_requisites
from archive.requisites.requisite import Requisite, once
from archive.requisites.style_sheet import sheet_requisites

#: Bytes of a page that is read; what longer ones need is not known.
LONGEST_PAGE: Final = 4_000_000
#: Maximum number of addresses that are read of one page or sheet, each as often as it stands there.
_MOST: Final = 20_000
#: Bytes of a sheet that is read in place: about half a second.
_LIGHT_SHEET: Final = 200_000
#: Limits of the process: seconds of processor time and by the clock, bytes of memory.
_SECONDS: Final = 5
_PATIENCE: Final = 40
_MEMORY: Final = 1 << 30
_ROOT: Final = Path(__file__).resolve().parents[2]


def needs_of_page(body: bytes, url: str) -> list[Requisite] | None:
    """Return what a page asks for, each address once; None if that takes more than any page may.

    >>> [each.url for each in needs_of_page(b"<img src=a.png>", "https://a.vn/") or ()]
    ['https://a.vn/a.png', 'https://a.vn/favicon.ico']
    """
    if body.startswith(GZIP_BEGINS):  # and no header says so: no browser shows it, but who reads the archive does
        body, _ = gunzipped(body, LONGEST_PAGE + 1)
        if len(body) > LONGEST_PAGE:
            return None
    return _read_here("page", body, url, "") if is_light(body) else _read_apart("page", body, url, "")


def needs_of_sheet(body: bytes, url: str, charset: str | None) -> list[Requisite] | None:
    """Return what a style sheet asks for, each address once; None if that takes more than any sheet may.

    :param charset: what its HTTP header says.
    """
    read = _read_here if len(body) <= _LIGHT_SHEET else _read_apart
    return read("sheet", body, url, charset or "")


def _read_here(what: str, body: bytes, url: str, charset: str) -> list[Requisite] | None:
    try:
        return [*once(islice(_requisites(what, body, url, charset), _MOST))]
    except (ValueError, RecursionError):  # a number of thousands of digits, for one
        return None


def _requisites(what: str, body: bytes, url: str, charset: str) -> Iterator[Requisite]:
    if what == "sheet":
        return sheet_requisites(body, url, charset or None)
    # Addresses are ASCII, whatever the rest of a page is written in.
    return page_requisites(body.decode("utf-8", "replace"), url)


def _read_apart(what: str, body: bytes, url: str, charset: str) -> list[Requisite] | None:
    command = [sys.executable, "-m", __name__, what, url, charset]
    try:
        done = subprocess.run(  # noqa: S603
            command, input=body, capture_output=True, timeout=_PATIENCE, check=True, cwd=_ROOT
        )
        return [Requisite(*each) for each in json.loads(done.stdout)]
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def main() -> int:
    """Read standard input within the limits; a status above 0 says that it cannot be read so."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    what, url, charset = sys.argv[1:]
    found = _read_here(what, sys.stdin.buffer.read(), url, charset)
    if found is None:
        return 1
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
