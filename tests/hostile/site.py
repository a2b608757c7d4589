"""A server that sends what no honest one would, byte for byte, and good pages in between."""

from __future__ import annotations

import gzip
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

HOST = "baothudich.vn"
SENTENCE = "Nước sông dâng cao từ đêm qua làm ngập nhiều tuyến đường ven sông, hàng trăm hộ dân phải chuyển đồ lên gác."


def page(inside: str, *, head: str = "", number: int = 0) -> bytes:
    return (
        f"<html><head><title>Lũ về trong đêm {number}</title>{head}</head><body><h1>Lũ về trong đêm {number}</h1>"
        f"<p class=ngay>22/11/2026 07:13</p><div id=noidung><p>{SENTENCE} {number}</p>{inside}</div></body></html>"
    ).encode()


def answer(body: bytes, *lines: str, status: str = "200 OK", length: bool = True) -> bytes:
    sized = (f"Content-Length: {len(body)}",) if length else ()
    head = "\r\n".join((f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", *lines, *sized, "", ""))
    return head.encode() + body


#: Articles whose pages can be read: what is odd about them costs nothing.
READ: dict[str, bytes] = {
    "tot": answer(page("", number=1)),
    "tot nhat": answer(page(f"<p>{SENTENCE}</p>", number=2)),
    "tags": answer(page("</b>" * 100_000, number=3)),
    "base": answer(page("<img src=a.jpg>" * 3_000, head=f"<base href='http://{HOST}/{'x' * 60_000}/'>", number=4)),
    "zlib": answer(page("", number=5)).replace(b"utf-8", b"zlib_codec"),
    "heavy": answer(page("<p>a" * 20_000, number=6)),
    "json": answer(page(f"<script type='application/ld+json'>{'[' * 100_000}</script>", number=7)),
    "pictures": answer(page("".join(f"<img src={n}.jpg>" for n in range(20_000)), number=8)),
    "options": answer(page("<option>" * 100_000, number=20)),
    "lines": answer(page("", number=9), *(f"Set-Cookie: a{n}" for n in range(3_000))),
    "dates": answer(page("", number=10), f"Age: {'9' * 5_000}", f"Date: {'1' * 5_000}", f"ETag: {'e' * 9_000}"),
    "validators": answer(page("", number=11), f"Last-Modified: {'9' * 5_000}", f"Retry-After: {'9' * 5_000}"),
}
#: Articles whose pages are kept, but take more to read than any may.
UNREAD: dict[str, bytes] = {
    "deep": answer(page("<b><i>" * 50_000, number=21)),
    "tables": answer(page("<table><tr><td>" * 20_000, number=22)),
    "bomb": answer(gzip.compress(page("", number=23) + b"<p>a" * 8_000_000, 9), "Content-Encoding: gzip"),
}
#: A page that takes its reader all the time that it may.
SLOW: dict[str, bytes] = {
    "attributes": answer(page(f"<p {' '.join(f'a{n}' for n in range(300_000))}>", number=40)),
}
#: Answers that are no HTTP, or more of it than is read.
UNHEARD: dict[str, bytes] = {
    "status": b"HTTP/1.1 " + b"2" * 5_000 + b" OK\r\nContent-Length: 0\r\n\r\n",
    "version": b"HTTP/" + b"1" * 5_000 + b".1 200 OK\r\n\r\n<p>a",
    "length": answer(b"<p>a", f"Content-Length: {'9' * 5_000}", length=False),
    "chunk": answer(b"1" * 5_000 + b"\r\na\r\n0\r\n\r\n", "Transfer-Encoding: chunked", length=False),
    "chunks": answer(b"1\r\na\r\n" * 400_000 + b"0\r\n\r\n", "Transfer-Encoding: chunked", length=False),
    "coding": answer(b"<p>a", "Transfer-Encoding: " + "x" * 3_000, length=False),
    "header lines": answer(page("", number=30), *(f"A{n}: b" for n in range(20_000))),
    "endless head": b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 300_000,
    "long line": b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n\r\n<p>a",
    "noise": bytes(range(256)) * 400,
    "nothing": b"\n",
}
NUMBERS = {name: number for number, name in enumerate([*READ, *UNREAD, *UNHEARD, *SLOW], start=100)}
ALL = (*READ, *UNREAD, *UNHEARD)


def path_of(name: str) -> str:
    return f"/lu-ve-{NUMBERS[name]}.html"


@dataclass
class HostileSite:
    """A running server, and how often each path was asked for."""

    port: int
    asked: Counter[str] = field(default_factory=Counter)
    #: Of what is named there, the lists name no more.
    names: tuple[str, ...] = ALL

    def bytes_for(self, path: str) -> bytes:
        links = "".join(f"<li><a href='{path_of(name)}'>{name}</a></li>" for name in self.names)
        if path == "/tin":
            return answer(f"<html><body><ul>{links}</ul></body></html>".encode())
        if path == "/nang":  # its links can be read all the same
            weight = "<p>a" * 30_000 if self.names == ALL else ""
            return answer(f"<html><body><ul>{links}</ul>{weight}</body></html>".encode())
        if path == "/robots.txt":
            return answer(b"User-agent: *\nCrawl-delay: " + b"0" * 5_000 + b"\n" + b"Allow: /" + b"*" * 5_000 + b"\n")
        known = {path_of(name): raw for name, raw in (READ | UNREAD | UNHEARD | SLOW).items()}
        return known.get(path) or answer(b"<p>404", status="404 Not Found")


@contextmanager
def hostile_site(names: tuple[str, ...] = ALL) -> Iterator[HostileSite]:
    """Serve on a free loopback port; each connection gets one answer."""
    listener = socket.create_server(("127.0.0.1", 0))
    site = HostileSite(listener.getsockname()[1], names=names)

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (data := connection.recv(65_536)):
                head += data
            if head:
                path = head.split()[1].decode()
                site.asked[path] += 1
                connection.sendall(site.bytes_for(path))
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65_536):
                    pass

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
