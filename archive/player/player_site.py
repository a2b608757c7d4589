"""The origin in which captured pages run: ReplayWeb.page, the package it plays, and the list of pages it asks for.

Captured scripts run in it, too, so nothing else is to be had here. ReplayWeb.page (AGPL) is no part of this project:
its files are served from where `make player` puts them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from archive.errors import ArchiveError, BusyError
from archive.index.index import digits
from archive.player.hosts import BrokenOffError, Guarded
from archive.player.ranges import Range, read_range_header
from archive.player.shut_in import PAGE_SCRIPT, PLAYERS_WORKER, WORKER
from archive.player.virtual_wacz import VirtualWacz

#: What of the player is served, and as what: its scripts hold characters beyond ASCII.
FILES: Final = {
    "ui.js": "text/javascript; charset=utf-8",
    "adblock/adblock.gz": "application/gzip",
}
_SCRIPT: Final = FILES["ui.js"]
#: A player of Flash that each page is told to load before its own scripts; in its place is a script of ours.
_NO_FLASH: Final = "/ruffle/ruffle.js"
_PAGE_SIZE: Final = 25
_MOST_PAGES: Final = 1000
_INDEX: Final = """<!doctype html>
<html lang="en" class="no-overflow">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Replay</title>
<link rel="icon" href="data:,">
<script src="/ui.js"></script>
</head>
<body><replay-app-main></replay-app-main></body>
</html>
"""
#: Nothing is loaded from elsewhere and nobody else shows it in a frame; the player builds itself out of inline parts.
_POLICY: Final = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'self'; base-uri 'self'; "
    "form-action 'self'"
)
_HEADERS: Final = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


#: Gives a time in which nobody rewrites the archive; raises `BusyError` while somebody does.
Quiet = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class ListedPage:
    """A captured page in the player's list; ``date`` is a WARC-Date."""

    id: str
    url: str
    date: str
    title: str


class PageList(Protocol):
    """Answers what a player asks of the pages in a package; the newest come first."""

    def pages(self, offset: int, limit: int) -> tuple[list[ListedPage], int]:
        """Return some of all pages, and their number."""

    def found(self, text: str, offset: int, limit: int) -> tuple[list[ListedPage], int]:
        """Return some of the pages that hold a text, and their number."""

    def of_url(self, url: str, limit: int) -> list[ListedPage]:
        """Return the captures of a URL."""


def missing(folder: Path) -> list[Path]:
    """Return which of the player's files that it cannot do without are not in a folder."""
    return [path for name in ("ui.js", "sw.js") if not (path := folder / name).is_file()]


def link_to_capture(origin: str, key: str, url: str, date: str) -> str:
    """Return the address at which the player shows a capture.

    The package's key is a part of what the player takes for its name: a package that has grown is another.

    >>> link_to_capture("http://127.0.0.1:8091", "k", "http://a.vn/?b=1", "2026-11-22T03:04:05Z")
    'http://127.0.0.1:8091/?source=/archive-k.json#view=pages&url=http%3A%2F%2Fa.vn%2F%3Fb%3D1&ts=20261122030405'
    """
    return f"{link_to_player(origin, key)}#view=pages&url={quote(url, safe='')}&ts={digits(date)}"


def link_to_player(origin: str, key: str) -> str:
    """Return the address at which the player shows its list of pages."""
    return f"{origin}/?source=/archive-{key}.json"


