"""Two origins on loopback, served by one process until it is told to stop."""

from __future__ import annotations

import asyncio
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


class _BrokenOffIsSaid(logging.Filter):
    """Leaves out what uvicorn says of an answer that was broken off: why it was has been said."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "without completing response" not in record.getMessage()


class _ByPort:
    """Hands each request to the app of the port at which it came."""

    def __init__(self, apps: dict[int, ASGIApp]):
        self._apps = apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._apps[scope["server"][1]](scope, receive, send)


def listen(*ports: int) -> list[socket.socket]:
    """Return sockets that listen on loopback.

    :param ports: 0 for any that is free.
    :raises ArchiveError: if one is taken.
    """
    with ExitStack() as opened:
        sockets = []
        for port in ports:
            each = opened.enter_context(socket.socket())
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                each.bind((HOST, port))
            except (OSError, OverflowError) as error:
                raise ArchiveError(f"--port: cannot listen on {HOST}:{port}: {error}") from error
            each.listen()
            sockets.append(each)
        opened.pop_all()
    return sockets


def serve(sockets: list[socket.socket], apps: list[ASGIApp], ready: Callable[[], object]) -> None:
    """Serve an app on each socket until SIGINT or SIGTERM.

    :param ready: called when the first request can come.
    """
    by_port = {each.getsockname()[1]: app for each, app in zip(sockets, apps, strict=True)}
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
    )
    logging.getLogger("uvicorn.error").addFilter(_BrokenOffIsSaid())
    server = _Server(config)

    async def run() -> None:
        asyncio.get_running_loop().call_soon(ready)
        await server.serve(sockets)

    asyncio.run(run())
