"""A page that is read once, here or elsewhere, though several ask for it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Final

from archive.http.exchange import Capture
from newsbot.items import Article
from newsbot.reading.page_kinds import PageKind

#: What an article's page is; None if it is not read.
Found = Article | PageKind | None
#: Of a response's meta.
READ_ONCE: Final = "read_once"


class ReadOnce:
    """What stands on a captured page. Whoever asks gets an article of its own, to do with as it likes.

    :param source: whose page it is; empty if that is told by who asks first.
    :param elsewhere: gives what has been read elsewhere, pickled; None if it has to be read here.
    """

    def __init__(self, source: str = "", elsewhere: Callable[[], bytes | None] = lambda: None):
        self._source, self._elsewhere = source, elsewhere
        self._pickled: bytes | None = None

    def page(self, source: str, capture: Capture, read: Callable[[], Found]) -> Found:
        """Return what a source's spider finds on the page.

        :param capture: for the article.
        :param read: reads it here.
        :raises ReadingLimitError: if it could not be read elsewhere, and must not be read here.
        """
        if source != (self._source or source):
            return read()
        self._source = source
        if self._pickled is None:
            self._pickled = self._elsewhere()
        if self._pickled is None:
            found = read()
            self._pickled = None if found is None else pickle.dumps(found)
            return found
        taken: Found = pickle.loads(self._pickled)  # noqa: S301  # of this command's own processes
        if isinstance(taken, Article):
            taken.capture = capture
        return taken
