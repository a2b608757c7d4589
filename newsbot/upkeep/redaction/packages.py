"""Makes packages that hold redacted records again, without them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from scrapy.settings import BaseSettings

from archive.errors import ArchiveError
from archive.files.file_kind import ZIP_FAULTS
from archive.files.zip_reading import opened_zip, read_member
from archive.records.members import DamagedError
from archive.redaction.edits import Edits
from archive.wacz.selection import Period
from newsbot.replaying.captures import Reader
from newsbot.upkeep.packaging.files import enclosed
from newsbot.upkeep.packaging.package import PackageOrder, Packaging

#: What a package's writer says of it by itself.
_WRITTEN: Final = frozenset({"profile", "wacz_version", "created", "resources"})


class PackageError(ArchiveError):
    """A package cannot be made again without its redacted records."""


def packages(folder: Path) -> list[Path]:
    """Return the packages in a folder."""
    return sorted(folder.glob("*.wacz"))


def redact_package(path: Path, edits: Edits, scratch: Path, settings: BaseSettings, readers: Sequence[Reader]) -> bool:
    """Make a package again as it would be if its records had been redacted before; False if it has none of them.

    :param scratch: a folder for what it holds, meanwhile.
    :raises PackageError: if it is none that this project can make again; the old one is left then.
    :raises ArchiveError: if it cannot be read, or the new one cannot be written; likewise.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        with opened_zip(path) as package:
            warcs = list(_unpacked(package, scratch))
            changed = [edits.rewrite(warc, warc) for warc in warcs]
            if not any(changed):
                return False
            description = json.loads(read_member(package, "datapackage.json"))
            if not str(description.get("software", "")).startswith("newsbot "):
                raise PackageError(f"{path} is a package of another program: remove it, or make it anew")
            logs = [name.rpartition("/")[2] for name in package.namelist() if name.startswith("logs/")]
        kept = {name: value for name, value in description.items() if name not in _WRITTEN}
        order = PackageOrder(
            [warc for warc in warcs if warc.stat().st_size],
            Period(),
            created=datetime.fromisoformat(description["created"]),
            description=kept | {"modified": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")},
            logs=(log for name in logs if (log := enclosed(Path(settings["DATA_DIR"]), name))),  # scrubbed by now
        )
        Packaging(settings, readers).write(order, path)
    except (*ZIP_FAULTS, DamagedError, KeyError, TypeError) as error:
        raise PackageError(f"{path} is no package that can be redacted: {error}") from error
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror}") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return True


def _unpacked(package: ZipFile, folder: Path) -> Iterator[Path]:
    """Unpack the WARC files into one folder, whatever their names."""
    folder.mkdir(parents=True)
    for info in package.infolist():
        if info.filename.startswith("archive/") and not info.is_dir():
            target = folder / info.filename.rpartition("/")[2]
            if target.exists():
                raise PackageError(f"{target.name} is in it twice")
            with package.open(info) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)
            yield target
