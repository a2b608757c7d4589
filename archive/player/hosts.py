"""Keeps a server on loopback to itself: what other sites, names or methods ask for is refused."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

#: Names under which this machine may be asked. Any other has been pointed here by somebody else (DNS rebinding).
NAMES: Final = ("127.0.0.1", "localhost")
_HTTP: Final = 80
_METHODS: Final = ("GET", "HEAD")
#: What a browser says of a request that another origin has caused; a person who follows a link is welcome.
_FOREIGN: Final = ("cross-site", "same-site")


def other_name(name: str) -> str:
    """Return the other one of the two names: to a browser that is another site, with cookies of its own.

    >>> other_name("localhost"), other_name("127.0.0.1")
    ('127.0.0.1', 'localhost')
    """
    return NAMES[1 - NAMES.index(name)]


class BrokenOffError(Exception):
    """An answer cannot be given to its end; the message says why."""


class Guarded:
    """An ASGI app that answers only requests meant for it, and sends some headers with every answer.

    :param port: at which it is asked.
    :param alone: whether pages of other origins may do no more than lead a person here. A service worker asks for its
        own pages as if it were another.
    """

    def __init__(self, app: ASGIApp, port: int, headers: Mapping[str, str], *, alone: bool):
        self._app, self._alone = app, alone
        self._hosts = {f"{name}:{port}" for name in NAMES} | {*(NAMES if port == _HTTP else ())}
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        refused = self._refusal(scope["method"], Headers(scope=scope))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    sent.setdefault(name, value)
            await send(message)

        try:
            await (refused or self._app)(scope, receive, send_with_headers)
        except BrokenOffError as error:  # the server closes the connection: what is missing is not taken for whole
            logger.error("%s", error)

    def _refusal(self, method: str, headers: Headers) -> PlainTextResponse | None:
        if headers.getlist("host") not in [[host] for host in self._hosts]:
            return PlainTextResponse("this server answers to 127.0.0.1 and localhost only\n", 403)
        if self._alone and headers.get("sec-fetch-site") in _FOREIGN and headers.get("sec-fetch-dest") != "document":
            return PlainTextResponse("another site has asked for this\n", 403)
        if method not in _METHODS:
            return PlainTextResponse("there is nothing to change here\n", 405, {"Allow": ", ".join(_METHODS)})
        return None
