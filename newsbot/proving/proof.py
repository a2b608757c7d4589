"""Proves a line: its place in the signed chain, its record, and that reading the record again gives what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrapy.settings import Settings

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.records.members import Member, sound_record
from archive.replay.originals import Resolver
from archive.replay.replay import response_of
from archive.retirement.leaving import collection_in
from newsbot.chaining.archive_chain import ArchiveChain
from newsbot.configuration.folders import collection
from newsbot.items import captures_of
from newsbot.proving.capture import circumstances
from newsbot.proving.checked import Checked, index_check, of_page, record_check
from newsbot.proving.fields import FieldProof
from newsbot.proving.finding import FoundLine, Wanted, versions_of
from newsbot.proving.history import change_check
from newsbot.proving.in_chain import ChainProof
from newsbot.proving.rereading import Rereading
from newsbot.replaying.line_check import read_line, wrong_pointers


@dataclass
class Proof:
    """What was found out of a line."""

    line: FoundLine
    versions: list[int]
    checks: list[Checked] = field(default_factory=list)
    fields: list[FieldProof] = field(default_factory=list)
    capture: dict[str, str] = field(default_factory=dict)
    #: The entries of the chain that name the line's file or its record's, as they stand in it.
    entries: list[bytes] = field(default_factory=list)
    #: A time stamp of these entries, or of a later one.
    stamps: list[str] = field(default_factory=list)
    root: str = ""

    @property
    def is_proven(self) -> bool:
        return bool(self.checks) and all(check.holds is not False for check in self.checks)


class Prover:
    """Proves lines of the data folder that settings name.

    :param whole: whether to read WARC files to their end, however large, for their digest.
    :param root: one that the chain is known from elsewhere to have; empty for none.
    :param key: the public key, likewise.
    """

    def __init__(self, settings: Settings, *, whole: bool = False, root: str = "", key: str = ""):
        self._settings = settings
        self._articles = Path(settings["DATA_DIR"], "articles")
        self._warcs, self._archive = collection(settings), ArchiveChain(settings)
        self._whole, self._expected = whole, {"root": root, "key": key}
        self._rereading = Rereading(settings)

    def prove(self, wanted: Wanted) -> Proof:
        """Look at everything, whatever of it does not hold."""
        proof = Proof(wanted.line, [line.version for line in wanted.versions])
        proof.checks += self._checks(proof, wanted, detailed=True)
        return proof

    def holds(self, wanted: Wanted) -> bool:
        """Return whether a line is proven; what comes behind a check that fails is not looked at."""
        proof = Proof(wanted.line, [])
        return all(check.holds is not False for check in self._checks(proof, wanted, detailed=False))

    def _checks(self, proof: Proof, wanted: Wanted, *, detailed: bool) -> Iterator[Checked]:
        line = proof.line
        try:
            content = read_line(line.text)
            pointers = captures_of(content)
            places = [(self._warcs.path(str(each["file"])), int(each["offset"])) for each in pointers]
        except (ValueError, TypeError, KeyError, RecursionError, ArchiveError) as error:
            yield Checked("line", False, f"it is no article line: {error}")
            return
        yield Checked("line", True, f"{line.path.name}, line {line.number}: {line.id}, version {line.version}")
        chain = ChainProof(self._archive, self._settings, self._warcs, whole=self._whole, **self._expected)
        yield from chain.checks([line.path, *dict.fromkeys(path for path, _ in places)])
        proof.root, proof.entries, proof.stamps = chain.root, chain.lines, list(chain.stamps())
        others = {each.path for each in wanted.versions} - {line.path}
        yield from (chain.file("lines of other versions", other) for other in sorted(others))
        responses = []
        try:
            for number, (path, offset) in enumerate(places, 1):
                record = sound_record(self._warcs.found(path.name), offset)
                proof.capture = proof.capture or circumstances(path, record)
                yield record_check(of_page("record", number), path, record)
                warcs = self._collection(path)
                yield index_check(warcs, path, record)
                resolver = Resolver(warcs)
                yield from self._original(chain, resolver, record)
                responses.append(response_of(path, record, resolver))
        except ArchiveError as error:
            yield Checked("capture", False, str(error))
            return
        wrong = wrong_pointers(content, [response.meta["capture"] for response in responses])
        said = "; ".join(f"{path.name} at {offset}" for path, offset in places)
        yield Checked("capture", not wrong, wrong or f"{said}, as the line says")
        yield from self._rereading.checks(wanted, content, *responses)
        proof.fields = self._rereading.fields(content, *responses) if detailed else []
        yield from change_check(wanted, content)
        yield from self._first(chain, content)

    def _collection(self, path: Path) -> Collection:
        """Return the collection that a file is in: this one, or one to which old files were moved."""
        return self._warcs if path.parent == self._warcs.folder else collection_in(path.parent.parent)

    def _original(self, chain: ChainProof, resolver: Resolver, record: Member) -> Iterator[Checked]:
        """Check the record that a revisit refers to."""
        if record.type != "revisit":
            return
        found = resolver.original(record)
        if found is None:
            yield Checked("original", False, "what the revisit refers to is not there")
            return
        yield record_check("original", found.file, found.record)
        yield chain.file("file of the original", found.file)

    def _first(self, chain: ChainProof, line: dict[str, Any]) -> Iterator[Checked]:
        """Check that the article has a line of which a line says that it has printed the text first."""
        first = line["duplicate_of"]
        if not first:
            return
        known = versions_of(self._articles, first)
        if not known:
            yield Checked("duplicate", False, f"{first}, of which it is called a duplicate, has no line")
            return
        yield Checked("duplicate", True, f"of {first}, which has a line")
        yield chain.file("lines of the duplicate", known[0].path)
