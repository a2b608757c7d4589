"""Finds the files that captures are read from: WARC and ARC files, those in folders and packages, and remote ones."""

from __future__ import annotations

import filecmp
import shutil
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO, Final, NamedTuple
from urllib.parse import urlsplit
from zipfile import BadZipFile

from scrapy.exceptions import UsageError

from archive.errors import ArchiveError, os_errors
from archive.files.file_kind import ZIP_FAULTS
from archive.files.file_name import is_file_name
from archive.files.open_file import OPEN
from archive.files.zip_reading import opened_zip
from archive.writing.warc_file import is_foreign

#: How the names of files end that a folder or a package is searched for.
ENDINGS: Final = tuple(f".{kind}{packed}" for kind in ("warc", "arc") for packed in ("", ".gz", ".zst"))
_PACKAGE: Final = ".wacz"
#: Bytes of disk that must stay free, and bytes copied at a time.
_FLOOR: Final = 1 << 30
_STEP: Final = 1 << 20
#: Files in packages of one name that may have one name.
_MOST_OF_ONE_NAME: Final = 100
#: Characters shown of a name that is none.
_SHOWN: Final = 100


def files_below(folder: Path) -> list[Path]:
    """Return the files in a folder, at any depth, that can be read for captures, in the order of their names.

    Of pipes, devices and sockets there is none; a link that leads nowhere is one, so that it is named.
    """
    found = (path for path in folder.rglob("*") if path.name.endswith((*ENDINGS, _PACKAGE)))
    return sorted(path for path in found if path.is_file() or not path.exists())


def is_remote(name: str) -> bool:
    """Whether a name is the URL of a file elsewhere.

    >>> is_remote("s3://bucket/a.warc.gz"), is_remote("data/warc/a.warc.gz")
    (True, False)
    """
    return "://" in name


class _Found(NamedTuple):
    """A file, where it is from, and the name of its package; empty if it is in none."""

    path: Path
    place: str
    package: str = ""

    @property
    def name(self) -> str:
        return self.path.name.removesuffix(OPEN)

    @property
    def is_fixed(self) -> bool:
        """Whether it keeps its name: two states of a file of ours are of one run, and only one of them can be right."""
        return not (self.package and is_foreign(self.name))


class _OfOneName:
    """Files of one name, each of which differs from the others."""

    def __init__(self) -> None:
        self._by_size: dict[int, list[_Found]] = defaultdict(list)

    def add(self, found: _Found) -> None:
        """Add a file, unless it is there already; of copies the same one stays, in whatever order they come.

        :raises UsageError: if it differs from another, and both keep their names.
        """
        with os_errors(f"cannot read {found.place}"):
            of_size = self._by_size[found.path.stat().st_size if found.path.exists() else 0]
        same = next((number for number, other in enumerate(of_size) if _are_same(other, found)), None)
        if same is None:
            of_size.append(found)
        else:
            of_size[same] = min(of_size[same], found, key=_rank)
        fixed = [each for each in self.files() if each.is_fixed] if found.is_fixed else []
        if len(fixed) > 1:
            raise _one_name(*fixed)

    def files(self) -> list[_Found]:
        """Return them, those first that are in no package."""
        return sorted(chain.from_iterable(self._by_size.values()), key=_rank)


