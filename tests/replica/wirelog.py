"""The wire log: the exact HTTP bytes of each exchange, inside TLS where there is TLS, in the order they ended.

A frame is one line of JSON that says how many bytes were received and sent, then those bytes, then a line feed. A frame
is written with one system call just before the last bytes of its answer leave, so that a client which has its answer
finds the exchange in the log, and a killed server leaves a readable file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Literal

Closed = Literal["kept", "closed", "reset", "client"]


@dataclass(frozen=True, slots=True)
class WireExchange:
    """One request and its answer, as bytes.

    `sent` is what was handed to the connection: a client that went away early has a prefix of it. `closed` says what
    happened to the connection afterwards: kept open, closed or reset by the server, or given up by the client.
    Times are seconds since 1970: `started` when the request was whole, `ended` when the answer's last bytes left.
    """

    connection: int  # 1, 2, ... within the server
    exchange: int  # 1, 2, ... on that connection
    scheme: str
    host: str
    started: float
    ended: float
    closed: Closed
    received: bytes
    sent: bytes

    @property
    def target(self) -> str:
        """The request's target, latin-1; empty where no request line came.

        >>> WireExchange(1, 1, "http", "a.vn", 0.0, 0.1, "kept", b"GET /tin HTTP/1.1\\r\\n\\r\\n", b"").target
        '/tin'
        """
        words = self.received.lstrip(b"\r\n").split(b"\n", 1)[0].split()
        return words[1].decode("latin-1") if len(words) > 1 else ""

    @property
    def url(self) -> str:
        """The address asked for, from the scheme, the Host header and the target."""
        return f"{self.scheme}://{self.host}{self.target}"


class WireLog:
    """Appends exchanges to a file that is never buffered in this process."""

    def __init__(self, file: Path) -> None:
        self._descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write(self, exchange: WireExchange) -> None:
        frame = memoryview(to_frame(exchange))
        while frame:
            frame = frame[os.write(self._descriptor, frame) :]

    def close(self) -> None:
        os.close(self._descriptor)


def to_frame(exchange: WireExchange) -> bytes:
    """One exchange as the bytes of its frame."""
    header = asdict(exchange) | {"received": len(exchange.received), "sent": len(exchange.sent)}
    return b"".join((json.dumps(header).encode(), b"\n", exchange.received, exchange.sent, b"\n"))


def read_wire_log(path: Path) -> list[WireExchange]:
    """All exchanges of a wire log; a torn frame at the end, left by a killed server, is not one."""
    with path.open("rb") as file:
        return list(_frames(file))


def _frames(file: BinaryIO) -> Iterator[WireExchange]:
    while (line := file.readline()).endswith(b"\n"):
        header = json.loads(line)
        received, sent = file.read(header["received"]), file.read(header["sent"])
        if file.read(1) != b"\n":
            return
        yield WireExchange(**header | {"received": received, "sent": sent})