class PlayerSite:
    """The ASGI app of the player's origin.

    :param folder: with the files of ReplayWeb.page.
    :param package: gives the package as it is now.
    :param named: gives the package of a key, also one to which files have been added since.
    :param quiet: held while the archive is read, but not while an answer is sent, however long that takes.
    """

    def __init__(
        self,
        folder: Path,
        pages: PageList,
        package: Callable[[], VirtualWacz],
        named: Callable[[str], VirtualWacz | None],
        title: str,
        quiet: Quiet,
    ):
        self._folder, self._pages, self._package, self._named, self._title = folder, pages, package, named, title
        self._quiet = quiet

    def app(self, port: int) -> ASGIApp:
        routes = [
            Route("/", self._index),
            Route("/replay/", self._index),
            Route("/archive-{key}.json", self._archive),
            Route("/wacz/{key}.wacz", self._wacz),
            Route("/pages", self._query),
            Route(_NO_FLASH, self._page_script),
            Route(PLAYERS_WORKER, self._players_worker),
            *(Route(f"{folder}/sw.js", self._worker) for folder in ("", "/replay")),
            *(Route(f"{folder}/{name}", self._file) for folder in ("", "/replay") for name in FILES),
        ]
        starlette = Starlette(routes=routes, exception_handlers={ArchiveError: unreadable})
        return Guarded(starlette, port, _HEADERS, alone=False)

    def _index(self, request: Request) -> Response:
        return HTMLResponse(_INDEX, headers={"Content-Security-Policy": _POLICY})

    def _file(self, request: Request) -> Response:
        name = request.url.path.removeprefix("/replay").removeprefix("/")
        return self._of_player(name, FILES[name])

    def _of_player(self, name: str, media_type: str) -> Response:
        path = self._folder / name
        return FileResponse(path, media_type=media_type) if path.is_file() else PlainTextResponse("not here\n", 404)

    def _worker(self, request: Request) -> Response:
        return Response(WORKER, media_type=_SCRIPT, headers={"Service-Worker-Allowed": "/"})

    def _players_worker(self, request: Request) -> Response:
        return self._of_player("sw.js", _SCRIPT)

    def _page_script(self, request: Request) -> Response:
        return Response(PAGE_SCRIPT, media_type=_SCRIPT)

    def _archive(self, request: Request) -> Response:
        with self._quiet():
            package = self._package()
            _, total = self._pages.pages(0, 0)
        address = f"/wacz/{package.key}.wacz"
        resource = {"name": f"{package.key}.wacz", "path": address, "hash": f"sha256:{package.key * 4}", "crawlId": "1"}
        return JSONResponse(
            {
                "profile": "multi-wacz-package",
                "title": self._title,
                "resources": [resource | {"bytes": package.size}],
                "pagesQueryUrl": f"{request.url.scheme}://{request.headers['host']}/pages",
                "totalPages": total,
            }
        )

    async def _wacz(self, request: Request) -> Response:
        package = await run_in_threadpool(self._quietly_named, request.path_params["key"])
        if package is None:
            return PlainTextResponse("not here\n", 404)
        headers = {"Accept-Ranges": "bytes"}
        try:
            part = read_range_header(request.headers.get("range"), package.size)
        except ValueError:
            return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{package.size}"})
        start, end = part or Range(0, package.size)
        headers["Content-Length"] = str(end - start)
        if part:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{package.size}"
        if request.method == "HEAD":
            return Response(status_code=206 if part else 200, headers=headers, media_type="application/wacz")
        if part is None:
            await run_in_threadpool(package.complete)
        body = _streamed(package.chunks(start, end))
        return StreamingResponse(body, 206 if part else 200, headers, media_type="application/wacz")

    def _quietly_named(self, key: str) -> VirtualWacz | None:
        with self._quiet():
            return self._named(key)

    def _query(self, request: Request) -> Response:
        with self._quiet():
            return self._asked(request)

    def _asked(self, request: Request) -> Response:
        asked = request.query_params
        size = min(_number(asked.get("pageSize"), _PAGE_SIZE), _MOST_PAGES)
        offset = (_number(asked.get("page"), 1) - 1) * size
        if url := asked.get("url"):
            found = self._pages.of_url(url, size)
            total = len(found)
        elif text := asked.get("search", "").strip():
            found, total = self._pages.found(text, offset, size)
        else:
            found, total = self._pages.pages(offset, size)
        name = f"{self._package().key}.wacz"
        return JSONResponse({"total": total, "items": [_item(page, name) for page in found]})


def _item(page: ListedPage, package: str) -> dict[str, Any]:
    return {
        "id": page.id,
        "url": page.url,
        "title": page.title,
        "ts": f"{page.date[:19]}Z",
        "filename": package,
        "mime": "text/html",
        "status": 200,
        "depth": 0,
        "isSeed": True,
    }


def _number(text: str | None, default: int) -> int:
    """Return a number from 1 on; what is none is the default.

    >>> _number("3", 1), _number("-3", 1), _number("x", 25), _number(None, 25), _number("9" * 5000, 1)
    (3, 1, 25, 25, 1)
    """
    if not text or len(text) > 9 or not text.isdecimal():
        return default
    return int(text) or default


async def _streamed(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    try:
        async for chunk in iterate_in_threadpool(chunks):
            yield chunk
    except ArchiveError as error:
        raise BrokenOffError(str(error)) from error


def unreadable(request: Request, error: Exception) -> Response:
    """Answer with what is wrong; while the archive is being rewritten, that it should be asked again."""
    if isinstance(error, BusyError):
        return PlainTextResponse(f"{error}\n", 503, {"Retry-After": "10"})
    return PlainTextResponse(f"{error}\n", 500)
