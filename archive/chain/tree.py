"""Hash trees over a list of leaves, as RFC 6962 (2.1) has them: a root stands for all, a short path for one in it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

#: What is hashed before a leaf and before a pair of nodes, so that neither can be passed off as the other.
_LEAF: Final = b"\0"
_NODE: Final = b"\1"

#: What no tree has; a path in it would be longer than functions can call themselves.
_MOST_LEAVES: Final = 1 << 64


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a tree.

    >>> tree_root([b"", b"\\0", b"\\x10"]).hex()[:16]
    'aeb6bcfe274b70a1'
    """
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return _leaf(leaves[0])
    middle = _middle(len(leaves))
    return _node(tree_root(leaves[:middle]), tree_root(leaves[middle:]))


def tree_path(leaves: Sequence[bytes], number: int) -> list[bytes]:
    """Return the hashes that lead from a leaf to the root, the nearest first.

    :param number: of the leaf, from 0.
    """
    if len(leaves) <= 1:
        return []
    middle = _middle(len(leaves))
    if number < middle:
        return [*tree_path(leaves[:middle], number), tree_root(leaves[middle:])]
    return [*tree_path(leaves[middle:], number - middle), tree_root(leaves[:middle])]


def root_by_path(leaf: bytes, number: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root to which a path leads from a leaf.

    :param number: of the leaf, from 0.
    :param size: how many leaves the tree has.
    :raises ValueError: if there is no such path in such a tree.

    >>> leaves = [b"a", b"b", b"c"]
    >>> root_by_path(b"c", 2, 3, tree_path(leaves, 2)) == tree_root(leaves)
    True
    """
    if size >= _MOST_LEAVES:
        raise ValueError("no tree has so many leaves")
    if not 0 <= number < size:
        raise ValueError(f"a tree of {size} leaves has none with number {number}")
    if size == 1:
        if path:
            raise ValueError("the path is too long")
        return _leaf(leaf)
    if not path:
        raise ValueError("the path is too short")
    *nearer, last = path
    middle = _middle(size)
    if number < middle:
        return _node(root_by_path(leaf, number, middle, nearer), last)
    return _node(last, root_by_path(leaf, number - middle, size - middle, nearer))


def _middle(size: int) -> int:
    """Return the largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)


def _leaf(leaf: bytes) -> bytes:
    return sha256(_LEAF + leaf).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(_NODE + left + right).digest()
