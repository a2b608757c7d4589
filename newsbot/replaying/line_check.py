"""Checks article lines against the records that they were read from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final, NamedTuple

from scrapy.http import Response
from scrapy.settings import Settings

from archive.errors import ArchiveError
from archive.files.plain_file import lines_in, open_regular
from archive.http.exchange import Capture
from archive.records.members import sound_record
from archive.replay.originals import Resolver
from archive.replay.replay import response_of
from archive.retirement.leaving import collection_in
from archive.verify.rules import Finding, Problem
from newsbot.configuration.folders import collection
from newsbot.health.console import shortened
from newsbot.items import CHANGES, Article, Removal, captures_of, fields_of, to_line
from newsbot.replaying.line_history import Line, LineKeys
from newsbot.replaying.source_readers import SourceReaders

#: What a line says that its page does not.
NOT_READ: Final = frozenset(
    {"schema_version", "version", "change", "duplicate_of", "pages", "capture", "reader_version"}
)
_SHOWN: Final = 120
#: Bytes of lines that a process checks at a time: some hundred.
_PART: Final = 4 << 20


class LineReport(NamedTuple):
    """What was found in a file of lines, and what its lines say of others."""

    findings: list[Finding]
    keys: LineKeys
    #: SHA-256 of the file in hex; of a part that of its lines.
    sha256: str


class LinePart(NamedTuple):
    """The lines of a file that begin in a range of it; ``stop`` is None for its end."""

    start: int = 0
    stop: int | None = None


_WHOLE: Final = LinePart()


def line_parts(path: Path, jobs: int) -> list[LinePart]:
    """Return the parts of a file that several processes check at the same time; a small file is one."""
    try:
        size = path.stat().st_size if jobs > 1 else 0
    except OSError:  # named when it is read
        size = 0
    if size <= _PART:
        return [_WHOLE]
    return [LinePart(start, start + _PART if start + _PART < size else None) for start in range(0, size, _PART)]


def joined(path: Path, reports: Sequence[LineReport]) -> LineReport:
    """Return what was found in the parts of a file as if it had been checked at once."""
    if len(reports) == 1:
        return reports[0]
    keys = LineKeys()
    for report in reports:
        keys.extend(report.keys)
    findings = [finding for report in reports for finding in report.findings]
    try:
        with open_regular(path) as file:
            digest = file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return LineReport([*findings, Finding(path.name, 0, "unreadable", str(error))], keys, "")
    return LineReport(findings, keys, digest)


class LineCheck:
    """Checks the lines of any source, captured in the collection of the settings."""

    def __init__(self, settings: Settings):
        self._archive = collection(settings)
        self._retired = self._archive.retired.files()
        self._resolvers = {self._archive.folder: Resolver(self._archive)}
        self._readers = SourceReaders(settings)

    def check(self, path: Path, part: LinePart = _WHOLE) -> LineReport:
        """Check each line of a JSONL file, or of a part of it; a finding's offset is that of its line."""
        findings: list[Finding] = []
        keys, digest = LineKeys(), sha256()
        offset = 0
        try:
            with open_regular(path) as lines:
                if part.start:  # the line in the middle of which the part begins belongs to the one before
                    lines.seek(part.start - 1)
                    offset = part.start - 1 + len(next(lines_in(lines), b""))
                for line in lines_in(lines):
                    if part.stop is not None and offset >= part.stop:
                        break
                    digest.update(line)
                    for problem in self._problems(line, offset, keys):
                        findings.append(Finding(path.name, offset, *problem))
                    offset += len(line)
        except OSError as error:
            findings.append(Finding(path.name, offset, "unreadable", str(error)))
        return LineReport(findings, keys, digest.hexdigest())

    def _problems(self, text: bytes, offset: int, keys: LineKeys) -> list[Problem]:
        try:
            return list(self._check_line(text, offset, keys))
        except Exception as error:  # nothing is written here: whatever a line does to its check is wrong with the line
            return [("line-form", f"it cannot be checked: {type(error).__name__}: {error}")]

    def _check_line(self, text: bytes, place: int, keys: LineKeys) -> Iterator[Problem]:
        try:
            line = read_line(text)
            keys.add(line, place)
            captures = [(self._archive.path(pointer["file"]), int(pointer["offset"])) for pointer in captures_of(line)]
        except (ValueError, TypeError, KeyError, RecursionError, ArchiveError) as error:
            yield "line-form", f"it is no article line: {error}"
            return
        for left in (self._retired[path.name] for path, _ in captures if path.name in self._retired):
            if not self._archive.path(left.file).exists():
                yield "line-retired", f"{left.file} was {left.fate}"
                return
        try:
            responses = [
                response_of(path, sound_record(path, offset), self._resolver(path.parent)) for path, offset in captures
            ]
        except ArchiveError as error:
            yield "line-capture", str(error)
            return
        if wrong := wrong_pointers(line, [response.meta["capture"] for response in responses]):
            yield "line-capture", wrong
        else:
            yield from self._read_again(line, *responses)

    def _read_again(self, line: Line, response: Response, *further: Response) -> Iterator[Problem]:
        reader = self._readers.of(line["source"])
        if reader is None:
            yield "line-content", f"no spider is called {line['source']!r}"
            return
        unread, is_gone = len(reader.unread.problems), line["change"] == "removed"
        found = reader.found(response) if is_gone else reader.joined(response, in_place(line, further))
        if len(reader.unread.problems) > unread:
            yield "line-content", reader.unread.problems[-1]
        elif is_gone:  # its text is that of the version before
            if not isinstance(found, Removal) or found.id != line["id"]:
                yield "line-content", f"the record does not show that {line['id']} is gone"
        elif not isinstance(found, Article) or found.id != line["id"]:
            yield "line-content", f"the record gives no article {line['id']}"
        else:
            yield from _differences(line, json.loads(to_line(replace(found, capture=None))))

    def _resolver(self, folder: Path) -> Resolver:
        """Return what resolves the revisits of a folder: this archive's, or one to which old files were moved."""
        if folder not in self._resolvers:
            self._resolvers[folder] = Resolver(collection_in(folder.parent))
        return self._resolvers[folder]


