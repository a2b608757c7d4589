"""The sha256 of every finished WARC file, in a BagIt manifest: `sha256sum -c manifest-sha256.txt` checks it, too.

No record can tell that its file is cut off behind it, and not every bit of a gzip file matters to its content. What a
file was when it was finished is therefore written down, once; whoever changes a file on purpose says so.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from archive.errors import os_errors
from archive.files.atomic import replace_file
from archive.files.lock import locked
from archive.files.plain_file import content_of, open_regular

NAME: Final = "manifest-sha256.txt"
#: Ends the names of the files that this archive writes.
_SUFFIX: Final = ".warc.gz"
_LINE: Final = re.compile(rb"([0-9a-f]{64})  ([^\r\n\0]{1,4096})")


class Manifest:
    """The manifest of a folder, which stands beside the folder.

    :raises ArchiveError: from every method, if a file cannot be read or written.
    """

    def __init__(self, folder: Path):
        self._folder = Path(os.path.abspath(folder))  # noqa: PTH100  # a link to the folder is the folder
        self._path = self._folder.parent / NAME

    def digests(self) -> dict[str, str]:
        """Return the digest of each file by its name."""
        prefix = f"{self._folder.name}/"
        pairs = (_pair(line) for line in content_of(self._path).split(b"\n"))
        return {pair[1].removeprefix(prefix): pair[0] for pair in pairs if pair and pair[1].startswith(prefix)}

    def faults(self) -> Iterator[tuple[int, str]]:
        """Yield offset and message of each line that is none, or says of a file what another line does not."""
        offset = 0
        known: dict[str, str] = {}
        for line in content_of(self._path).split(b"\n"):
            pair = _pair(line)
            if pair is None and line:
                yield offset, f"this is no digest with a file's name: {line[:80].decode('utf-8', 'replace')!r}"
            elif pair and known.setdefault(pair[1], pair[0]) != pair[0]:
                yield offset, f"{pair[1]} has another digest in a line above"
            offset += len(line) + 1

    def add(self, *paths: Path, changed: bool = False, digests: Mapping[str, str] | None = None) -> None:
        """Write down what files are, durably.

        A file that is known is not written down again, whatever it is now, unless it was changed on purpose.

        :param digests: those of files that have just been read from disk, by name; the others are read here.
        """
        known = self._lines()
        new = [path for path in paths if changed or self._ending(path.name) not in known]
        read = digests or {}
        # Before the lock: to read a gigabyte takes seconds.
        found = {path.name: read.get(path.name) or file_digest(path) for path in new}
        with locked(self._path.parent):  # the folder: the manifest itself may be replaced
            known = self._lines()
            lines = {
                ending: digest.encode() + ending
                for name, digest in found.items()
                if (ending := self._ending(name)) not in known or changed
            }
            if any(ending in known for ending in lines):
                self._rewrite(known, set(lines), lines.values())
            elif lines:
                # What has no line feed at its end is overwritten, by itself where it is whole.
                end = content_of(self._path).rfind(b"\n") + 1
                self._append(b"".join((known[end:], *lines.values())), end)

    def remove(self, *filenames: str) -> None:
        """Forget files that were removed on purpose."""
        with locked(self._path.parent):
            self._rewrite(self._lines(), set(map(self._ending, filenames)), [])

    def _rewrite(self, known: bytes, endings: set[bytes], more: Iterable[bytes]) -> None:
        kept = (line for line in known.splitlines(keepends=True) if line[64:] not in endings)
        replace_file(self._path, [*kept, *more])

    def _ending(self, filename: str) -> bytes:
        """Return a file's line but for the digest in front."""
        return f"  {self._folder.name}/{filename}\n".encode()

    def _lines(self) -> bytes:
        """Return the lines, each with its line feed, without a last one that a crash cut short.

        An editor that leaves no line feed at the end has cut nothing short: the line then names a file that is there,
        or is called as all files of this archive are.
        """
        known = content_of(self._path)
        end = known.rfind(b"\n") + 1
        if not (pair := _pair(known[end:])):
            return known[:end]
        whole = pair[1].endswith(_SUFFIX) or os.path.lexists(self._folder.parent / pair[1])
        return known + b"\n" if whole else known[:end]

    def _append(self, line: bytes, end: int) -> None:
        with os_errors(f"cannot write {self._path}"):
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
            with open(descriptor, "wb") as file:  # noqa: PTH123  # a descriptor has no path
                file.seek(end)
                file.write(line)
                file.truncate()
                file.flush()
                os.fsync(file.fileno())


def _pair(line: bytes) -> tuple[str, str] | None:
    """Return the digest and the file of a line; None if it is none."""
    match = _LINE.fullmatch(line)
    return (match[1].decode(), match[2].decode("utf-8", "replace")) if match else None


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex.

    :raises ArchiveError: if it cannot be read.
    """
    with os_errors(f"cannot read {path}"), open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
