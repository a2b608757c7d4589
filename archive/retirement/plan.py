"""Decides which WARC files can leave, and which have to stay because others need them."""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from archive.collection import Collection
from archive.retirement.originals import NAME
from archive.retirement.references import FileTimes, Need, needs, spans


@dataclass
class Plan:
    """What becomes of the files all of whose captures are old enough."""

    spans: dict[str, FileTimes]

    @property
    def unindexed(self) -> dict[str, str]:
        """Files that stay because the index does not have all of their captures, with the reason for that."""
        return {name: span.unindexed for name, span in sorted(self.spans.items()) if span.unindexed}

    #: Files that leave, in the order of their names.
    leaving: list[str] = field(default_factory=list)
    #: Files that stay, each with the files that hold revisits of its records.
    staying: dict[str, set[str]] = field(default_factory=dict)
    #: Records of files that stay, file and offset, to which files that leave refer.
    borrowed: set[tuple[str, int]] = field(default_factory=set)
    #: Records of files that leave to which files that stay refer: only copies of them stay.
    left_behind: set[tuple[str, int]] = field(default_factory=set)
    #: Files beside the collection's that cannot be read, and why: nobody can tell what they need, so that all stays.
    unread: dict[str, str] = field(default_factory=dict)


def plan(collection: Collection, before: str, damaged: Several[str] = (), *, keep_originals: bool = False) -> Plan:
    """Find out what can leave.

    :param before: digits of a time: files whose captures are all older may leave.
    :param damaged: files that are to stay whatever their age.
    :param keep_originals: whether a copy of the records that are needed shall stay, instead of their files.
    :raises ArchiveError: if index, store or a file cannot be read.
    """
    found = spans(collection, before)
    fixed = {NAME, *damaged, *(name for name, span in found.items() if span.unindexed)}
    old = {name for name, span in found.items() if span.last and span.last < before and name not in fixed}
    unread: dict[str, str] = {}
    needed = list(needs(collection, found, unread))
    if unread:
        return Plan(found, unread=unread)
    if not keep_originals:
        return settled(found, old, needed)
    inward = {(need.original, need.offset) for need in needed if need.original in old and need.file not in old}
    return replace(settled(found, old, (need for need in needed if need.file in old)), left_behind=inward)


def settled(found: dict[str, FileTimes], old: Several[str], needed: Iterable[Need]) -> Plan:
    """Let stay what files that stay need, and what those need in turn.

    >>> chain = [Need("new", "b", 7), Need("b", "a", 5), Need("d", "c", 3), Need("d", "new", 1)]
    >>> plan = settled({}, {"a", "b", "c", "d"}, chain)
    >>> plan.leaving, plan.staying, plan.borrowed
    (['c', 'd'], {'b': {'new'}, 'a': {'b'}}, {('new', 1)})
    """
    needed = list(needed)
    originals: dict[str, set[str]] = {}
    for need in needed:
        originals.setdefault(need.file, set()).add(need.original)
    leaving, staying = set(old), dict[str, set[str]]()
    remaining = [file for file in originals if file not in leaving]
    while remaining:
        file = remaining.pop()
        for original in originals.get(file, set()).intersection(old):
            staying.setdefault(original, set()).add(file)
            if original in leaving:
                leaving.remove(original)
                remaining.append(original)
    borrowed = {
        (need.original, need.offset) for need in needed if need.file in leaving and need.original not in leaving
    }
    return Plan(found, sorted(leaving), staying, borrowed)
