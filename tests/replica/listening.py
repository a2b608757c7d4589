"""Opens the two loopback ports and serves on them until told to stop."""

from __future__ import annotations

import asyncio
import signal
import ssl
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.replica.connection import Connection
from tests.replica.service import Service
from tests.replica.tls import Authority

ADDRESS = "127.0.0.1"
TLS_PATIENCE = 5.0  # seconds for a handshake, and for a client's goodbye


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports in use."""

    http: int
    https: int


@asynccontextmanager
async def listening(service: Service, authority: Authority, wanted: Ports) -> AsyncIterator[Ports]:
    """Serves while the block runs; port 0 means any free one."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: _note_error(service, context))
    plain = await loop.create_server(lambda: Connection(service, "http"), ADDRESS, wanted.http, backlog=512)
    secure = await loop.create_server(
        lambda: Connection(service, "https"),
        ADDRESS,
        wanted.https,
        backlog=512,
        ssl=_tls(service, authority),
        ssl_handshake_timeout=TLS_PATIENCE,
        ssl_shutdown_timeout=TLS_PATIENCE,
    )
    try:
        yield Ports(_port(plain), _port(secure))
    finally:
        plain.close()
        secure.close()
        for connection in list(service.connections):
            connection.abort()
        await asyncio.sleep(0.05)  # lets the connections write what they had under way to the wire log


async def until_stopped() -> None:
    """Returns at SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


def _tls(service: Service, authority: Authority) -> ssl.SSLContext:
    """A context that changes into that of the host which the client names."""

    def choose(connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> int | None:
        host = (name or "localhost").lower()
        if service.refuses_handshake(host):
            return ssl.AlertDescription.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        connection.context = authority.context(host)
        return None

    context = authority.context("localhost")
    context.sni_callback = choose
    return context


def _port(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port


def _note_error(service: Service, context: dict[str, Any]) -> None:
    """Keeps what went wrong in a site or in the server itself, for the test to find; a client's manners are its own."""
    error = context.get("exception")
    if isinstance(error, ConnectionError | ssl.SSLError | TimeoutError):  # a client hung up or does not trust us
        return
    text = "".join(traceback.format_exception(error)) if error else str(context.get("message"))
    service.errors.append(text)
