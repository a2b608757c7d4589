"""The origin of the start page: pages about the archive, none of which runs a script or holds anything captured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.player.hosts import Guarded, other_name
from archive.player.player_site import Quiet, link_to_capture, link_to_player, unreadable
from newsbot.viewer import pages
from newsbot.viewer.article_view import article_view
from newsbot.viewer.calendar_view import read_day, years
from newsbot.viewer.captures_view import captures_view
from newsbot.viewer.catalogue import Catalogue
from newsbot.viewer.search_text import LONGEST_QUERY, Query
from newsbot.viewer.snippets import snippet

#: Entries on a page of a list, and on the start page.
_PAGE_SIZE, _NEWEST = 25, 12
_MOST_PAGES: Final = 10_000
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True)
class Shelf:
    """What the pages show.

    :param key: names the package that the player plays now.
    :param lists: by source, the addresses of its lists: sections, feeds, sitemaps.
    :param data: the data folder as it is typed in a command, empty where there is none.
    :param quiet: held while a page is made.
    """

    catalogue: Catalogue
    collection: Collection
    key: Callable[[], str]
    title: str
    lists: Mapping[str, Sequence[str]]
    data: str
    quiet: Quiet


class StartSite:
    """The ASGI app of the start page's origin.

    :param player: the port of the player's origin, on the other name than that under which this one is asked: captured
        scripts can fill a browser's store of cookies for the name they run under, whatever the port.
    """

    def __init__(self, shelf: Shelf, player: int):
        self._shelf, self._player = shelf, player
        self._catalogue = shelf.catalogue

    def app(self, port: int) -> ASGIApp:
        routes = [
            Route("/", self._quietly(self._start)),
            Route("/source/{name}", self._quietly(self._source)),
            Route("/day/{day}", self._quietly(self._day)),
            Route("/search", self._quietly(self._search)),
            Route("/article/{id:path}", self._quietly(self._article)),
            Route("/captures", self._quietly(self._captures)),
            Route("/style.css", self._style),
        ]
        handlers: dict[Any, Any] = {HTTPException: self._not_found, ArchiveError: unreadable}
        return Guarded(Starlette(routes=routes, exception_handlers=handlers), port, _HEADERS, alone=True)

    def _quietly(self, answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """Return what answers from the archive as it is now, and stays meanwhile."""

        def quietly(request: Request) -> Response:
            with self._shelf.quiet():
                self._catalogue.refresh()
                return answer(request)

        return quietly

    def _start(self, request: Request) -> Response:
        newest = self._catalogue.newest(0, _NEWEST)
        return self._page(
            request,
            "start",
            sources=self._catalogue.sources(),
            newest=newest,
            years=years(self._catalogue.days()),
            of_files=not self._shelf.data,
        )

    def _source(self, request: Request) -> Response:
        name = request.path_params["name"]
        source = next((each for each in self._catalogue.sources() if each.name == name), None)
        if source is None:
            raise HTTPException(404)
        number = _page_number(request)
        shown = self._catalogue.newest((number - 1) * _PAGE_SIZE, _PAGE_SIZE + 1, name)
        return self._page(
            request,
            "source",
            source=source,
            shown=shown[:_PAGE_SIZE],
            years=years(self._catalogue.days(name)),
            lists=self._shelf.lists.get(name, ()),
            paging=pages.paging(request.url, number, has_more=len(shown) > _PAGE_SIZE),
        )

    def _day(self, request: Request) -> Response:
        day = read_day(request.path_params["day"])
        if day is None:
            raise HTTPException(404)
        source, number = request.query_params.get("source", ""), _page_number(request)
        shown = self._catalogue.of_day(day.isoformat(), (number - 1) * _PAGE_SIZE, _PAGE_SIZE + 1, source)
        days = [*self._catalogue.days(source)]
        return self._page(
            request,
            "day",
            day=day.isoformat(),
            source=source,
            shown=shown[:_PAGE_SIZE],
            before=max((each for each in days if each < day.isoformat()), default=""),
            after=min((each for each in days if each > day.isoformat()), default=""),
            paging=pages.paging(request.url, number, has_more=len(shown) > _PAGE_SIZE),
        )

    def _search(self, request: Request) -> Response:
        typed = request.query_params.get("q", "")[:LONGEST_QUERY]
        source, number = request.query_params.get("source", ""), _page_number(request)
        query = Query.read(typed)
        found = self._catalogue.search(query, (number - 1) * _PAGE_SIZE, _PAGE_SIZE, source)
        lines = {each.number: self._catalogue.line(each) or {} for each in found.shown}
        texts = {number: pages.text_of(line) for number, line in lines.items()}
        return self._page(
            request,
            "search",
            q=typed,
            query=query,
            source=source,
            found=found,
            sources=[each.name for each in self._catalogue.sources()],
            snippets={number: snippet(text, query) for number, text in texts.items()},
            paging=pages.paging(request.url, number, has_more=number * _PAGE_SIZE < found.total),
        )

    def _article(self, request: Request) -> Response:
        view = article_view(request.path_params["id"], self._catalogue, self._shelf.collection, self._shelf.data)
        if view is None:
            raise HTTPException(404)
        return self._page(request, "article", article=view)

    def _captures(self, request: Request) -> Response:
        url, month = request.query_params.get("url", ""), request.query_params.get("month", "")
        view = captures_view(self._shelf.collection.index, url, month)
        if view is None:
            raise HTTPException(404)
        return self._page(request, "captures", captures=view)

    def _style(self, request: Request) -> Response:
        return Response(pages.style(), media_type="text/css; charset=utf-8")

    def _not_found(self, request: Request, error: HTTPException) -> Response:
        return self._page(request, "not_found", error.status_code)

    def _page(self, request: Request, name: str, status: int = 200, **values: Any) -> Response:
        origin = f"http://{other_name(str(request.url.hostname))}:{self._player}"
        key = self._shelf.key()

        def replay(url: str, date: str) -> str:
            return link_to_capture(origin, key, url, date)

        text = pages.render(
            name, title=self._shelf.title, replay=replay, player=link_to_player(origin, key), **{"q": ""} | values
        )
        return HTMLResponse(text, status)


def _page_number(request: Request) -> int:
    """Return which page of a list is asked for; what is no number is the first."""
    text = request.query_params.get("page", "1")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 1
    return min(max(number, 1), _MOST_PAGES)
