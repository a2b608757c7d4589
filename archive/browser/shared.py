"""Answers that several pages of a run may be given: what pages look like is asked for once."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, NamedTuple

from archive.browser.connection import Reply
from archive.requisites.answer import Answer

#: Bytes kept at most, and of one answer, as it is sent; the oldest go first. What else an answer takes counts, too.
_MOST_BYTES: Final = 64 << 20
_LARGEST: Final = 4 << 20
_BESIDES: Final = 1 << 10


class SharedReply(NamedTuple):
    """An answer, and what is known of its capture."""

    reply: Reply
    answer: Answer


class SharedReplies:
    """Answers by address, of one run."""

    def __init__(self) -> None:
        self._replies: OrderedDict[str, SharedReply] = OrderedDict()
        self._bytes = 0

    def get(self, url: str) -> SharedReply | None:
        """Return the answer kept for an address."""
        return self._replies.get(url)

    def put(self, url: str, shared: SharedReply) -> None:
        """Keep an answer, unless it is large or may not be kept.

        >>> replies = SharedReplies()
        >>> replies.put("a", SharedReply(Reply(200, (("Cache-Control", "private, no-store"),)), Answer(200)))
        >>> replies.put("b", SharedReply(Reply(404), Answer(404)))
        >>> replies.get("a"), replies.get("b").answer.status
        (None, 404)
        """
        reply = shared.reply
        says = ",".join(value.lower() for name, value in reply.headers if name.lower() == "cache-control")
        if "no-store" in says or _size(url, reply) > _LARGEST or url in self._replies:
            return
        self._replies[url] = shared
        self._bytes += _size(url, reply)
        while self._bytes > _MOST_BYTES:
            address, oldest = self._replies.popitem(last=False)
            self._bytes -= _size(address, oldest.reply)


def _size(url: str, reply: Reply) -> int:
    return len(reply.body) + sum(len(name) + len(value) for name, value in reply.headers) + len(url) + _BESIDES
