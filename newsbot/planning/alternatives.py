"""Other addresses of articles asked for at an old one: a dead host must not lose what a living one has."""

from __future__ import annotations

from typing import Final, TypeVar

from newsbot.lists.addresses import Address

#: Articles that are remembered at once, and addresses of each; the oldest are forgotten first.
_ARTICLES: Final = 10_000
_ADDRESSES: Final = 5

Value = TypeVar("Value")


class Alternatives:
    """Keeps the further addresses of an article back until the first one has answered.

    >>> old, new = Address("7", "http://old.vn/7/", 1), Address("7", "https://new.vn/7.html", 0)
    >>> alternatives = Alternatives()
    >>> [alternatives.keeps_back(address) for address in (old, new)], alternatives.after_failure("7", old.url)
    ([False, True], 'https://new.vn/7.html')
    """

    def __init__(self) -> None:
        self._pending: dict[str, list[str]] = {}
        self._lost: dict[str, str] = {}

    def keeps_back(self, address: Address) -> bool:
        """Whether not to ask at this address for now, as an older one is being asked."""
        pending = self._pending.get(address.article)
        if pending is None:
            if address.age:
                _put(self._pending, address.article, [address.url])
            return False
        if address.url not in pending and len(pending) < _ADDRESSES:
            pending.append(address.url)
        return True

    def is_second_chance(self, address: Address) -> bool:
        """Whether an article was asked for elsewhere in vain, before this address was found."""
        return self._lost.pop(address.article, address.url) != address.url

    def arrived(self, article: str) -> None:
        """Forget an article's other addresses."""
        self._pending.pop(article, None)

    def after_failure(self, article: str, url: str) -> str | None:
        """Return where to ask after an address failed; without one, wait for the next that is found."""
        pending = self._pending.pop(article, [])
        if url in pending:
            pending.remove(url)
        if not pending:
            _put(self._lost, article, url)
            return None
        following = pending.pop(0)
        if pending:
            _put(self._pending, article, [following, *pending])
        return following


def _put(entries: dict[str, Value], article: str, value: Value) -> None:
    if len(entries) >= _ARTICLES:
        del entries[next(iter(entries))]
    entries[article] = value
