"""Archive files of any origin, without a data folder: all that the viewer needs of them, made in a temporary folder.

A page has a line as an article has one, as far as that can be told of any page: its title, its text, its capture.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares import httpcompression
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.misc import build_from_crawler

from archive.collection import Collection
from archive.convert import Source, convert, sources
from archive.errors import ArchiveError, os_errors
from archive.files.plain_file import opened
from archive.records.members import Member, is_gzip, walk
from archive.replay.originals import Resolver
from archive.replay.replay import Skipped, responses
from newsbot.fetching.compression import Compression
from newsbot.reader_process.limited_reading import read_bounded
from newsbot.reading.limits import ReadingLimitError
from newsbot.reading.parsing import parsed
from newsbot.vietnamese.text import clean

#: Responses that are longer are replayed, but not in the list of pages; bytes.
_LONGEST_PAGE: Final = 16 << 20
#: Characters of a title, and of the markup that a text is read from.
_LONGEST_TITLE, _LONGEST_TEXT = 1000, 2_000_000
_UNSEEN: Final = ("script", "style", "noscript", "template", "head")
#: What is kept of a file's name, and how much: it becomes one in an index, in addresses and of a folder.
_NO_NAME: Final = re.compile(r"[^-\w.+@=, ()]+")
_LONGEST_NAME: Final = 60
_WARC: Final = ".warc.gz"


@dataclass
class Taken:
    """What was taken in: how many pages, and what could not be, in words."""

    pages: int
    problems: list[str]


class ForeignFiles:
    """A collection and a folder of lines over archive files; what must be unpacked for that lies in ``folder``.

    :param folder: empty, and removed by the caller.
    """

    def __init__(self, folder: Path, settings: Settings):
        self.folder = folder
        self._decoder = _Decoder(settings)
        self.articles = folder / "articles"
        self.collection = Collection(folder / "warc", folder / "index", None)

    def add(self, files: Iterable[Path], tell: Callable[[Path], object] = lambda path: None) -> Taken:
        """Take in WARC, ARC and WACZ files.

        :param tell: called with each when it has been taken in.
        :raises ArchiveError: if there is nothing in any of them that can be shown.
        """
        taken = Taken(0, [])
        with os_errors(f"cannot write in {self.folder}"):
            self.collection.folder.mkdir(parents=True)
        with ExitStack() as opened:
            for file in files:
                try:
                    for source in opened.enter_context(sources(file)):
                        self._place(file, source, taken)
                except ArchiveError as error:
                    taken.problems.append(str(error))
                tell(file)
            if not self.collection.files():
                raise ArchiveError("; ".join(taken.problems) or "there is nothing to show")
        for damage in self.collection.add(*self.collection.files()):
            taken.problems.append(f"{damage.path.name}: at {damage.offset}: {damage.message}")
        for number, path in enumerate(self.collection.files()):
            self._write_lines(number, path, taken)
        return taken

    def _place(self, file: Path, source: Source, taken: Taken) -> None:
        """Put a WARC file, or what is made of another one, where the collection has its files."""
        said = f"{file}: {source.inside}" if source.inside else f"{file}"
        if source.fault:
            taken.problems.append(f"{said}: {source.fault}: nothing of it is read")
            return
        target = self._free(source.name)
        if _is_playable(source.path):
            target = target if _is_packed(source.path) else target.with_suffix("")
            with os_errors(f"cannot write in {self.folder}"):
                if source.inside:
                    shutil.move(source.path, target)
                else:
                    target.symlink_to(source.path.absolute())
            return
        # By another name: one that is still written to may be read as far as it goes, since nothing becomes of it.
        link = self.folder / "source"
        with os_errors(f"cannot write in {self.folder}"):
            link.unlink(missing_ok=True)
            link.symlink_to(source.path.absolute())
        result = convert(link, target, origin=file)
        taken.problems += (
            f"{said}: at {each.offset}: {each.length} bytes left out: {each.reason}" for each in result.lost
        )
        if not result.written:
            taken.problems.append(f"{said}: no record can be read")

    def _free(self, name: str) -> Path:
        """Return a path that no file has, for a file of a name."""
        stem = written = _plain(name.removesuffix(_WARC))
        taken = {path.name.removesuffix(".gz") for path in self.collection.folder.iterdir()}
        number = 1
        while f"{written}.warc" in taken:
            number += 1
            written = f"{stem}-{number}"
        return self.collection.folder / f"{written}{_WARC}"

    def _write_lines(self, number: int, path: Path, taken: Taken) -> None:
        """Write a line for each page in a file."""
        folder = self.articles / path.name.removesuffix(_WARC)
        with os_errors(f"cannot write in {self.folder}"):
            folder.mkdir(parents=True)
            with (folder / f"{number:06}.jsonl").open("w", encoding="utf-8") as file:
                for line in self._lines(path, folder.name, taken):
                    file.write(json.dumps(line, ensure_ascii=True) + "\n")
                    taken.pages += 1

    def _lines(self, path: Path, source: str, taken: Taken) -> Iterator[dict[str, Any]]:
        versions: dict[str, int] = {}
        for found in responses(path, _LONGEST_PAGE, Resolver(self.collection)):
            if isinstance(found, Skipped):
                taken.problems.append(f"{path.name}: at {found.offset}: not among the pages: {found.reason}")
                continue
            capture = found.meta["capture"]
            try:
                page = self._decoder(found) if found.status == 200 else None
            except (IgnoreRequest, ValueError, OSError) as error:  # too large, or not what its head says
                taken.problems.append(f"{path.name}: at {capture.offset}: not among the pages: {error}")
                continue
            if not isinstance(page, HtmlResponse):
                continue
            try:
                title, text = read_bounded(_READER, "text", page)
            except (ReadingLimitError, RuntimeError) as error:
                taken.problems.append(f"{path.name}: at {capture.offset}: its text cannot be searched: {error}")
                title = text = ""
            version = versions[capture.url] = versions.get(capture.url, 0) + 1
            pointer = {"file": capture.file, "offset": capture.offset, "length": capture.length}
            yield {
                "id": f"{source}:{capture.url}",
                "url": capture.url,
                "title": title or capture.url,
                "body": text,
                "version": version,
                "change": "new" if version == 1 else "captured again",
                "fetched_at": capture.date,
                "capture": pointer | {"record_id": capture.record_id, "payload_digest": capture.payload_digest},
            }


def _plain(name: str) -> str:
    r"""Return a name under which a file can be kept and shown, whatever it is called.

    >>> _plain("a b"), _plain("../../x\ny"), _plain("\udcff"), len(_plain("lũ" * 99))
    ('a b', '.._.._x_y', 'file', 60)
    """
    return _NO_NAME.sub("_", name)[:_LONGEST_NAME].strip("_ ") or "file"


def _is_playable(path: Path) -> bool:
    """Return whether every record can be read by its offset and length alone, without another file's help.

    :raises ArchiveError: if the file cannot be read.
    """
    return all(isinstance(found, Member) and found.alone and found.complete for found in walk(path))


def _is_packed(path: Path) -> bool:
    with opened(path) as file:
        return is_gzip(file)


class _AnyPage(Spider):
    """Stands for the spider that a decoder asks for, and that reads large pages in the reader process."""

    name = "any"

    def reading_arguments(self) -> dict[str, str]:
        return {}

    def read_text_here(self, response: Response) -> tuple[str, str]:
        """Return title and visible text of a page."""
        page = HtmlResponse(response.url, headers=response.headers, body=response.body)
        tree = parsed(page.text[:_LONGEST_TEXT])
        title = node.text() if (node := tree.css_first("title")) else ""
        tree.strip_tags([*_UNSEEN], recursive=True)
        text = tree.body.text(separator="\n") if tree.body else ""
        paragraphs = (clean(line) for line in text.splitlines())
        return clean(title)[:_LONGEST_TITLE], "\n\n".join(line for line in paragraphs if line)


_READER: Final = _AnyPage()


class _Decoder:
    """Undoes the content encoding of a captured response as a crawl would."""

    def __init__(self, settings: Settings):
        crawler = Crawler(_AnyPage, settings)
        crawler.stats = MemoryStatsCollector(crawler)
        crawler.spider = _AnyPage()
        # What it would say is said with the name of the file.
        logging.getLogger(httpcompression.__name__).setLevel(logging.ERROR)
        self._middleware = build_from_crawler(Compression, crawler)

    def __call__(self, response: Response) -> Response | None:
        """Return a response, decoded.

        :raises IgnoreRequest: if it is too large, or not what its head says.
        :raises ValueError: for the same.
        :raises OSError: for the same.
        """
        assert response.request is not None
        decoded = self._middleware.process_response(response.request, response)
        return decoded if isinstance(decoded, Response) else None
