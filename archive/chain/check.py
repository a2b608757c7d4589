"""Checks a chain by itself: each entry's form, tree and signature, and that each follows the one before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from archive.chain.chain import Chain, Head, Known
from archive.chain.entry import NOTHING, Entry, EntryError, head_of

#: How an entry ends: with the root before it, its key and its signature.
_END: Final = re.compile(rb'"previous":"([0-9a-f]{64})","key":"([0-9a-f]{64})","signature":"[0-9a-f]{128}"\}\Z')

#: How an entry begins: with what is about itself, then its claims, as `archive.chain.entry.Claim` writes them.
_LEAVES: Final = re.compile(
    rb'\{"leaves":\[\{(?!"file":)(?:[^"\[\]{}]|"(?:[^"\\]|\\.)*+")*+\}'
    rb'(?:,\{"file":"(?:[^"\\]|\\.)*+"'
    + b"".join(rb'(?:,"%s":"[0-9a-f]{64}")?' % name for name in (b"sha256", b"records", b"was", b"found"))
    + rb'\})*+\],"tree":'
)
#: The kind of an entry that says what a damaged file was made of.
_REPAIR: Final = "repair"


class Fault(NamedTuple):
    """What is wrong at an offset of a chain's file."""

    offset: int
    rule: str
    message: str


class ChainCheck:
    """Goes through a chain; iterate to have what is wrong, after that the attributes are known.

    :param every_signature: False to read only the last entry, and of the others no more than that each holds the hash
        of the one before it: with the last one's signature that covers every byte. ``known`` is empty then.
    """

    def __init__(self, chain: Chain, *, every_signature: bool = True):
        self._chain = chain
        self._every_signature = every_signature
        self.head = Head(0, NOTHING)
        #: The root that each entry, with all before it, has.
        self.heads: list[str] = []
        #: The public keys of the entries, in order; one that comes back, after another, once more.
        self.keys: list[str] = []
        self.known: dict[str, Known] = {}

    def __iter__(self) -> Iterator[Fault]:
        last_line: tuple[int, bytes] | None = None
        offset = number = 0
        for number, (offset, line) in enumerate(self._chain.lines(), 1):
            before, self.head = self.head, Head(number, head_of(line))
            self.heads.append(self.head.root)
            if not self._every_signature and number > 1:
                yield from self._link(offset, number, line, before)
                last_line = offset, line
                continue
            last_line = offset, line
            try:
                entry = Entry.read(line)
                yield from self._entry(offset, number, entry, before)
            except EntryError as error:
                yield Fault(offset, "chain-entry", f"entry {number}: {error}")
        if last_line and not self._every_signature:
            yield from self._last(number, *last_line)

    def _link(self, offset: int, number: int, line: bytes, before: Head) -> Iterator[Fault]:
        """Check no more than that an entry follows the one before it, and is signed by the same key."""
        end = _END.search(line)
        if end is None or end[1].decode() != before.root:
            message = f"entry {number} does not follow the one before it: that was changed, or entries are missing"
            yield Fault(offset, "chain-order", message)
        elif (key := end[2].decode()) not in self.keys[-1:]:
            yield Fault(offset, "chain-key", f"from entry {number} on the chain is signed by another key, {key}")
            self.keys.append(key)
        if not _LEAVES.match(line):
            yield Fault(offset, "chain-entry", f"entry {number}: it is not in the form in which entries are written")
        if b'"lost":"' in line:
            yield Fault(offset, "chain-rollback", f"when entry {number} was made, entries before it had been lost")

    def _last(self, number: int, offset: int, line: bytes) -> Iterator[Fault]:
        """Read the last entry, and check its signature."""
        try:
            entry = Entry.read(line)
        except EntryError as error:
            yield Fault(offset, "chain-entry", f"entry {number}: {error}")
            return
        if entry.number != number:
            message = f"entry {number} is numbered {entry.number}: entries were removed, inserted or moved"
            yield Fault(offset, "chain-order", message)
        yield from _signature(number, offset, entry)

    def _entry(self, offset: int, number: int, entry: Entry, before: Head) -> Iterator[Fault]:
        if self._every_signature:
            yield from _signature(number, offset, entry)
        if entry.number != number:
            message = f"entry {number} is numbered {entry.number}: entries were removed, inserted or moved"
            yield Fault(offset, "chain-order", message)
        if entry.previous != before.root:
            message = f"entry {number} does not follow the one before it: that was changed, or entries are missing"
            yield Fault(offset, "chain-order", message)
        if lost := entry.about.get("lost"):
            message = f"when entry {number} was made, the entry with the root {lost} had been lost"
            yield Fault(offset, "chain-rollback", message)
        if entry.key not in self.keys[-1:]:
            if self.keys:
                message = f"from entry {number} on the chain is signed by another key, {entry.key}"
                yield Fault(offset, "chain-key", message)
            self.keys.append(entry.key)
        for claim in entry.claims():
            known = self.known.get(claim.file)
            if claim.was != (known.sha256 if known else ""):
                message = f"entry {number} says that {claim.file} was what no entry before it says"
                yield Fault(offset, "chain-order", message)
            if claim.found and entry.about.get("kind") != _REPAIR:
                message = f"before entry {number} was made, {claim.file} had become another file, {claim.found}"
                yield Fault(offset, "chain-file", message)
            self.known[claim.file] = Known(claim.sha256 or claim.was, not claim.sha256, number)


def _signature(number: int, offset: int, entry: Entry) -> Iterator[Fault]:
    if not entry.is_signed():
        yield Fault(offset, "chain-entry", f"entry {number}: its signature is not that of its key")
