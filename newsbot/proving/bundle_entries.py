"""The entries of the chain that a package holds: those alone that name its files, in the order of the chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from archive.chain.entry import NOTHING, Claim, Entry, head_of
from archive.chain.signing import public_pem
from newsbot.chaining.places import WARC
from newsbot.proving.checked import Checked
from newsbot.proving.in_chain import signature_check


def read_entries(text: bytes) -> list[Entry]:
    """Read the entries of a package.

    :raises ValueError: if a line is none.
    """
    *lines, rest = text.split(b"\n")
    if rest:
        raise ValueError("the last entry of the chain is cut off")
    return [Entry.read(line) for line in lines]


def entries_checks(entries: Sequence[Entry], pem: str, key: str) -> Iterator[Checked]:
    """Check that entries are signed, in their order, by one key, that which the package names.

    :param pem: the key that the package names.
    :param key: the public key that the archive is known from elsewhere to have; empty for none.
    """
    wrong = _wrong_order(entries)
    yield Checked("signature", False, wrong) if wrong else signature_check(entries)
    keys = {entry.key for entry in entries}
    if len(keys) != 1 or (key and keys != {key}) or public_pem(next(iter(keys))) != pem:
        other = f", not {key}" if key else ""
        yield Checked("key", False, f"the entries are signed by {', '.join(sorted(keys)) or 'nobody'}{other}")
    else:
        known = "as expected" if key else "compare it with what you know of the archive (--expect-key)"
        yield Checked("key", True, f"{next(iter(keys))}: {known}")


def last_claims(entries: Sequence[Entry]) -> dict[str, Claim]:
    """Return what the entries say last of each file; a WARC file that has left the archive is what it was."""
    claims = (claim for entry in entries for claim in entry.claims())
    return {claim.file: claim for claim in claims if claim.sha256 or not claim.file.startswith(WARC)}


def _wrong_order(entries: Sequence[Entry]) -> str:
    """Return how entries are not as they follow each other in a chain; empty if they are.

    What an entry says of a file holds until a later one says something else, so their order counts as much as they do.
    """
    if any(entry.number < 1 or (entry.number == 1) != (entry.previous == NOTHING) for entry in entries):
        return "an entry does not have its number in the chain"
    for before, entry in pairwise(entries):
        if entry.number <= before.number:
            return f"entry {entry.number} does not stand behind entry {before.number} in the chain"
        if entry.number == before.number + 1 and entry.previous != head_of(before.line()):
            return f"entry {entry.number} does not follow the entry {before.number} that is here"
    return ""
