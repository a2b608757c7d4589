"""Plans what a redaction changes in records, and rewrites the files that hold them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Collection as Several
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from archive.errors import ArchiveError
from archive.files.atomic import replace_file
from archive.files.deflate import gzip_member
from archive.files.plain_file import read_range
from archive.records.members import DamagedError, Member, walk
from archive.records.record_reader import Damage
from archive.records.revisit import claim
from archive.redaction.replacements import not_modified_alone, redirected, tombstone, whole
from archive.redaction.targets import Finder, Target, record_key

_GONE, _WHOLE, _REDIRECTED = "redacted", "made whole", "redirected"
#: Types of records that may say what another one says, or go on with it.
_ALONG: Final = frozenset({"request", "metadata", "conversion", "resource", "continuation"})
#: Types that may have a page's text under another address than its own.
_MADE_OF_IT: Final = frozenset({"conversion", "resource"})
#: What browsertrix puts in front of the address of a page for its text, its pictures and what it knows of it.
_ABOUT: Final = re.compile(r"urn:[A-Za-z-]+:(?=https?:)")
#: Fields of `Edits` that are sets of texts.
_SETS: Final = ("gone", "companions", "pages", "whole_pages", "urls")


def page_of(record: Member) -> str:
    """Return the URL of the page that a record holds or describes."""
    return _ABOUT.sub("", record.url)


@dataclass
class Edits:
    """The records that change; everything else stays byte for byte."""

    #: By `record_key`, the gzip member that takes the record's place.
    members: dict[str, bytes] = field(default_factory=dict)
    #: Ids of the redacted records, as far as they have any, and of those they were written together with.
    gone: set[str] = field(default_factory=set)
    companions: set[str] = field(default_factory=set)
    #: URLs of the redacted records; and those of which no capture is left.
    pages: set[str] = field(default_factory=set)
    whole_pages: set[str] = field(default_factory=set)
    #: URLs of all records that change.
    urls: set[str] = field(default_factory=set)
    #: For the receipt: what became of each record.
    fates: list[dict[str, Any]] = field(default_factory=list)

    def redact(
        self,
        targets: list[Target],
        finder: Finder,
        notes: list[tuple[str, object]],
        whole_pages: Iterable[str] = (),
    ) -> set[Path]:
        """Plan to redact captures, and to keep alive what depends on them; returns the files that change.

        :param notes: for the tombstones: who, when, why.
        :param whole_pages: URLs of which no capture will be left.
        """
        files = {target.path for target in targets}
        keys = {target.key for target in targets}
        self.gone |= {target.record_id for target in targets} - {""}
        self.pages |= {target.url for target in targets}
        self.whole_pages |= set(whole_pages)
        for target in targets:
            self.companions |= {target.record.get("WARC-Concurrent-To")} - {""}
            tombstone_id, data = tombstone(target, notes)
            self._set(target, data, _GONE, tombstone=tombstone_id)
        for original, dependants in finder.referring_to(targets):
            own = [each for each in dependants if each.key not in keys]
            if own:
                files |= self._keep_alive(own, original, finder, keys)
        return files

    def _keep_alive(self, dependants: list[Target], original: Target, finder: Finder, keys: Several[str]) -> set[Path]:
        """Give the first dependant the payload, unless another record has it; let the others refer to that.

        :param keys: of the records that go.
        """
        digests = original.computed_digests
        others = (each for each in finder.with_digests(original.digests) if not each.is_revisit)
        # What a record says of its payload is not enough: it may be cut off, or damaged.
        same = [original, *(each for each in others if not digests.isdisjoint(each.computed_digests))]
        holder = next((each for each in same if each.key not in keys), None)
        if holder and holder.date > dependants[0].date:
            holder = None  # a revisit refers to what is older
        for dependant in dependants:
            if holder is None and claim(dependant.record).is_not_modified:
                self._set(dependant, not_modified_alone(dependant), _WHOLE)
            elif holder is None:
                holder = dependant
                self._set(dependant, whole(dependant, original), _WHOLE)
            else:
                self._set(dependant, redirected(dependant, holder), _REDIRECTED, to=holder.record_id)
        return {dependant.path for dependant in dependants}

    def _set(self, target: Target, data: bytes, fate: str, **more: str) -> None:
        self.members[target.key] = data
        self.urls.add(target.url)
        self.fates.append(
            {
                "fate": fate,
                "record_id": target.record_id,
                "type": target.record.type,
                "url": target.url,
                "date": target.date,
                "file": target.path.name,
                "block_digest": target.record.get("WARC-Block-Digest"),
                "payload_digest": target.payload_digest,
                **more,
            }
        )

    def rewrite(self, path: Path, output: Path, *, damaged: bool = False) -> bool:
        """Write a file as it is after the redaction, durably; False, and nothing is written, if that changes nothing.

        :param damaged: of a file that is kept because it is damaged, only the sound records are written.
        :raises DamagedError: if the file is damaged, and should not be.
        :raises ArchiveError: if it cannot be read, or the output cannot be written.
        """
        if not any(self._changes(found) for found in walk(path) if isinstance(found, Member)):
            return False
        replace_file(output, self._chunks(path, damaged))
        return True

    def _chunks(self, path: Path, damaged: bool) -> Iterator[bytes]:
        with path.open("rb", buffering=0) as file:
            for found in walk(path):
                if isinstance(found, Damage):
                    if found.lost and not damaged:
                        raise DamagedError(path, found)
                elif self._changes(found):
                    data = self.members.get(record_key(found), b"")
                    yield data if found.gzipped else gzip.decompress(data)
                elif found.alone and not found.damaged and found.complete:
                    yield from read_range(file.fileno(), found.offset, found.length)
                elif found.complete:
                    yield gzip_member(found.as_bytes())

    def _changes(self, record: Member) -> bool:
        """Return whether a record is replaced, or goes with one that is redacted."""
        return record_key(record) in self.members or self._goes_along(record)

    def _goes_along(self, record: Member) -> bool:
        if record.type not in _ALONG or is_tombstone(record):
            return False
        page = page_of(record)
        if page in self.whole_pages:
            return True
        # An id may be that of two records: what names another page is of the other one.
        if page and page not in self.pages and page.startswith("http"):
            return record.type in _MADE_OF_IT and record.get("WARC-Refers-To") in self.gone
        if record.get("WARC-Record-ID") in self.companions and record.type in ("request", "metadata"):
            return True
        names = ("WARC-Concurrent-To", "WARC-Refers-To", "WARC-Segment-Origin-ID")
        referred = {record.get(name) for name in names} - {""}
        return not referred.isdisjoint(self.gone)

    def save(self, folder: Path) -> None:
        """Write all this into a folder, durably."""
        places, offset = {}, 0
        for key, data in self.members.items():
            places[key] = [offset, len(data)]
            offset += len(data)
        replace_file(folder / "edits.members", self.members.values())
        sets = {name: sorted(getattr(self, name)) for name in _SETS}
        content = {"members": places, **sets, "fates": self.fates}
        replace_file(folder / "edits.json", [json.dumps(content, ensure_ascii=False, indent=1).encode()])

    @classmethod
    def load(cls, folder: Path) -> Edits:
        """Read what `save` has written.

        :raises ArchiveError: if it cannot be read.
        """
        try:
            content = json.loads((folder / "edits.json").read_bytes())
            data = (folder / "edits.members").read_bytes()
        except OSError as error:
            raise ArchiveError(f"cannot read {error.filename}: {error.strerror}") from error
        members = {key: data[start : start + length] for key, (start, length) in content["members"].items()}
        return cls(members, fates=content["fates"], **{name: set(content[name]) for name in _SETS})


def is_tombstone(record: Member) -> bool:
    return bytes(record.block[:16]) == b"redacted-record:"
