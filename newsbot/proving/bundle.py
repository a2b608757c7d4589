"""Writes what proves a line into a package, which replays, and can be checked without the archive."""

from __future__ import annotations

import json
from collections.abc import Iterator
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
from newsbot.proving.finding import Wanted, versions_of
from newsbot.proving.proof import Proof
from newsbot.proving.shown import as_json
from newsbot.replaying.line_check import read_line
from newsbot.spider import NewsSpider
from newsbot.upkeep.packaging.package import creation_time, description

LINE: Final = "proof/line.jsonl"
REPORT: Final = "proof/report.json"
RECORDS: Final = "proof/records.json"
ENTRIES: Final = "chain/entries.jsonl"
KEY: Final = "chain/public-key.pem"


class Bundle:
    """Packs the proof of one line.

    :raises ArchiveError: from every method, if a file cannot be read or written; also if the line is no article's.
    """

    def __init__(self, settings: BaseSettings, proof: Proof, wanted: Wanted):
        self._settings, self._proof, self._wanted = settings, proof, wanted
        self._warcs, self._archive = collection(settings), ArchiveChain(settings)
        self._articles = Path(settings["DATA_DIR"], "articles")
        try:
            self._content = read_line(proof.line.text)
            pointers = captures_of(self._content)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise ArchiveError(f"nothing is packed: it is no article line: {error}") from error
        #: The captures that the line was read from, the article's own first.
        self._places = [(self._warcs.path(each["file"]), int(each["offset"])) for each in pointers]

    def write(self, output: Path, spider: type[NewsSpider] | None) -> list[str]:
        """Write the package; returns what in it refers to what the archive does not have."""
        records = [(path, read_member(path, offset)) for path, offset in self._places]
        (first, record), *_ = records
        files = self._line_files()
        with TemporaryDirectory(prefix="newsbot-proof-") as folder, Package(output, creation_time()) as package:
            excerpt = Path(folder, f"{first.name.removesuffix('.warc.gz')}-proof.warc.gz")
            exchanges = [each for place in records for each in self._exchange(*place)]
            taken = [*{(path, member.offset): (path, member) for path, member in exchanges}.values()]
            originals = [each for _, of in records for each in self._original(of)]
            excerpt.write_bytes(b"".join(b"".join(read_ranges(path, [(m.offset, m.length)])) for path, m in taken))
            package.add_warc(excerpt, Period())
            problems = package.add_originals(self._warcs)
            package.write_index()
            package.write_pages([self._page(record)])
            for path in files:
                package.add(f"articles/{path.parent.name}/{path.name}", [path.read_bytes()])
            package.add(LINE, [self._proof.line.text])
            package.add(REPORT, [_json(as_json(self._proof))])
            package.add(RECORDS, [_json(list(self._paths([*taken, *originals])))])
            names = [*map(self._archive.places.name, files), *(f"{WARC}{path.name}" for path, _ in taken)]
            names += [f"{WARC}{path.name}" for path, _ in originals]
            lines = self._archive.chain.lines_of(names)
            package.add(ENTRIES, [line + b"\n" for line in lines])
            if lines:
                package.add(KEY, [public_pem(Entry.read(lines[-1]).key).encode()])
            package.describe(self._description(package, record, spider))
        return [*problems, *package.problems]

    def _line_files(self) -> list[Path]:
        """Return the files of the lines of all versions, and of the article that printed the text first."""
        first = self._content["duplicate_of"]
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
        """Yield of each record where it stands in the hash tree of its file."""
        hashes: dict[Path, dict[int, bytes]] = {}
        for path, member in taken:
            if path not in hashes:
                hashes[path] = record_hashes(path)
            leaves = hashes[path]
            if member.offset in leaves:
                number = list(leaves).index(member.offset)
                steps = [step.hex() for step in tree_path(list(leaves.values()), number)]
                where = {"file": f"{WARC}{path.name}", "records": len(leaves), "number": number, "path": steps}
                yield {"record_id": member.get("WARC-Record-ID"), **where}

    def _page(self, record: Member) -> PageEntry:
        content = self._content
        text = "\n\n".join(part for part in (content["title"], content["sapo"], content["body"]) if part)
        return PageEntry(record.get("WARC-Record-ID"), content["url"], content["fetched_at"], content["title"], text)

    def _description(self, package: Package, record: Member, spider: type[NewsSpider] | None) -> dict[str, Any]:
        pairs = description(self._settings, [spider] if spider else [], package.captured, package.warcs)
        about = {"title": f"Proof: {self._proof.line.id}, version {self._proof.line.version}"}
        main = {"mainPageUrl": self._content["url"], "mainPageDate": f"{record.get('WARC-Date')[:19]}Z"}
        return pairs | about | main


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"
