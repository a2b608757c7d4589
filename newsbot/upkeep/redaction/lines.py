"""Decides article lines anew after a redaction: from the captures that are left, as a rebuild would."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Collection as Several
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import merge
from operator import itemgetter
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler

from archive.collection import Collection
from archive.errors import ArchiveError, os_errors
from archive.files.atomic import replace_file
from archive.files.plain_file import lines_in, open_regular
from archive.index.surt import host_prefixes
from archive.records.dates import by_moment
from archive.records.members import sound_record
from archive.records.record_reader import bare
from archive.replay.originals import Resolver
from archive.replay.replay import crawl_had, response_of
from archive.writing.warc_file import parts_of_name
from newsbot.items import Article, article_of, captures_of
from newsbot.publishing.lines import content_of, run_of
from newsbot.replaying.answers import Source
from newsbot.replaying.rebuild import Rebuild
from newsbot.replaying.replay import first_date
from newsbot.spider import NewsSpider
from newsbot.state.state import State

Line = dict[str, Any]
_Place = tuple[str, int]
_Placed = tuple[_Place, bytes]


@dataclass
class Mentions:
    """The articles that a redaction concerns."""

    #: With a line that was read from a redacted record, or that says it is a duplicate of such an article.
    ids: set[str] = field(default_factory=set)
    #: What the lines of redacted records say.
    texts: list[str] = field(default_factory=list)
    lines: int = 0


def mentions(articles: Path, gone: Several[str], urls: Several[str], ids: Iterable[str]) -> Mentions:
    """Look through all lines for what a redaction concerns.

    :param gone: ids of the records.
    :param urls: of the pages.
    :param ids: articles known to be concerned.
    :raises ArchiveError: if a file cannot be read, or a line that names one of these is no article's.
    """
    found = Mentions(set(ids))
    for line in _lines_in(_files(articles), {*gone, *urls}):
        if any(capture["record_id"] in gone for capture in captures_of(line)):
            found.ids.add(line["id"])
            found.lines += 1
            found.texts += texts_of(line)
    known = sorted(found.ids)
    found.ids |= {line["id"] for line in _lines_in(_files(articles), known) if line.get("duplicate_of") in known}
    duplicates = found.ids.difference(known)
    for source in {_source_of(article_id) for article_id in duplicates}:
        deque(_lines_in(_files(articles / source), duplicates), 0)  # so that what is no line is named
    return found


def texts_of(line: Line) -> list[str]:
    """Return the texts that an article prints."""
    captions = [image.get("caption") for image in line.get("images", ())]
    names = [document.get("title") for document in line.get("documents", ())]
    return [text for text in (line["title"], line.get("sapo"), *line["body"].split("\n\n"), *captions, *names) if text]


class Republishing:
    """Decides the lines of some articles anew, from the captures that the collection has of them.

    :raises ArchiveError: from every method, if a capture cannot be read, or lines or state cannot be written.
    """

    def __init__(self, collection: Collection, crawlers: Sequence[Crawler], ids: Several[str], max_bytes: int):
        self._collection = collection
        self._crawlers = crawlers
        self._ids = set(ids)
        self._sources = sorted({*map(_source_of, ids)})
        self._max_bytes = max_bytes
        self._indexed = collection.index.files()
        self._first_dates: dict[str, str] = {}
        #: Lines without a capture here that no source takes.
        self._untaken: set[_Place] = set()

    def run(self, articles: Path, gone: Several[str], state: State, scratch: Path) -> list[Path]:
        """Write the lines anew; returns the files that changed. May be called again after a crash.

        :param gone: ids of the redacted records.
        :param state: which knows nothing of the articles.
        :param scratch: a folder for what is not in its place yet.
        """
        shutil.rmtree(scratch, ignore_errors=True)
        captures = set(self._captures())
        paths = {file: self._collection.path(file) for file, _ in captures}
        # Lines whose captures are not here, or perhaps cannot be read: they are taken as they are.
        kept = {
            place: line
            for place, line in self._lines_to_keep(articles, set(gone))
            if line.change != "removed" or place not in captures
        }
        rebuild = Rebuild(
            map(Source.of, self._crawlers),
            scratch,
            self._max_bytes,
            self._collection,
            state,
            lines=articles,
            is_part=True,
        )
        rebuild.look_in(paths.values())
        resolver = Resolver(self._collection, thorough=True)
        for place in sorted({*captures, *kept}, key=self._order):
            response, line = None, kept.get(place)
            if place in captures:
                path = paths[place[0]]
                with suppress(ArchiveError):  # cannot be read: its line stays
                    record = sound_record(path, place[1])
                    if not crawl_had(path, record):
                        continue
                    response = response_of(path, record, resolver)
            if response is not None:
                rebuild.begin_file(paths[place[0]])
                rebuild.take(response)
            elif line and not rebuild.take_line(line):
                self._untaken.add(place)
            rebuild.publish()
        rebuild.close()
        changed = []
        for source in self._sources:
            new = [line for path in _files(scratch / source) for line in path.read_bytes().splitlines(keepends=True)]
            changed += self._merge(articles / source, sorted(_placed(new)))
        shutil.rmtree(scratch, ignore_errors=True)
        return changed

    def _captures(self) -> Iterator[_Place]:
        """Yield where all captures of the articles are."""
        for spider in (crawler.spidercls for crawler in self._crawlers if crawler.spidercls.name in self._sources):
            assert issubclass(spider, NewsSpider)
            prefixes = sorted({prefix for host in spider.allowed_domains for prefix in host_prefixes(host)})
            for entry in self._collection.index.with_prefix(*prefixes):
                if entry.mime != "application/octet-stream" and spider.whole_article_id(bare(entry.url)) in self._ids:
                    yield entry.filename, entry.offset

    def _lines_to_keep(self, articles: Path, gone: set[str]) -> Iterator[tuple[_Place, Article]]:
        """Yield the articles' lines of all captures that stay."""
        for source in self._sources:
            for line in _lines_in(_files(articles / source), self._ids):
                capture, *pages = captures_of(line)
                is_left = not any(each["record_id"] in gone for each in (capture, *pages))
                if line["id"] in self._ids and is_left:
                    if capture["file"] not in self._indexed:
                        first = self._first_dates.get(capture["file"], line["fetched_at"])
                        self._first_dates[capture["file"]] = min(first, line["fetched_at"], key=by_moment)
                    yield (capture["file"], capture["offset"]), article_of(line)

    def _order(self, place: _Place) -> tuple[str, str, int]:
        """Put captures in the order in which a rebuild reads them."""
        file, offset = place
        if file not in self._first_dates:
            path, resolver = self._collection.path(file), Resolver(self._collection)
            self._first_dates[file] = first_date(path, self._max_bytes, resolver)
        return by_moment(self._first_dates[file]), file, offset

    def _merge(self, folder: Path, new: list[_Placed]) -> list[Path]:
        """Put new lines into the files of the runs that captured them, in the place of the articles' old ones."""
        paths = _files(folder)
        by_run: dict[Path, list[_Placed]] = {path: [] for path in paths}
        for place, line in new:
            by_run.setdefault(_file_of_run(folder, paths, place[0]), []).append((place, line))
        changed = []
        for path, added in by_run.items():
            old = path.read_bytes().splitlines(keepends=True) if path.exists() else []
            kept = ((place, line) for place, line in _placed(old) if not self._is_decided(place, line))
            lines = [line for _, line in merge(kept, added, key=itemgetter(0))]
            if lines != old:
                replace_file(path, lines) if lines else path.unlink()
                changed.append(path)
        return changed

    def _is_decided(self, place: _Place, line: bytes) -> bool:
        """Return whether an old line is one of those articles, whose lines are decided anew."""
        if not any(article_id.encode() in line for article_id in self._ids):
            return False
        article_id = (content_of(line) or {}).get("id")
        return isinstance(article_id, str) and article_id in self._ids and place not in self._untaken


