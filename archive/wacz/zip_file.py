"""Writes the ZIP file of a package in one pass, with a digest of each file in it; it appears whole or not at all."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, Final, Self
from zipfile import ZIP64_LIMIT, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from archive.errors import ArchiveError
from archive.files.atomic import Replacement

#: ZIP knows no earlier and no later years.
_FIRST_YEAR: Final = 1980
_LAST_YEAR: Final = 2107
_CHUNK: Final = 1 << 20
#: What the name of a resource must not hold.
_NO_NAME: Final = re.compile(r"[^-a-z0-9._]+")
_REGULAR_FILE: Final = 0o100644 << 16


class PackageFile:
    """A package while it is written: `add` its files, then `describe` it; leaving the context without that drops it.

    :param created: stands for the time of all files in it, so that equal content gives equal bytes.
    :raises ArchiveError: from every method, if the file system fails; nothing is left behind then.
    """

    def __init__(self, path: Path, created: datetime):
        self._path = path
        year = min(max(created.year, _FIRST_YEAR), _LAST_YEAR)
        self._time = (year, *created.timetuple()[1:6])
        self._resources: list[dict[str, str | int]] = []
        self._described = False

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._replacement = Replacement(self._path)
        except OSError as error:
            raise self._failed(error) from error
        self._zip = ZipFile(self._replacement.file, "w")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if error is None and self._described:
                self._zip.close()
                self._replacement.finish()
        except OSError as failure:
            raise self._failed(failure) from failure
        finally:
            with suppress(OSError):  # it writes once more what has failed
                self._zip.close()
            self._replacement.drop()
        if isinstance(error, OSError):
            raise self._failed(error) from error
        if isinstance(error, sqlite3.Error):  # its temporary tables
            raise ArchiveError(f"cannot write {self._path}: {error} (temporary files)") from error

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Add a file, compressed."""
        with TemporaryFile() as spool:
            spool.writelines(chunks)
            size = spool.tell()
            spool.seek(0)
            self._write(name, iter(partial(spool.read, _CHUNK), b""), size, ZIP_DEFLATED)

    def store(self, name: str, chunks: Iterable[bytes], size: int) -> None:
        """Add a file of known size, not compressed, so that a player can read parts of it."""
        self._write(name, chunks, size, ZIP_STORED)

    def _write(self, name: str, chunks: Iterable[bytes], size: int, compression: int) -> None:
        digest, length = sha256(), 0
        info = self._entry(name, compression)
        # Longer fields in a file's own header only where they must be: ReplayWeb.page 2.4 does not see them there
        # unless the whole ZIP file is so long that it needs them. zipfile would add them from 2.05 GB on.
        info.file_size = size if size > ZIP64_LIMIT else 0
        with self._zip.open(info, "w") as file:
            for chunk in chunks:
                digest.update(chunk)
                length += len(chunk)
                file.write(chunk)
        self._resources.append(
            {
                "name": self._resource_name(name),
                "path": name,
                "hash": f"sha256:{digest.hexdigest()}",
                "bytes": length,
            }
        )

    def describe(self, description: dict[str, Any]) -> None:
        """Add datapackage.json, which lists all files added so far, and its digest."""
        package = {"profile": "data-package", **description, "resources": self._resources}
        data = _json(package)
        self._zip.writestr(self._entry("datapackage.json"), data)
        digest = {"path": "datapackage.json", "hash": f"sha256:{sha256(data).hexdigest()}"}
        self._zip.writestr(self._entry("datapackage-digest.json"), _json(digest))
        self._described = True

    def _resource_name(self, path: str) -> str:
        """Return a name of the characters that Frictionless Data allows, which no other file has."""
        plain = free = _NO_NAME.sub("-", path.lower())
        taken = {resource["name"] for resource in self._resources}
        number = 1
        while free in taken:
            number += 1
            free = f"{plain}-{number}"
        return free

    def _entry(self, name: str, compression: int = ZIP_DEFLATED) -> ZipInfo:
        info = ZipInfo(name, self._time)
        info.compress_type = compression
        info.external_attr = _REGULAR_FILE
        return info

    def _failed(self, error: OSError) -> ArchiveError:
        return ArchiveError(f"cannot write {self._path}: {error.strerror or error}")


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"
