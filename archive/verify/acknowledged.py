"""Faults that somebody has signed off: a loss that cannot be undone, and should not hide the next one.

They are written down beside the manifest, one JSON line a fault, with who, when and why. Each stands for exactly that
finding: whatever else becomes of the file is found as ever.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from archive.clock import now
from archive.errors import os_errors
from archive.files.plain_file import content_of
from archive.verify.rules import Finding

NAME: Final = "acknowledged.jsonl"
#: Folders in messages, which may have other names tomorrow, or seen from elsewhere.
_FOLDERS: Final = re.compile(r"(?:[^\s:/]{0,255}/){1,64}")

#: Rules of what is known from outside the folder: nothing in it, which whoever changes it may write, has a say there.
_NEVER: Final = frozenset({"chain-expected"})
#: Rules by which the chain says whether this file itself is as it was signed.
_OF_CHAIN: Final = "chain-"

_Key = tuple[str, int, str, str]


class SignedOff(NamedTuple):
    """Who signed a fault off, when, and why."""

    by: str
    at: str
    reason: str


class Acknowledged:
    """What was signed off in an archive.

    :param folder: the folder of the WARC files.
    :raises ArchiveError: if it cannot be read.
    """

    def __init__(self, folder: Path):
        self.path = folder.parent / NAME
        self._known: dict[_Key, SignedOff] = {}
        self._faults: list[Finding] = []
        offset = 0
        for line in content_of(self.path).split(b"\n"):
            if line:
                self._read(line, offset)
            offset += len(line) + 1

    def _read(self, line: bytes, offset: int) -> None:
        try:
            entry = json.loads(line)
            finding = Finding(entry["file"], entry["offset"], entry["rule"], entry["message"])
            self._known[_key(finding)] = SignedOff(*(str(entry[name]) for name in SignedOff._fields))
        except (ValueError, TypeError, KeyError, RecursionError):
            message = "this line is no acknowledgement of a fault"
            self._faults.append(Finding(NAME, offset, "manifest-line", message))

    def applied(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield findings, those that were signed off as notes that say so."""
        yield from self._faults
        for finding in findings:
            signed = self._known.get(_key(finding)) if can_be_signed_off(finding) else None
            if signed:
                who = f"signed off by {signed.by} on {signed.at[:10]}: {signed.reason}"
                yield Finding(
                    finding.file, finding.offset, "acknowledged", f"{finding.rule}: {finding.message} ({who})"
                )
            else:
                yield finding

    def add(self, findings: Iterable[Finding], by: str, reason: str) -> None:
        """Sign faults off, durably.

        :raises ArchiveError: if that cannot be written.
        """
        at = now().strftime("%Y-%m-%dT%H:%M:%SZ")
        lines = []
        for finding in findings:
            self._known[_key(finding)] = SignedOff(by, at, reason)
            lines.append(json.dumps({**finding._asdict(), "by": by, "at": at, "reason": reason}, ensure_ascii=False))
        data = "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")
        with os_errors(f"cannot write {self.path}"):
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            with open(os.open(self.path, flags, 0o644), "r+b", buffering=0) as file:  # noqa: PTH123  # a descriptor
                size = os.fstat(file.fileno()).st_size
                if size and os.pread(file.fileno(), 1, size - 1) != b"\n":
                    data = b"\n" + data  # behind a line that a crash cut short
                file.write(data)
                os.fsync(file.fileno())


def can_be_signed_off(finding: Finding) -> bool:
    """Return whether an acknowledgement counts for a finding: for a fault, but not for one of whom to believe.

    >>> can_be_signed_off(Finding("entries.jsonl", 0, "chain-expected", "no entry has the root that is expected"))
    False
    >>> can_be_signed_off(Finding(NAME, 0, "chain-extra", "the file is in no entry of the chain"))
    False
    """
    return not (finding.is_note or finding.rule in _NEVER or is_of_acknowledgements(finding))


def is_of_acknowledgements(finding: Finding) -> bool:
    """Return whether the chain says that the acknowledgements themselves are not as they were signed."""
    return finding.file == NAME and finding.rule.startswith(_OF_CHAIN)


def concerns(finding: Finding, name: str) -> bool:
    """Return whether a fault is of a file, or of what was in it.

    >>> concerns(Finding("a.jsonl", 0, "line-capture", "data/warc/b.warc.gz: at 7: no record begins here"), "b.warc.gz")
    True
    """
    return finding.file == name or re.search(rf"(^|[\s/]){re.escape(name)}($|[\s:,])", finding.message) is not None


def _key(finding: Finding) -> _Key:
    return finding.file, finding.offset, finding.rule, _FOLDERS.sub("", finding.message)
