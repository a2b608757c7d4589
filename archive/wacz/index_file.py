"""The index of a package: CDXJ lines in gzip members of some thousand, and a list of where each member begins."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from typing import IO, Final

from archive.files.gzip_member import gzip_member

NAME: Final = "index.cdx.gz"
LIST_NAME: Final = "index.idx"
#: Lines in a member, as other writers of WACZ have it.
_LINES: Final = 3000


def write_index(lines: Iterable[bytes], file: IO[bytes]) -> list[bytes]:
    r"""Write sorted CDXJ lines, compressed, and return the lines of the list that leads into them.

    >>> from tempfile import TemporaryFile
    >>> with TemporaryFile() as file:
    ...     first, second = write_index([b'a)/ 20260101000000 {"url": "http://a/"}'], file)
    >>> first
    b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n'
    >>> second.startswith(b'a)/ 20260101000000 {"offset": 0, "length": ')
    True
    """
    heading = {"format": "cdxj-gzip-1.0", "filename": NAME}
    entries = [f"!meta 0 {json.dumps(heading)}\n".encode()]
    offset = 0
    for batch in _batches(lines):
        member = gzip_member(b"".join(line + b"\n" for line in batch))
        file.write(member)
        place = {"offset": offset, "length": len(member), "digest": f"sha256:{sha256(member).hexdigest()}"}
        key = batch[0][: batch[0].index(b" {")]
        entries.append(key + f" {json.dumps(place | {'filename': NAME})}\n".encode())
        offset += len(member)
    return entries


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    iterator = iter(lines)
    while batch := list(islice(iterator, _LINES)):
        yield batch
