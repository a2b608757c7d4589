"""The file that holds a chain, an entry a line, and is only ever appended to."""

from __future__ import annotations

import json
import mmap
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from archive.chain.entry import NOTHING, Claim, Entry, EntryError, head_of
from archive.chain.signing import SigningKey
from archive.clock import now
from archive.errors import ArchiveError, os_errors
from archive.files.atomic import make_folder, sync_folder
from archive.files.lock import locked
from archive.files.plain_file import lines_in, open_regular

NAME: Final = "entries.jsonl"
KEY: Final = "signing-key.pem"
#: Maximum size of the file, and of a line of it, in bytes; a run takes some hundred.
_MOST: Final = 1 << 34
_LONGEST: Final = 1 << 28
_TOO_LONG: Final = f"it has a line of more than {_LONGEST} bytes"
_LINE_FEED: Final = re.compile(rb"\n")
_FILE: Final = re.compile(rb'\{"file":("(?:[^"\\]|\\.)*")')


class Known(NamedTuple):
    """What a chain says of a file: its last digest, whether it has gone since, and the entry that says so."""

    sha256: str
    is_gone: bool
    entry: int


class Head(NamedTuple):
    """The last entry of a chain: its number, and what stands for it and all before it; 0 if there is none."""

    entry: int
    root: str


