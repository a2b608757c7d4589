"""One WACZ package over WARC files where they lie: index, pages and description are made here, nothing is copied."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import IO, Any, Final, NamedTuple, Protocol

from archive.errors import ArchiveError, os_errors
from archive.player.virtual_zip import VirtualZip, ZipMember, of_file
from archive.wacz.package import LIST_NAME, NAME, WACZ_VERSION, write_index

_CHUNK: Final = 1 << 20
_UNKNOWN: Final = "0" * 64
#: What the name of a resource must not hold.
_NO_NAME: Final = re.compile(r"[^-a-z0-9._]+")


class Sums(NamedTuple):
    """What a package says of a file: its CRC-32, and its SHA-256 in hex."""

    crc32: int
    sha256: str


class KnownSums(Protocol):
    """Remembers the sums of files, which never change once they are finished."""

    def get(self, path: Path) -> Sums | None:
        """Return the sums of a file as it is now, if they are known."""

    def learn(self, path: Path, read: Callable[[Path], Sums]) -> None:
        """Have a file read, and remember its sums."""


@dataclass(frozen=True)
class Contents:
    """What a package is made of.

    :param key: names it: other files or other lines are another package.
    :param lines: CDXJ lines in order, without line feeds.
    :param created: date and time, as in a WARC-Date.
    """

    key: str
    warcs: Sequence[Path]
    lines: Iterable[bytes]
    title: str
    created: str


class VirtualWacz:
    """A package as a player reads it: in ranges.

    Players ask neither for checksums nor for digests, and to have them costs a look at every byte: those that are not
    known are 0 until `complete` has been called. Length and places of everything stay as they are.

    :raises ArchiveError: from every method, if a file cannot be read, or the temporary index not be written.
    """

    def __init__(self, contents: Contents, known: KnownSums):
        self._known = known
        self._opened = ExitStack()
        self._lock = Lock()
        with os_errors("cannot write a temporary index"):
            index = self._opened.enter_context(_temporary())
            entries = write_index(contents.lines, index)
            index.flush()
            index_member = of_file(f"indexes/{NAME}", Path(index.name))
        self._index_sums = {index_member.name: _sums_of(Path(index.name))}
        #: Name in the package of each WARC file.
        self._warcs = {f"archive/{path.name}": path for path in contents.warcs}
        with os_errors("cannot read the WARC files"):
            self._members = [index_member, *(of_file(name, path) for name, path in self._warcs.items())]
        self._small = {f"indexes/{LIST_NAME}": b"".join(entries), "pages/pages.jsonl": _NO_PAGES}
        self._about = {"title": contents.title, "created": contents.created, "wacz_version": WACZ_VERSION}
        self._is_complete = False
        self._zip = self._laid_out()
        self.key = contents.key

    def close(self) -> None:
        """Remove the temporary index."""
        self._opened.close()

    @property
    def size(self) -> int:
        return self._zip.size

    def is_here(self) -> bool:
        """Return whether all files are still there, and none has taken the place of another."""
        return all(member.is_here() for member in self._members)

    def chunks(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of a range."""
        return self._zip.chunks(start, end)

    def complete(self) -> None:
        """Read every file whose sums are not known, so that the package as a whole is valid."""
        with self._lock:
            if self._is_complete:
                return
            for path in self._warcs.values():
                if self._known.get(path) is None:
                    self._known.learn(path, _sums_of)
            self._zip = self._laid_out()
            self._is_complete = True

    def _laid_out(self) -> VirtualZip:
        known = {name: self._known.get(path) for name, path in self._warcs.items()}
        sums = self._index_sums | {name: found or Sums(0, _UNKNOWN) for name, found in known.items()}
        small = dict(self._small)
        sums |= {name: _sums(content) for name, content in small.items()}
        sizes = {member.name: member.size for member in self._members} | {
            name: len(content) for name, content in small.items()
        }
        package = _json({"profile": "data-package", **self._about, "resources": _resources(sums, sizes)})
        digest = {"path": "datapackage.json", "hash": f"sha256:{sha256(package).hexdigest()}"}
        small |= {"datapackage.json": package, "datapackage-digest.json": _json(digest)}
        checksums = {name: each.crc32 for name, each in sums.items()}
        checksums |= {name: _sums(content).crc32 for name, content in small.items()}
        members = [*self._members, *(ZipMember(name, content, len(content)) for name, content in small.items())]
        return VirtualZip(members, checksums)


#: The heading of a list of pages; the pages themselves come from the query interface.
_NO_PAGES: Final = b'{"format":"json-pages-1.0","id":"pages","title":"All pages"}\n'


def _resources(sums: dict[str, Sums], sizes: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{number}-{_NO_NAME.sub('-', name.rpartition('/')[2].lower())}",
            "path": name,
            "hash": f"sha256:{each.sha256}",
            "bytes": sizes[name],
        }
        for number, (name, each) in enumerate(sums.items())
    ]


def _sums(content: bytes) -> Sums:
    return Sums(zlib.crc32(content), sha256(content).hexdigest())


def _sums_of(path: Path) -> Sums:
    """Read a file to its end.

    :raises ArchiveError: if that cannot be done.
    """
    checksum, digest = 0, sha256()
    with os_errors(f"cannot read {path}"), path.open("rb") as file:
        for chunk in iter(partial(file.read, _CHUNK), b""):
            checksum = zlib.crc32(chunk, checksum)
            digest.update(chunk)
    return Sums(checksum, digest.hexdigest())


def _json(content: Any) -> bytes:
    try:
        return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"
    except UnicodeEncodeError as error:  # a file name that is no text
        raise ArchiveError(f"a file name cannot stand in a package: {error.object!r}") from error


def _temporary() -> AbstractContextManager[IO[bytes]]:
    return NamedTemporaryFile(prefix="archive-player-", suffix=".cdx.gz")
