"""Tells whether an archive knows a file by its name: the file is there, or something that is kept speaks of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from scrapy.settings import BaseSettings

from archive.chain.chain import KEY
from archive.chain.chain import NAME as CHAIN
from archive.errors import ArchiveError
from archive.files.manifest import NAME as MANIFEST
from archive.retired import NAME as RETIRED
from archive.retirement.originals import NAME as COPIES
from archive.verify.acknowledged import NAME as ACKNOWLEDGED
from newsbot.chaining.archive_chain import ArchiveChain
from newsbot.configuration.folders import collection

#: Files that an archive may have, and may have lost.
_OWN: Final = (MANIFEST, CHAIN, KEY, RETIRED, COPIES, ACKNOWLEDGED)


def is_known(name: str, settings: BaseSettings) -> bool:
    """Return whether a file of this name is in the archive, or was; also where something cannot be read to say so.

    What is quick to look at comes first: only for a name that nothing else knows all lines and the index are read.

    :param name: without folders.
    """
    written = (b'"%s"' % os.fsencode(name), json.dumps(name).encode())
    try:
        if not name or name in _names(settings):
            return bool(name)
        return any(each in text for text in _texts(settings) for each in written)
    except (ArchiveError, OSError):
        return True


def _names(settings: BaseSettings) -> Iterator[str]:
    archive = collection(settings)
    yield from _OWN
    for folder in (Path(settings["DATA_DIR"]), archive.folder):
        yield from (path.name for path in folder.rglob("*"))
    yield from archive.manifest.digests()
    yield from archive.retired.files()
    yield from archive.index.files()
    yield from (Path(name).name for name in ArchiveChain(settings).chain.known())


def _texts(settings: BaseSettings) -> Iterator[bytes]:
    for path in Path(settings["DATA_DIR"], "articles").rglob("*.jsonl*"):
        if path.is_file():
            with path.open("rb") as lines:
                yield from lines
    yield from collection(settings).index.lines()
