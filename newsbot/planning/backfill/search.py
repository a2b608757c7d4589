"""Where in a long list of pages, newest first, a day is: found by halving, not by walking there."""

from __future__ import annotations


class Search:
    """Looks for the last page that is still too new. The first page is known to be too new.

    >>> search, asked = Search(hint=40), []
    >>> while page := search.page():
    ...     asked.append(page)
    ...     search.note(page, too_new=page < 700)
    >>> asked, search.start
    ([40, 80, 160, 320, 640, 1280, 960, 800, 720, 680, 700, 690, 695, 697, 698, 699], 699)

    :param hint: the greatest page that the list itself shows, which need not be the last.
    """

    def __init__(self, hint: int | None = None):
        #: A page that is too new; where the walk has to begin in the end.
        self.start = 1
        self._hint = hint if hint and hint > 1 else 2
        self._end: int | None = None

    def page(self) -> int | None:
        """Return the page to look at next; None when the place is found."""
        if self._end is None:
            return self._hint if self.start < self._hint else self.start * 2
        return (self.start + self._end) // 2 if self._end - self.start > 1 else None

    def note(self, page: int, *, too_new: bool) -> None:
        """Note what a page is; one that is not there, or of which nothing is known, is not too new."""
        if too_new:
            self.start = page
        else:
            self._end = page
