"""Checks a package that proves a line, without the archive that it is from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zipfile import ZipFile

from scrapy.settings import Settings

from archive.chain.entry import Claim, Entry
from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.file_kind import ZIP_FAULTS
from archive.files.manifest import file_digest
from archive.files.zip_reading import opened_zip, pieces_of, read_member
from archive.http.exchange import Capture
from archive.replay.originals import Resolver
from archive.replay.replay import response_of
from archive.retirement.leaving import collection_in
from newsbot.chaining.places import ARTICLES, WARC
from newsbot.items import captures_of
from newsbot.proving.bundle import ENTRIES, KEY, LINE, RECORDS
from newsbot.proving.bundle_entries import entries_checks, last_claims, read_entries
from newsbot.proving.bundle_held import HeldRecords
from newsbot.proving.bundle_lines import wanted_in
from newsbot.proving.bundle_records import RecordPlaces
from newsbot.proving.bundle_shown import DESCRIPTION, shown_checks
from newsbot.proving.bundle_shown import FILES as SHOWN
from newsbot.proving.capture import circumstances
from newsbot.proving.checked import Checked, of_page, record_check
from newsbot.proving.finding import Wanted
from newsbot.proving.history import change_check
from newsbot.proving.proof import Proof
from newsbot.proving.rereading import Rereading
from newsbot.replaying.line_check import read_line, wrong_pointers

#: Maximum size, in bytes, of what is unpacked.
_MOST: Final = 1 << 30
#: Maximum number of files in a package.
_MOST_FILES: Final = 10_000
_DIGEST: Final = "datapackage-digest.json"
#: The files of a package besides those of records and lines.
_OTHERS: Final = frozenset((LINE, RECORDS, ENTRIES, KEY, _DIGEST, *SHOWN))
#: What a capture is called in its own archive alone.
_OF_ARCHIVE: Final = ("file", "offset", "length")


class NoBundleError(Exception):
    """A file is no package that proves a line; the message says why."""


@dataclass
class _Unpacked:
    """What a package holds, in a folder like that of an archive."""

    folder: Path
    line: bytes
    entries: list[Entry]
    key: str
    claims: dict[str, Claim]
    places: RecordPlaces
    #: What no program needs to prove the line, but somebody sees.
    shown: dict[str, bytes]
    #: Names of the files that are none of a package that proves a line.
    others: list[str]

    @property
    def articles(self) -> Path:
        return self.folder / "articles"

    @property
    def line_files(self) -> list[Path]:
        return sorted(self.articles.glob("*/*.jsonl"))

    def line_file_check(self, path: Path) -> Checked:
        claim = self.claims.get(f"{ARTICLES}{path.parent.name}/{path.name}")
        fits = claim is not None and claim.sha256 == file_digest(path)
        said = "has the sha256 of the chain" if fits else "has not the sha256 of the chain"
        return Checked("lines", fits, f"{path.name} {said}")

    @property
    def warcs(self) -> Collection:
        return collection_in(self.folder)


def check_bundle(path: Path, settings: Settings, *, key: str = "") -> Proof:
    """Check a package.

    :param key: the public key that the archive is known from elsewhere to have; empty for none.
    :raises NoBundleError: if it is none that proves a line.
    """
    with TemporaryDirectory(prefix="newsbot-proof-") as folder:
        try:
            with opened_zip(path, most_files=_MOST_FILES, most=_MOST) as package:
                wrong = _wrong_resources(package)
                found = _unpack(package, Path(folder))
        except KeyError as error:  # the message is Python's, with quotes of its own
            raise NoBundleError(f"{path} is no package that proves a line: {error.args[0]}") from error
        except OSError as error:
            raise NoBundleError(f"{path} cannot be read, or not be unpacked: {error.strerror or error}") from error
        except (*ZIP_FAULTS, ValueError, TypeError, RecursionError) as error:
            raise NoBundleError(f"{path} is no package that proves a line: {error}") from error
        try:
            wanted = wanted_in(found.articles, found.line)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ArchiveError) as error:
            raise NoBundleError(f"{path} proves no line: {LINE}: {error}") from error
        proof = Proof(wanted.line, [line.version for line in wanted.versions])
        proof.checks.append(Checked("package", not wrong, wrong or "its files have the digests that it names"))
        try:
            proof.checks += _checks(found, wanted, proof, Rereading(settings), key)
        except (ArchiveError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            proof.checks.append(Checked("package", False, str(error) or type(error).__name__))
        return proof


def _wrong_resources(package: ZipFile) -> str:
    """Return what in a package is not as it describes itself; empty if nothing is."""
    files = package.infolist()
    if len(package.NameToInfo) < len(files):  # another program may take the first of two, and show something else
        raise ValueError("it holds two files of one name")
    text = read_member(package, DESCRIPTION)
    if json.loads(read_member(package, _DIGEST))["hash"] != f"sha256:{sha256(text).hexdigest()}":
        return f"{DESCRIPTION} does not have the digest in {_DIGEST}"
    named = {each["path"]: each["hash"] for each in json.loads(text)["resources"]}
    for name in package.namelist():
        if name not in (DESCRIPTION, _DIGEST) and named.get(name) != f"sha256:{_digest(package, name)}":
            return f"{name} does not have the digest in {DESCRIPTION}"
    missing = sorted(set(named) - set(package.namelist()))
    return f"{missing[0]} is missing" if missing else ""


def _digest(package: ZipFile, name: str) -> str:
    digest = sha256()
    for piece in pieces_of(package, name):
        digest.update(piece)
    return digest.hexdigest()


def _unpack(package: ZipFile, folder: Path) -> _Unpacked:
    others = []
    for info in package.infolist():
        parts = info.filename.split("/")
        target = None
        if parts[0] == "archive" and len(parts) == 2 and parts[1].endswith(".warc.gz"):
            target = folder / "warc" / Path(parts[1]).name
        elif parts[0] == "articles" and len(parts) == 3 and parts[2].endswith(".jsonl") and ".." not in parts:
            target = folder / "articles" / parts[1] / parts[2]
        if target is not None and target.resolve().is_relative_to(folder.resolve()):
            target.parent.mkdir(parents=True, exist_ok=True)
            with package.open(info) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)
        elif info.filename not in _OTHERS:
            others.append(info.filename)
    entries = read_entries(read_member(package, ENTRIES))
    shown = {name: read_member(package, name) for name in SHOWN}
    records = json.loads(read_member(package, RECORDS))
    key = read_member(package, KEY).decode() if entries else ""
    claims = last_claims(entries)
    places = RecordPlaces(records, claims)
    return _Unpacked(folder, read_member(package, LINE), entries, key, claims, places, shown, others)


def _checks(found: _Unpacked, wanted: Wanted, proof: Proof, reading: Rereading, key: str) -> Iterator[Checked]:
    try:
        content = read_line(wanted.line.text)
        pointers = captures_of(content)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        yield Checked("line", False, f"it is no article line: {error}")
        return
    yield Checked("line", True, f"{wanted.line.path.name}, line {wanted.line.number}: {wanted.line.id}")
    proof.entries = [entry.line() for entry in found.entries]
    signed = [*entries_checks(found.entries, found.key, key), *map(found.line_file_check, found.line_files)]
    yield from signed
    warcs = found.warcs
    held = HeldRecords(warcs)
    if any(check.holds is False for check in signed):  # what is not as it was signed proves nothing, whatever it says
        yield from held.lacking(str(pointer["record_id"]) for pointer in pointers)
        return
    for name in found.others[:1]:
        yield Checked("package", False, f"{name} is not part of what was proven")
    warcs.add(*warcs.files())
    resolver = Resolver(warcs)
    responses, records = [], []
    for number, pointer in enumerate(pointers, 1):
        try:
            path, record = held.record(pointer["record_id"])
        except ArchiveError as error:
            yield Checked("capture", False, str(error))
            return
        proof.capture = proof.capture or circumstances(path, record)
        yield record_check(of_page("record", number), path, record)
        yield found.places.check(path, record, f"{WARC}{pointer['file']}")
        if record.type == "revisit":
            original = resolver.original(record)
            if original is None:
                yield Checked("original", False, "what the revisit refers to is not in the package")
                return
            yield record_check("original", original.file, original.record)
            yield found.places.check(original.file, original.record)
        responses.append(response_of(path, record, resolver))
        records.append(record)
    captures = [response.meta["capture"] for response in responses]
    wrong = wrong_pointers(_as_in_package(content, captures), captures)
    yield Checked("capture", not wrong, wrong or "the record is the one that the line names")
    yield from reading.checks(wanted, content, *responses)
    proof.fields = reading.fields(content, *responses)
    yield from change_check(wanted, content)
    yield from held.checks(found.places, [record.get("WARC-Record-ID") for record in records], resolver)
    yield from shown_checks(found.shown, warcs.files(), proof, records[0])


def _as_in_package(content: dict[str, Any], captures: Iterable[Capture]) -> dict[str, Any]:
    """Return a line with its captures where they are in the package."""
    places = [{name: capture.pointer()[name] for name in _OF_ARCHIVE} for capture in captures]
    first, *further = (pointer | place for pointer, place in zip(captures_of(content), places, strict=True))
    return content | {"capture": first, "pages": further}