class CaptureFiles:
    """Makes files of what was named: folders are searched; what is in packages or elsewhere is copied.

    :param scratch: a folder for the copies.
    :param tell: called with a line for each package or URL that cannot be read.
    """

    def __init__(self, scratch: Path, tell: Callable[[str], object]):
        self._scratch, self._tell = scratch, tell
        self._copies = 0
        self._given: set[Path | str] = set()

    def of(self, names: Iterable[str]) -> list[Path]:
        """Return the files, each once, in the order of their own names; what cannot be read is told.

        Lines tell captures apart by the names of files alone: of copies with one name one is taken, and what only is
        called the same in packages, as `data.warc.gz` in most, is named after these. Names do not depend on the order.

        :raises ArchiveError: if the disk has no room for the copies, or two files cannot be compared.
        :raises UsageError: if two files have one name and are not the same.
        """
        called: dict[str, _OfOneName] = {}
        for found in self._found(names):
            called.setdefault(found.name, _OfOneName()).add(found)
        return [*_told_apart({name: each.files() for name, each in sorted(called.items())})]

    def _found(self, names: Iterable[str]) -> Iterator[_Found]:
        for name in names:
            path = Path(name)
            if is_remote(name):
                if self._is_new(name):
                    yield from self._remote(name)
            elif path.is_dir():
                for each in filter(self._is_new, files_below(path)):
                    yield from self._file(each, str(each))
            elif self._is_new(path):
                yield from self._file(path, name)

    def _is_new(self, given: Path | str) -> bool:
        """Return whether a file, or a URL, has not been given yet, be it under another path."""
        key = given.resolve() if isinstance(given, Path) else given
        is_new = key not in self._given
        self._given.add(key)
        return is_new

    def _file(self, path: Path, place: str) -> Iterator[_Found]:
        if not path.name.endswith(_PACKAGE):
            yield _Found(path, place)
            return
        try:
            with opened_zip(path) as package:
                entries = [entry for entry in package.infolist() if _is_capture_file(PurePosixPath(entry.filename))]
                if not entries:
                    self._tell(f"{path}: there is no WARC or ARC file in it")
                for entry in entries:
                    with package.open(entry) as file:
                        copy = self._copy(file, PurePosixPath(entry.filename).name, entry.file_size)
                    yield _Found(copy, f"{place}/{entry.filename}", path.name.removesuffix(_PACKAGE))
        except (*ZIP_FAULTS, OSError) as error:
            self._tell(f"{path} cannot be read as a WACZ package: {error}")

    def _remote(self, url: str) -> Iterator[_Found]:
        from newsbot.replaying.remote_files import remote_files  # what it opens them with is optional

        try:
            files = remote_files(url)
            if not files:
                self._tell(f"{url}: there is no such file")
            for each in files:
                name = _name_of(each.path)
                size = each.fs.size(each.path)
                with each as file:
                    copy = self._copy(file, name, size)
                yield from self._file(copy, url if len(files) == 1 else f"{url} ({each.path})")
        except ArchiveError:  # of the copy
            raise
        except Exception as error:  # each kind of address has a library with errors of its own
            reason = error.__cause__ or error  # of what is not there fsspec says no more than its address
            self._tell(f"{url} cannot be read: {' '.join(str(reason).split())}")

    def _copy(self, file: IO[bytes], name: str, size: int | None) -> Path:
        """Copy a file into a folder of its own, under its name; no more than it says to have, or than there is room."""
        if not is_file_name(name):
            raise BadZipFile(f"{name[:_SHOWN]!r} cannot be the name of a file")
        self._copies += 1
        folder = self._scratch / str(self._copies)
        copied = 0
        with os_errors(f"cannot copy {name} to {self._scratch}"):
            folder.mkdir()
            copy = (folder / name).open("wb")
        with copy:
            while data := file.read(_STEP):
                copied += len(data)
                if size is not None and copied > size:
                    raise BadZipFile(f"{name} is longer than it says")
                if shutil.disk_usage(folder).free < _FLOOR:
                    raise ArchiveError(f"no room to copy {name} to {self._scratch} (TMPDIR): 1 GB must stay free")
                with os_errors(f"cannot copy {name} to {self._scratch}"):
                    copy.write(data)
                    copy.flush()
        return folder / name


def _are_same(one: _Found, other: _Found) -> bool:
    with os_errors(f"cannot read {one.place} or {other.place}"):
        return filecmp.cmp(one.path, other.path, shallow=False)


def _rank(found: _Found) -> tuple[str, str]:
    return found.package, found.place


def _told_apart(called: Mapping[str, Sequence[_Found]]) -> Iterator[Path]:
    """Yield files, by the names that they share, with names that no two share.

    :raises UsageError: if there is none for a file.
    """
    taken = set(called)
    for files in called.values():
        for found in files:
            if len(files) == 1 or found.is_fixed:
                yield found.path
                continue
            name = _free_name(found.package, found.path.name, taken)
            if name is None:
                raise _one_name(*files)
            taken.add(name)
            yield found.path.rename(found.path.with_name(name))


def _one_name(one: _Found, other: _Found, *_: _Found) -> UsageError:
    return UsageError(f"{one.place} and {other.place} have one name and are not the same: read each by itself")


def _free_name(package: str, name: str, taken: Container[str]) -> str | None:
    """Return a name for a file of a package that no other has; None if there is none.

    >>> _free_name("thang-11", "data.warc.gz", {"data.warc.gz", "thang-11-data.warc.gz"})
    'thang-11-2-data.warc.gz'
    """
    numbers = ("", *(f"{number}-" for number in range(2, _MOST_OF_ONE_NAME)))
    names = (f"{package}-{number}{name}" for number in numbers)
    free = next((each for each in names if each not in taken), "")
    return free if package and is_file_name(free) else None


def _name_of(path: str) -> str:
    """Return the name of a file elsewhere, by its path there, which of a web server's is a URL.

    >>> _name_of("https://a.vn/warc/b.wacz?key=c/d.warc"), _name_of("bucket/warc/b?.wacz")
    ('b.wacz', 'b?.wacz')
    """
    return PurePosixPath(urlsplit(path).path if is_remote(path) else path).name


def _is_capture_file(name: PurePosixPath) -> bool:
    """Whether a name in a package is that of a WARC or ARC file.

    >>> _is_capture_file(PurePosixPath("archive/a.warc.gz")), _is_capture_file(PurePosixPath("pages/pages.jsonl"))
    (True, False)
    """
    return name.parent.name == "archive" and name.name.endswith(ENDINGS)
