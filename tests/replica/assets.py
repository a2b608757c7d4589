"""The files beside a paper's pages: drawn pictures, the font, and what lies in `look/`, below the site's own folders.

Some are as on real sites: a logo that has moved, an icon that is gone, a picture that calls itself a page.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.replica.fonts import woff2
from tests.replica.pictures import picture
from tests.replica.site import Reply

if TYPE_CHECKING:
    from tests.replica.answers import Answers

LOOK = Path(__file__).parent / "look"
_TYPES = {".css": "text/css", ".js": "application/javascript", ".webmanifest": "application/manifest+json"}
_MOVED = re.compile(r"(.*/images/logo)\.png")
_GONE = re.compile(r".*/(zalo|app-store)\.png")
_MISNAMED = re.compile(r".*/chung-nhan\.png")


def asset(answers: Answers, path: str, site: str, folders: tuple[str, ...]) -> Reply | None:
    """The reply with the file at a path, from the first of the folders that has it; None if the path names no file."""
    if moved := _MOVED.fullmatch(path):
        return Reply(302, headers=(("Location", f"{moved[1]}-2024.png"), ("Content-Type", "text/html")))
    if _GONE.fullmatch(path):
        return answers.missing()
    if path.endswith(".woff2"):
        return answers.file("font/woff2", woff2(), open_to="*")
    for folder in (*folders, "shared"):
        if (file := _files(folder).get(path)) is not None:
            return answers.file(_TYPES[file.suffix], _read(file))
    if drawn := picture(path, site):
        return answers.file("text/html; charset=UTF-8" if _MISNAMED.fullmatch(path) else drawn[0], drawn[1])
    if path.endswith((".css", ".js")):
        return answers.missing()
    return None


@lru_cache(maxsize=20)
def _files(folder: str) -> dict[str, Path]:
    """The files of a folder by their paths on the site; a request picks one of these and no other."""
    root = LOOK / folder
    return {f"/{file.relative_to(root).as_posix()}": file for file in root.rglob("*") if file.suffix in _TYPES}


@lru_cache(maxsize=200)
def _read(file: Path) -> bytes:
    return file.read_bytes()