class Chain:
    """The chain in a folder.

    :param key: file of the signing key; None for one in the folder.
    :raises ArchiveError: from every method, if a file cannot be read or written.
    """

    def __init__(self, folder: Path, key: Path | None = None):
        self.folder = folder
        self.path = folder / NAME
        self.key_path = key or folder / KEY

    def is_begun(self) -> bool:
        """Return whether there is an entry, or was one: a key without a chain tells that it has been taken away."""
        return self.path.exists() or (self.folder / KEY).exists()

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield the offset and the bytes of each line, without its line feed; a last one that has none is cut short."""
        offset = 0
        with os_errors(f"cannot read {self.path}"), suppress(FileNotFoundError), open_regular(self.path, _MOST) as file:
            for line in lines_in(file, _LONGEST):
                if line.endswith(b"\n"):
                    yield offset, line[:-1]
                offset += len(line)

    def head(self) -> Head:
        """Return the last entry."""
        with self._mapped() as content:
            return self._head(content)

    def line(self, head: Head) -> bytes:
        """Return the line of an entry, without its line feed.

        :raises ArchiveError: also if there is no such entry.
        """
        with self._mapped() as content:
            end = content.rfind(b"\n")
            while end >= 0:
                begin, _ = self._line_around(content, end)
                if head_of(line := content[begin:end]) == head.root:
                    return line
                end = begin - 1
        raise ArchiveError(f"{self.path} has no entry {head.entry} with the root {head.root}")

    def has_root(self, root: str) -> bool:
        """Return whether a root is that of the last entry, or stands in one as that of the entry before it."""
        with self._mapped() as content:
            return self._head(content).root == root or content.rfind(f'"previous":"{root}"'.encode()) >= 0

    def holds(self, names: Iterable[str]) -> dict[str, bool]:
        """Return of each file whether some entry names it."""
        wanted = list(names)
        with self._mapped() as content:
            if len(wanted) > _FEW:
                found = {json.loads(match[1]) for match in _FILE.finditer(content)}
                return {name: name in found for name in wanted}
            return {name: content.rfind(_mark(name)) >= 0 for name in wanted}

    def lines_of(self, names: Iterable[str], left_out: list[EntryError] | None = None) -> list[bytes]:
        """Return the lines of the entries that name one of some files, the oldest first; what is no entry is left out.

        Each is without its line feed.

        :param left_out: takes why.
        """
        wanted = set(names)
        found: list[bytes] = []
        end = 0
        with self._mapped() as content:
            if len(wanted) > _FEW:
                places = [match.start() for match in _FILE.finditer(content) if json.loads(match[1]) in wanted]
            else:
                places = sorted(place for name in wanted for place in _places(content, _mark(name)))
            for place in places:
                if place < end:  # in the line that was just read
                    continue
                begin, end = self._line_around(content, place)
                try:
                    Entry.read(line := content[begin:end])
                    found.append(line)
                except EntryError as error:
                    if left_out is not None:
                        left_out.append(error)
        return found

    def known(self) -> dict[str, Known]:
        """Return what the chain says last of each file; what is no entry is left out."""
        known: dict[str, Known] = {}
        for _, line in self.lines():
            with suppress(EntryError):
                entry = Entry.read(line)
                for claim in entry.claims():
                    known[claim.file] = Known(claim.sha256 or claim.was, not claim.sha256, entry.number)
        return known

    def append(self, about: Mapping[str, Any], claims: Iterable[Claim]) -> Head:
        """Add an entry, durably, and return the new head.

        :param about: what the entry says of itself, besides its number and its time.
        """
        key = SigningKey.kept_in(self.key_path)
        with self._locked():
            with self._mapped() as content:
                before, end = self._head(content), len(content)
            at = now().strftime("%Y-%m-%dT%H:%M:%SZ")
            first = {"entry": before.entry + 1, "at": at, **about}
            line = Entry.signed(first, list(claims), before.root, key).line()
            self._write(line + b"\n", end)
        return Head(before.entry + 1, head_of(line))

    def _head(self, content: mmap.mmap | bytes) -> Head:
        if not content:
            return Head(0, NOTHING)
        begin, end = self._line_around(content, len(content) - 1)
        line = content[begin:end]
        try:
            number = Entry.read(line).number
        except EntryError:  # `verify` says so; what follows refers to it as it is
            number = sum(1 for _ in _LINE_FEED.finditer(content))
        return Head(number, head_of(line))

    def _line_around(self, content: mmap.mmap | bytes, place: int) -> tuple[int, int]:
        """Return where the line begins that a place is in, and where its line feed is."""
        first = max(0, place - _LONGEST)
        begin, end = content.rfind(b"\n", first, place) + 1, content.find(b"\n", place, place + _LONGEST)
        if (first and not begin) or end < 0:
            raise ArchiveError(f"{self.path}: {_TOO_LONG}")
        return begin, end

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with os_errors(f"cannot make {self.folder}"):
            make_folder(self.folder)
        with locked(self.folder):
            yield

    def _write(self, line: bytes, end: int) -> None:
        """Write a line behind the last whole one."""
        with os_errors(f"cannot write {self.path}"):
            create = 0 if self.path.exists() else os.O_CREAT
            descriptor = os.open(self.path, os.O_WRONLY | create | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
            with open(descriptor, "wb", buffering=0) as file:  # noqa: PTH123  # a descriptor has no path
                try:
                    file.seek(end)
                    written = 0
                    while written < len(line):
                        written += file.write(memoryview(line)[written:])
                    file.truncate()
                    os.fsync(file.fileno())
                except OSError:
                    with suppress(OSError):
                        file.truncate(end)
                    raise
            sync_folder(self.folder)  # each time: who has created it may have been killed before this

    @contextmanager
    def _mapped(self) -> Iterator[mmap.mmap | bytes]:
        """Give the file's content, but for a last line that was cut short; what is not looked at is not read."""
        content: mmap.mmap | bytes = b""
        with os_errors(f"cannot read {self.path}"), suppress(FileNotFoundError), open_regular(self.path, _MOST) as file:
            if size := os.fstat(file.fileno()).st_size:
                content = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
                whole = content.rfind(b"\n", max(0, size - _LONGEST)) + 1
                if whole < size:
                    content.close()
                    if not whole and size > _LONGEST:
                        raise ArchiveError(f"{self.path}: {_TOO_LONG}")
                    content = mmap.mmap(file.fileno(), whole, access=mmap.ACCESS_READ) if whole else b""
        try:
            yield content
        finally:
            if isinstance(content, mmap.mmap):
                content.close()


#: Number of names up to which the chain is searched for each.
_FEW: Final = 16


def _places(content: mmap.mmap | bytes, mark: bytes) -> Iterator[int]:
    place = content.find(mark)
    while place >= 0:
        yield place
        place = content.find(mark, place + 1)


def _mark(name: str) -> bytes:
    return b'{"file":' + json.dumps(name, ensure_ascii=False).encode("utf-8", "backslashreplace")
