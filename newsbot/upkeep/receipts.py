"""What redaction and retirement begin and end with: an archive that is up to date, and a receipt in data/receipts."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy.settings import BaseSettings

from archive.collection import Collection
from archive.errors import ArchiveError, os_errors
from archive.files.atomic import make_folder, replace_file
from archive.files.open_file import OPEN
from archive.retirement.originals import NAME as COPIES
from archive.retirement.originals import borrow
from newsbot.chaining.archive_chain import ArchiveChain


def refuse_unfinished(collection: Collection, articles: Path) -> None:
    """Refuse to go on where a crawl was killed and its files are not finished.

    :param articles: the folder of all sources' lines.
    :raises ArchiveError: if there is such a file; the message names it.
    """
    for folder in (collection.folder, articles):
        for path in sorted(folder.rglob(f"*{OPEN}")):
            raise ArchiveError(f"{path} was left open: finish it first, `scrapy recover`")


def bring_up_to_date(settings: BaseSettings, collection: Collection) -> None:
    """Bring the index up to date, and remove copies of records that are here: brought back, or never gone."""
    collection.catch_up(attended=True)
    borrow(collection, ())
    why = "copies of records that are here again are not needed"
    ArchiveChain(settings).enter_change("copies", [collection.folder / COPIES], why=why)


def receipt_name(what: str, at: datetime) -> str:
    """Return the name of a receipt.

    >>> receipt_name("redaction", datetime.fromisoformat("2026-11-22T04:14:49.341+00:00"))
    'redaction-20261122T041449.341Z'
    """
    return f"{what}-{at:%Y%m%dT%H%M%S}.{at.microsecond // 1000:03}Z"


def write_receipt(data: Path, name: str, content: dict[str, Any]) -> Path:
    """Write a receipt, and return its path.

    :raises ArchiveError: if it cannot be written.
    """
    path = data / "receipts" / f"{name}.json"
    with os_errors(f"cannot make {path.parent}"):
        make_folder(path.parent)
    replace_file(path, [json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"])
    return path