def drop_lines(folder: Path, gone: Several[str]) -> list[Path]:
    """Take the lines of redacted records out of other line files, such as rebuilt ones; returns those that changed."""
    marks = [record_id.encode() for record_id in gone]
    changed = []
    for path in _files(folder):
        with path.open("rb") as lines:
            if any(mark in line for line in lines for mark in marks):
                lines.seek(0)
                replace_file(path, (line for line in lines if not any(mark in line for mark in marks)))
                changed.append(path)
    return changed


def _file_of_run(folder: Path, paths: list[Path], warc: str) -> Path:
    """Return the line file of the run that wrote a WARC file; a name for it if there is none, or no run was it."""
    parts = parts_of_name(warc)
    if parts is None:
        return folder / f"{warc.partition('.warc')[0]}.jsonl"
    found = next((path for path in paths if run_of(path.name) == parts.run), None)
    return found or folder / f"{'-'.join(parts)}.jsonl"


def _files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.jsonl"))


def _lines_in(paths: Iterable[Path], marks: Several[str]) -> Iterator[Line]:
    """Yield the lines of files that hold one of some marks.

    :raises ArchiveError: if a file cannot be read, or such a line is no article's.
    """
    sought = [mark.encode() for mark in marks]
    for path in paths:
        with os_errors(f"cannot read {path}"), open_regular(path) as file:
            for number, text in enumerate(lines_in(file), 1):
                if any(mark in text for mark in sought):
                    line = content_of(text) or {}
                    try:
                        article_of(line)
                    except ValueError as error:
                        raise ArchiveError(f"{path}: line {number} is no article's: {error}") from error
                    yield line


def _source_of(article_id: str) -> str:
    return article_id.partition(":")[0]


def _placed(lines: Iterable[bytes]) -> Iterator[_Placed]:
    """Yield lines behind the places of their captures; one that is no article's stays behind the one before it."""
    place: _Place = ("", 0)
    for line in lines:
        with suppress(ValueError):
            capture, *_ = captures_of(content_of(line) or {})
            place = capture["file"], capture["offset"]
        yield place, line
