"""One connection of a client: takes its requests one after the other and plays the answers."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections import deque
from typing import TYPE_CHECKING, cast

from tests.replica.incoming import BadRequestError, Incoming, read_body, read_head
from tests.replica.site import RawReply
from tests.replica.wirelog import Closed, WireExchange

if TYPE_CHECKING:
    from tests.replica.service import Service

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_CLOSED: dict[str, Closed] = {"keep": "kept", "close": "closed", "reset": "reset"}


class Connection(asyncio.Protocol):
    """Requests are answered in order; an answer is a row of bytes and pauses, and an end."""

    def __init__(self, service: Service, scheme: str) -> None:
        self._service = service
        self._scheme = scheme
        self._number = service.next_connection()
        self._exchanges = 0
        self._buffer = bytearray()
        self._incoming: Incoming | None = None
        self._received = b""  # the request being answered, as it came
        self._host = ""
        self._started = 0.0
        self._sent: list[bytes] = []
        self._steps: deque[bytes | float] | None = None  # None: no answer under way
        self._then = "keep"
        self._pause: asyncio.TimerHandle | None = None
        self._may_write = True
        self._over = False  # nothing more is read or answered

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._service.connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._over = True
        self._service.connections.discard(self)
        if self._pause is not None:
            self._pause.cancel()
        if self._steps is None and self._buffer:
            self._received, self._started = bytes(self._buffer), time.time()
            self._host = self._incoming.request.host if self._incoming else ""
            self._log("client")
        elif self._steps is not None:
            self._log("client")

    def data_received(self, data: bytes) -> None:
        if self._over:
            return
        self._buffer += data
        if self._steps is None:
            self._answer_requests()

    def pause_writing(self) -> None:
        self._may_write = False

    def resume_writing(self) -> None:
        self._may_write = True
        # Not at once: a transport that is closed from inside this call tells of its end twice (CPython 3.11).
        asyncio.get_running_loop().call_soon(self._resume)

    def _resume(self) -> None:
        if self._steps is not None and self._pause is None and not self._over:
            self._play()
            self._answer_requests()

    def abort(self) -> None:
        """Ends the connection at once, an answer under way included."""
        self._transport.abort()

    def _answer_requests(self) -> None:
        while self._buffer and self._steps is None and not self._over:
            try:
                incoming = self._take()
            except BadRequestError as error:
                self._received, self._host, self._incoming = bytes(self._buffer), "", None
                self._buffer.clear()
                self._begin(self._service.complain(error.status, str(error)))
                return
            if incoming is None:
                return
            self._begin(self._service.answer(incoming))

    def _take(self) -> Incoming | None:
        """The next request once it is whole; it leaves the buffer."""
        incoming = self._incoming or read_head(self._buffer, self._scheme)
        if incoming is None:
            return None
        if incoming.body_length:
            taken = read_body(self._buffer, incoming)
            if taken is None:
                if incoming.awaits_continue and self._incoming is None:
                    self._write(CONTINUE)
                self._incoming = incoming
                return None
            body, incoming.size = taken
            incoming.request = incoming.request.with_body(body)
        self._incoming = None
        self._host = incoming.request.host
        self._received = bytes(self._buffer[: incoming.size])
        del self._buffer[: incoming.size]
        return incoming

    def _begin(self, reply: RawReply) -> None:
        self._started = time.time()
        self._steps = deque(reply.chunks)
        self._then = reply.then
        self._play()

    def _play(self) -> None:
        """Sends up to the next pause; the exchange is logged before its last bytes, so that no client is faster."""
        self._pause = None
        steps = self._steps
        if steps is None or self._over:
            return
        while steps and self._may_write:
            step = steps.popleft()
            if not isinstance(step, bytes):
                self._pause = asyncio.get_running_loop().call_later(step, self._play_on)
                return
            if not steps:
                self._finish(step)
                return
            self._write(step)
        if not steps:
            self._finish(b"")

    def _play_on(self) -> None:
        self._play()
        self._answer_requests()

    def _write(self, data: bytes) -> None:
        self._transport.write(data)
        if self._service.wire_log is not None:
            self._sent.append(data)

    def _finish(self, last: bytes) -> None:
        if self._service.wire_log is not None:
            self._sent.append(last)
        self._log(_CLOSED[self._then])
        self._steps = None
        if last:
            self._transport.write(last)
        if self._then == "keep":
            return
        self._over = True
        if self._then == "reset":
            connection: socket.socket = self._transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()
        else:
            self._transport.close()

    def _log(self, closed: Closed) -> None:
        self._exchanges += 1
        if self._service.wire_log is None:
            return
        sent, self._sent = b"".join(self._sent), []
        self._service.wire_log.write(
            WireExchange(
                self._number, self._exchanges, self._scheme, self._host, self._started, time.time(),
                closed, self._received, sent,
            )
        )  # fmt: skip