def read_line(text: bytes) -> Line:
    """Read a line.

    :raises ValueError: if it is no article with all its fields in their order.
    """
    if not text.endswith(b"\n"):
        raise ValueError("it is cut off")
    line = json.loads(text)
    if not isinstance(line, dict) or tuple(line) != fields_of(line.get("schema_version")):
        raise ValueError("its fields are not those of an article")
    version, change = line["version"], line["change"]
    if type(version) is not int or version < 1 or change not in CHANGES or (change == "new") != (version == 1):
        raise ValueError(f"version {_shown(version)} of an article cannot be {_shown(change)}")
    if line["duplicate_of"] == line["id"]:
        raise ValueError("it is called a duplicate of itself")
    return line


def _differences(line: Line, read: Line) -> Iterator[Problem]:
    """Say in what a line differs from what is read now."""
    differing = [name for name in line if name not in NOT_READ and read[name] != line[name]]
    if differing:
        name, more = differing[0], f" (also {', '.join(differing[1:])})" if differing[1:] else ""
        rule = "line-content" if line["reader_version"] == read["reader_version"] else "line-reader"
        yield rule, f"{line['id']}: {name} is {_shown(read[name])}, the line says {_shown(line[name])}{more}"


def in_place(line: Line, further: Iterable[Response]) -> list[Response | None]:
    """Return the responses of a line's further pages, each in its place; None for one that was not had."""
    responses = iter(further)
    return [pointer and next(responses) for pointer in line.get("pages", ())]


def wrong_pointers(line: Line, captures: Sequence[Capture]) -> str:
    """Say what the records are not that the line says they are, the article's own before its further pages'."""
    wrong = []
    own = {"url": line["url"], "fetched_at": line["fetched_at"]}
    for number, (pointer, capture) in enumerate(zip(captures_of(line), captures, strict=True)):
        said = pointer if number else pointer | own
        found = capture.pointer() | {"url": capture.url, "fetched_at": capture.date}
        differing = [
            f"{name} is {found.get(name)!r}, not {value!r}" for name, value in said.items() if found.get(name) != value
        ]
        wrong += [f"{capture.file} at {capture.offset}: {'; '.join(differing)}"] if differing else []
    return "; ".join(wrong)


def _shown(value: object) -> str:
    return shortened(json.dumps(value, ensure_ascii=False), _SHOWN)
