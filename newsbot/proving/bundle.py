"""Writes what proves a line into a package, which replays, and can be checked without the archive."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from scrapy.settings import BaseSettings

from archive.chain.entry import Entry
from archive.chain.records import record_hashes
from archive.chain.signing import public_pem
from archive.chain.tree import tree_path
from archive.errors import ArchiveError
from archive.files.plain_file import read_ranges
from archive.index.index import digits
from archive.records.members import Member, members, read_member
from archive.replay.originals import Resolver
from archive.requisites.page_info import PREFIX
from archive.wacz.package import Package, PageEntry
from archive.wacz.selection import Period
from newsbot.chaining.archive_chain import ArchiveChain
from newsbot.chaining.places import WARC
from newsbot.configuration.folders import collection
from newsbot.items import captures_of
from newsbot.proving.finding import FoundLine, Wanted, versions_of
from newsbot.proving.proof import Proof
from newsbot.proving.shown import as_json
from newsbot.spider import NewsSpider
from newsbot.upkeep.packaging.package import creation_time, description

LINE: Final = "proof/line.jsonl"
REPORT: Final = "proof/report.json"
RECORDS: Final = "proof/records.json"
ENTRIES: Final = "chain/entries.jsonl"
KEY: Final = "chain/public-key.pem"


class Bundle:
    """Packs the proof of one line; of one that is not proven, what there is of it.

    :raises ArchiveError: from every method, if a file of lines or of the chain cannot be read, or the package not be
        written.
    """

    def __init__(self, settings: BaseSettings, proof: Proof, wanted: Wanted):
        self._settings, self._proof, self._wanted = settings, proof, wanted
        self._warcs, self._archive = collection(settings), ArchiveChain(settings)
        self._articles = Path(settings["DATA_DIR"], "articles")
        self._content = proof.line.content
        self._problems: list[str] = []

    def write(self, output: Path, spider: type[NewsSpider] | None) -> list[str]:
        """Write the package; returns what it lacks, and what in it refers to what the archive does not have."""
        pointers = self._pointers()
        records = [*self._records(pointers)]
        files = self._line_files()
        with TemporaryDirectory(prefix="newsbot-proof-") as folder, Package(output, creation_time()) as package:
            exchanges = [each for place in records for each in (*self._readable(self._exchange(*place)), place)]
            taken = [*{(path, member.offset): (path, member) for path, member in exchanges}.values()]
            originals = [each for _, record in records for each in self._readable(self._original(record))]
            if records:
                excerpt = Path(folder, f"{records[0][0].name.removesuffix('.warc.gz')}-proof.warc.gz")
                excerpt.write_bytes(b"".join(b"".join(read_ranges(path, [(m.offset, m.length)])) for path, m in taken))
                package.add_warc(excerpt, Period())
            problems = package.add_originals(self._warcs)
            borrowed = [*self._borrowed(package)]
            package.write_index()
            package.write_pages([page_of(self._content, record) for _, record in records[:1]])
            for path in files:
                package.add(f"articles/{path.parent.name}/{path.name}", [path.read_bytes()])
            package.add(LINE, [self._proof.line.text])
            package.add(REPORT, [_json(as_json(self._proof))])
            package.add(RECORDS, [_json(list(self._paths([*taken, *originals, *borrowed])))])
            names = [*map(self._archive.places.name, files), *(f"{WARC}{each['file']}" for each in pointers)]
            names += [f"{WARC}{path.name}" for path, _ in (*taken, *originals, *borrowed)]
            lines = self._archive.chain.lines_of(names)
            package.add(ENTRIES, [line + b"\n" for line in lines])
            if lines:
                package.add(KEY, [public_pem(Entry.read(lines[-1]).key).encode()])
            package.describe(self._description(package, records, spider))
        return [*self._problems, *problems, *package.problems]

    def _pointers(self) -> list[dict[str, Any]]:
        """Return the captures that the line was read from, the article's own first, as far as it names any."""
        for line in (self._content, {"capture": self._content.get("capture")}):
            with suppress(ValueError, KeyError):
                return captures_of(line)
        self._problems.append("the package has no record: the line's capture is none")
        return []

    def _records(self, pointers: Iterable[dict[str, Any]]) -> Iterator[tuple[Path, Member]]:
        for pointer in pointers:
            try:
                path = self._warcs.found(pointer["file"])
                yield path, read_member(path, pointer["offset"])
            except ArchiveError as error:
                self._lacks(error)

    def _readable(self, records: Iterable[tuple[Path, Member]]) -> Iterator[tuple[Path, Member]]:
        """Yield records up to one that cannot be read."""
        try:
            yield from records
        except ArchiveError as error:
            self._lacks(error)

    def _lacks(self, error: ArchiveError) -> None:
        self._problems.append(f"the package lacks what cannot be read: {error}")

    def _line_files(self) -> list[Path]:
        """Return the files of the lines of all versions, and of the article that printed the text first."""
        first = self._content.get("duplicate_of")
        others = versions_of(self._articles, first)[:1] if first else []
        return sorted({each.path for each in (self._proof.line, *self._wanted.versions, *others)})

    def _exchange(self, path: Path, record: Member) -> Iterator[tuple[Path, Member]]:
        """Yield the records of an exchange, behind those that describe their file, and what its page needs."""
        record_id, url, date = (record.get(f"WARC-{name}") for name in ("Record-ID", "Target-URI", "Date"))
        for member in members(path):
            describes = member.offset < record.offset and not member.get("WARC-Target-URI")
            ids = {member.get("WARC-Record-ID"), member.get("WARC-Concurrent-To")}
            if describes or record_id in ids:
                yield path, member
            elif member.offset > record.offset and member.get("WARC-Date") != date:
                break
        time = digits(date)[:14]
        for entry in self._warcs.index.captures(f"{PREFIX}{url}", time, time):
            there = self._warcs.path(entry.filename)
            member = read_member(there, entry.offset)
            if member.get("WARC-Date") == date:
                yield there, member

    def _original(self, record: Member) -> list[tuple[Path, Member]]:
        found = Resolver(self._warcs).original(record) if record.type == "revisit" else None
        return [(found.file, found.record)] if found else []

    def _paths(self, taken: list[tuple[Path, Member]]) -> Iterator[dict[str, Any]]:
        """Yield of each record where it stands in the hash tree of its file, once."""
        hashes: dict[Path, dict[int, bytes]] = {}
        for path, member in {(path, member.offset): (path, member) for path, member in taken}.values():
            if path not in hashes:
                hashes[path] = record_hashes(path)
            leaves = hashes[path]
            if member.offset in leaves:
                number = list(leaves).index(member.offset)
                steps = [step.hex() for step in tree_path(list(leaves.values()), number)]
                where = {"file": f"{WARC}{path.name}", "records": len(leaves), "number": number, "path": steps}
                yield {"record_id": member.get("WARC-Record-ID"), **where}

    def _borrowed(self, package: Package) -> Iterator[tuple[Path, Member]]:
        """Yield the records that the package has taken along for its pages, and those that open their files."""
        for source, places in groupby(package.contents.borrowed(), key=itemgetter(0)):
            path = Path(source)
            yield path, next(members(path))
            for _, offset in places:
                yield path, read_member(path, offset)

    def _description(
        self, package: Package, records: list[tuple[Path, Member]], spider: type[NewsSpider] | None
    ) -> dict[str, Any]:
        pairs = description(self._settings, [spider] if spider else [], package.captured, package.warcs)
        pages = [page_of(self._content, record) for _, record in records[:1]]
        return pairs | described(self._proof.line, pages)


def page_of(content: Mapping[str, Any], record: Member) -> PageEntry:
    """Return how the page of a line is listed."""
    given = map(content.get, ("title", "sapo", "body"))
    title, *others = (text if isinstance(text, str) else "" for text in given)
    text = "\n\n".join(filter(None, (title, *others)))
    return PageEntry(record.get("WARC-Record-ID"), record.url, record.get("WARC-Date"), title, text)


def described(line: FoundLine, pages: Iterable[PageEntry]) -> dict[str, Any]:
    """Return what the package of a line says that it is about."""
    main = [{"mainPageUrl": page.url, "mainPageDate": f"{page.ts[:19]}Z"} for page in pages]
    return {"title": f"Proof: {line.id}, version {line.version}", **(main[0] if main else {})}


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"
