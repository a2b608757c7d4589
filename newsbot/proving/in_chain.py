"""What the signed chain says of the files that a proof needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from pathlib import Path

from scrapy.settings import BaseSettings

from archive.chain.entry import Entry, EntryError, head_of
from archive.chain.stamps import MOST_BYTES, StampError, Stamps, read_stamp
from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.plain_file import read_regular
from archive.verify.acknowledged import Acknowledged
from newsbot.chaining.archive_chain import ArchiveChain
from newsbot.chaining.chain_check import FilesInChain
from newsbot.chaining.places import RECEIPTS, WARC
from newsbot.proving.checked import Checked, file_check


class ChainProof:
    """Checks the chain of an archive, then single files against it.

    :param whole: whether to read files however large.
    :param root: one that the chain is known from elsewhere to have; empty for none.
    :param key: the public key, likewise.
    """

    def __init__(
        self, archive: ArchiveChain, settings: BaseSettings, warcs: Collection, *, whole: bool, root: str, key: str
    ):
        self._chain, self._places, self._warcs = archive.chain, archive.places, warcs
        self._files = FilesInChain(archive, settings, warcs, root=root, key=key)
        self._whole = whole
        self.root = ""
        #: The entries that name the files of `checks`, as they stand in the chain.
        self.lines: list[bytes] = []
        self._entries: list[Entry] = []

    def checks(self, paths: Sequence[Path]) -> Iterator[Checked]:
        """Check the chain, files, the entries that name them, and the receipts that these name."""
        acknowledged = Acknowledged(self._warcs.folder)
        findings = list(acknowledged.applied(self._files.of_chain(every_signature=False)))
        broken = [finding for finding in findings if not finding.is_note]
        head = self._files.head
        if broken or not head.entry:
            yield Checked("chain", False, str(broken[0]) if broken else "the archive has no signed chain")
        else:
            self.root = head.root
            yield Checked("chain", True, f"{head.entry} entries, root {head.root}")
        if any(finding.rule == "acknowledged" for finding in findings):
            yield self.file("acknowledgements", acknowledged.path)
        left_out: list[EntryError] = []
        self.lines = self._chain.lines_of(map(self._name, paths), left_out)
        if left_out and not broken:
            yield Checked("chain", False, f"an entry that names the line's file or its record's is none: {left_out[0]}")
        self._entries = [Entry.read(line) for line in self.lines]
        for path in paths:
            yield self.file("lines" if path.suffix == ".jsonl" else "WARC file", path)
        claims = [claim for entry in self._entries for claim in entry.claims()]
        for name in sorted({claim.file for claim in claims if claim.file.startswith(RECEIPTS)}):
            yield self.file("receipt", self._places.path(name))
        yield signature_check(self._entries)

    def file(self, what: str, path: Path) -> Checked:
        """Check that a file is what the chain says."""
        name = self._name(path)
        if name.startswith(WARC) and not path.exists():
            try:
                self._warcs.found(path.name)
            except ArchiveError as error:  # it says where the file has gone
                return Checked(what, False, str(error))
        entries = map(Entry.read, self._chain.lines_of([name]))
        digests = [claim.sha256 or claim.was for entry in entries for claim in entry.claims() if claim.file == name]
        return file_check(what, path, digests[-1] if digests else "", whole=self._whole)

    def stamps(self) -> Iterator[str]:
        """Yield what the first time stamp says that is of the entries, or of a later one: it is of all before, too."""
        last = max((entry.number for entry in self._entries), default=0)
        for number, path in Stamps(self._chain.folder).files():
            if not last or number < last:
                continue
            line = next((line for each, (_, line) in enumerate(self._chain.lines(), 1) if each == number), b"")
            try:
                stamp = read_stamp(read_regular(path, MOST_BYTES), head_of(line))
            except (StampError, OSError):
                continue  # found by the check of the chain
            yield f"entry {number} was there on {stamp.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}, says {stamp.authority}"
            return

    def _name(self, path: Path) -> str:
        """Return the name of a file in the chain; a WARC file has the same wherever it has been moved to."""
        return self._places.name(path) or f"{WARC}{path.name}"


def signature_check(entries: Sequence[Entry]) -> Checked:
    """Check that there are entries, and that each is signed."""
    if not entries:
        return Checked("signature", False, "no entry of the chain names the line's file or its record's")
    if unsigned := [str(entry.number) for entry in entries if not entry.is_signed()]:
        return Checked("signature", False, f"entry {', '.join(unsigned)} is not signed by its key")
    each = [f"{entry.number} ({entry.about.get('kind')}, {entry.about.get('at')})" for entry in entries]
    return Checked("signature", True, f"entry {', '.join(each)}, signed by {entries[-1].key}")
