"""Two origins on loopback, served by one process until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from archive.errors import ArchiveError

HOST: Final = "127.0.0.1"
#: What else a browser may take `localhost` for.
_HOST_6: Final = "::1"
_MOST_TRIES: Final = 100
#: Maximum number of bytes of a request's head: captured scripts can have a browser send 180 cookies of 4 KB each.
_LONGEST_HEAD: Final = 1 << 20
#: Seconds that an answer under way gets when the server ends.
_GRACE: Final = 1


class _Server(uvicorn.Server):
    """Ends by SIGINT and SIGTERM as by a wish, not as an accident: the process goes on behind it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {each: signal.signal(each, self._end) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.force_exit, self.should_exit = self.should_exit, True


class _Errors(logging.Filter):
    """Leaves out what uvicorn says of requests that are none, and of answers broken off: why has been said."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR and "without completing response" not in record.getMessage()


class _ByPort:
    """Hands each request to the app of the port at which it came."""

    def __init__(self, apps: dict[int, ASGIApp]):
        self._apps = apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._apps[scope["server"][1]](scope, receive, send)


def listen(*ports: int) -> dict[int, list[socket.socket]]:
    """Return sockets that listen on loopback, by port, on each of its addresses that there is.

    :param ports: 0 for any that is free.
    :raises ArchiveError: if one is taken.
    """
    with ExitStack() as opened:
        listening = {}
        for port in ports:
            sockets = _listening(port)
            for each in sockets:
                opened.enter_context(each)
            listening[sockets[0].getsockname()[1]] = sockets
        opened.pop_all()
    return listening


def _listening(port: int) -> list[socket.socket]:
    for tries in range(_MOST_TRIES):
        first = _bound(socket.AF_INET, HOST, port)
        try:
            return [first, _bound(socket.AF_INET6, _HOST_6, first.getsockname()[1])]
        except ArchiveError as error:
            cause = error.__cause__
            if not isinstance(cause, OSError) or cause.errno != errno.EADDRINUSE:
                return [first]  # there is no IPv6 here
            first.close()
            if port or tries == _MOST_TRIES - 1:
                raise
    raise AssertionError("the last try returns or raises")


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    try:
        each = socket.socket(family)
    except OSError as error:
        raise ArchiveError(f"--port: cannot listen on {host}: {error}") from error
    try:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        each.bind((host, port))
        each.listen()
    except (OSError, OverflowError) as error:
        each.close()
        other = "; --port chooses another" if isinstance(error, OSError) and error.errno == errno.EADDRINUSE else ""
        raise ArchiveError(f"--port: cannot listen on {host}:{port}: {error}{other}") from error
    return each


def serve(listening: dict[int, list[socket.socket]], apps: list[ASGIApp], ready: Callable[[], object]) -> None:
    """Serve an app on each port until SIGINT or SIGTERM.

    :param ready: called when the first request can come.
    """
    by_port = dict(zip(listening, apps, strict=True))
    config = uvicorn.Config(
        _ByPort(by_port),
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        ws="none",
        timeout_graceful_shutdown=_GRACE,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
    )
    logging.getLogger("uvicorn.error").addFilter(_Errors())
    server = _Server(config)

    async def run() -> None:
        asyncio.get_running_loop().call_soon(ready)
        await server.serve([each for sockets in listening.values() for each in sockets])

    asyncio.run(run())
