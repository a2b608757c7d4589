"""One entry of a chain: what it says of files, the root of the tree over that, and its signature."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Final, Self

from archive.chain.signing import SigningKey, is_signed
from archive.chain.tree import tree_root

#: What the first entry has in place of the head before it.
NOTHING: Final = "0" * 64
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_SIGNATURE: Final = re.compile(r"[0-9a-f]{128}")
_KEYS: Final = ("leaves", "tree", "previous", "key", "signature")
_CLAIM: Final = ("file", "sha256", "records", "was", "found")


class EntryError(ValueError):
    """A line of a chain is no entry, or not as it was signed."""


@dataclass(frozen=True)
class Claim:
    """What an entry says of one file. Digests are SHA-256 in hex."""

    file: str
    #: What it is from here on; empty: it is gone.
    sha256: str
    #: What an entry before has said of it; empty: none has.
    was: str = ""
    #: What it was found to be before it was changed, where that is neither: it had been damaged.
    found: str = ""
    #: Of a WARC file, the root of the tree over its records (`archive.chain.records`); empty where it has none.
    records: str = ""

    def as_json(self) -> dict[str, str]:
        return {name: value for name in _CLAIM if (value := getattr(self, name))}

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> Self:
        """Return the claim that a leaf makes.

        :raises EntryError: if it is none.
        """
        claim = cls(**{name: content.get(name, "") for name in _CLAIM}) if content else cls("", "")
        digests = [each for each in (claim.sha256, claim.was, claim.found, claim.records) if each]
        if not isinstance(claim.file, str) or not claim.file or not (claim.sha256 or claim.was):
            raise EntryError("a leaf that says of no file what it is or was")
        if any(not isinstance(each, str) or not _HASH.fullmatch(each) for each in digests):
            raise EntryError(f"{claim.file} has a digest that is none")
        if list(content.items()) != list(claim.as_json().items()):  # a file is looked for by how its claim begins
            raise EntryError(f"what it says of {claim.file} is not in the form in which claims are written")
        return claim


@dataclass(frozen=True)
class Entry:
    """An entry: ``leaves[0]`` says which it is, when and why it was made; the others are claims."""

    leaves: Sequence[Mapping[str, Any]]
    previous: str
    #: The public key, and the signature by it; in hex.
    key: str
    signature: str

    @classmethod
    def signed(cls, about: Mapping[str, Any], claims: Sequence[Claim], previous: str, key: SigningKey) -> Self:
        """Make an entry.

        :param about: what its first leaf says.
        :param previous: the head before it.
        """
        leaves = [about, *(claim.as_json() for claim in claims)]
        tree = tree_root([canonical(leaf) for leaf in leaves]).hex()
        return cls(leaves, previous, key.public, key.sign(statement(previous, tree)))

    @classmethod
    def read(cls, line: bytes) -> Self:
        """Return the entry of a line without its line feed.

        :raises EntryError: if it is none, or not as it was signed, or if a leaf is no claim.
        """
        try:
            content = json.loads(line)
            is_as_written = isinstance(content, dict) and tuple(content) == _KEYS and canonical(content) == line
        except (ValueError, RecursionError) as error:
            raise EntryError("the line is no JSON") from error
        if not is_as_written:
            raise EntryError("the line is not in the form in which entries are written")
        leaves, tree, previous, key, signature = (content[name] for name in _KEYS)
        hashes = (tree, previous, key)
        if not all(isinstance(each, str) and _HASH.fullmatch(each) for each in hashes):
            raise EntryError("a hash or key is none")
        if not isinstance(signature, str) or not _SIGNATURE.fullmatch(signature):
            raise EntryError("the signature is none")
        if not isinstance(leaves, list) or not leaves or not all(isinstance(leaf, dict) for leaf in leaves):
            raise EntryError("it has no leaves")
        if any(isinstance(value, list | dict) for leaf in leaves for value in leaf.values()):
            raise EntryError("a leaf holds more than texts and numbers")
        if next(iter(leaves[0]), "") == _CLAIM[0]:
            raise EntryError("the first leaf, which is about the entry, is a claim")
        entry = cls(leaves, previous, key, signature)
        if tree != entry.tree:
            raise EntryError("the root of its tree is not that of what it says")
        entry.claims()
        return entry

    @cached_property
    def tree(self) -> str:
        """The root of the tree over its leaves."""
        return tree_root(self.leaf_bytes).hex()

    @cached_property
    def leaf_bytes(self) -> list[bytes]:
        return [canonical(leaf) for leaf in self.leaves]

    @property
    def about(self) -> Mapping[str, Any]:
        return self.leaves[0]

    @property
    def number(self) -> int:
        """Its place in the chain, from 1; 0 if it does not say."""
        number = self.about.get("entry")
        return number if type(number) is int else 0

    def claims(self) -> list[Claim]:
        """Return what it says of files.

        :raises EntryError: if a leaf is no claim.
        """
        return [Claim.of_json(leaf) for leaf in self.leaves[1:]]

    def is_signed(self) -> bool:
        """Return whether its signature is that of its key."""
        return is_signed(statement(self.previous, self.tree), self.signature, self.key)

    def line(self) -> bytes:
        """Return it as it is written, without its line feed."""
        values = (list(self.leaves), self.tree, self.previous, self.key, self.signature)
        return canonical(dict(zip(_KEYS, values, strict=True)))


def head_of(line: bytes) -> str:
    """Return what stands for an entry, and with it for all before it: the SHA-256 of its line without its line feed."""
    return sha256(line).hexdigest()


def statement(previous: str, tree: str) -> bytes:
    """Return what is signed."""
    return f"archive chain 1\n{previous}\n{tree}\n".encode()


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return JSON in the one form that entries have."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
