"""Which of a source's lists a run asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from newsbot.state.resources import Resource

List = TypeVar("List")

#: Lists asked in one run, if no more of them bring articles that no other brings.
ENOUGH: Final = 6


def choose(
    lists: Mapping[str, List], known: Mapping[str, Resource], now: str, enough: int = ENOUGH
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the keys of the lists to ask now, and of those to leave for another run.

    Lists that are new, were not read to their end or are the first to name articles are always asked; of the others
    those whose time has come, one at least, the longest overdue first.

    >>> known = {name: Resource(name, "a", "section", name, step=2, next_check=name) for name in ("1", "2", "5")}
    >>> choose({"5": 0, "0": 0, "2": 0, "1": 0}, known, now="3", enough=2)
    (['0', '1'], ['5', '2'])
    """
    always = [key for key in lists if key not in known or not known[key].step or not known[key].complete]
    others = [key for key in lists if key not in always and (known[key].next_check or "") <= now]
    others.sort(key=lambda key: known[key].next_check or "")
    chosen = {*always, *others[: max(1, enough - len(always))]}
    return [key for key in lists if key in chosen], [key for key in lists if key not in chosen]
