"""How the replica's server puts a site's ordinary replies on the wire, and when it keeps them."""

from __future__ import annotations

import asyncio
import http.client
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.replica.faults import Delay, Status
from tests.replica.incoming import Incoming, read_head
from tests.replica.listening import Ports, listening
from tests.replica.request import Request
from tests.replica.service import Service
from tests.replica.site import Encoding, Framing, RawReply, Reply
from tests.replica.tls import Authority

BODY = b"<p>" + b"Ha Long. " * 1500
NOW = datetime(2026, 10, 2, 11, 38, tzinfo=UTC)


@dataclass
class Canned:
    """A site that gives the same reply to all, and counts how often it was asked."""

    reply_to_all: Reply | RawReply
    asked: list[Request] = field(default_factory=list)
    name: str = "canned"
    hosts: tuple[str, ...] = ("canned.test",)

    def reply(self, request: Request) -> Reply | RawReply:
        self.asked.append(request)
        return self.reply_to_all


@dataclass
class Broken(Canned):
    """A site with a mistake in it."""

    def reply(self, request: Request) -> Reply | RawReply:
        raise LookupError("a mistake in the site")


def service_of(site: Canned) -> Service:
    return Service(lambda articles, seed, now: [site], 1, 1, now=NOW)


def incoming(*lines: str, method: str = "GET", target: str = "/", version: str = "HTTP/1.1") -> Incoming:
    head = "\r\n".join((f"{method} {target} {version}", "Host: canned.test", *lines, "", ""))
    request = read_head(bytearray(head.encode()), "http")
    assert request is not None
    return request


def answer(site: Canned, request: Incoming) -> bytes:
    return b"".join(chunk for chunk in service_of(site).answer(request).chunks if isinstance(chunk, bytes))


class OneAnswer:
    """What http.client takes for a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, *_: object) -> BytesIO:
        return BytesIO(self._data)


def read(wire: bytes, method: str = "GET") -> tuple[http.client.HTTPResponse, bytes]:
    response = http.client.HTTPResponse(OneAnswer(wire), method=method)  # type: ignore[arg-type]
    response.begin()
    return response, response.read()


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
@pytest.mark.parametrize("encoding", [None, "gzip", "deflate"])
@pytest.mark.parametrize("body", [BODY, b""], ids=["page", "empty"])
def test_every_framing_and_encoding_gives_the_body_back(
    framing: Framing, encoding: Encoding | None, body: bytes
) -> None:
    site = Canned(Reply(body=body, framing=framing, encoding=encoding))
    response, received = read(answer(site, incoming("Accept-Encoding: gzip, deflate")))
    assert response.getheader("Content-Encoding") == encoding
    assert response.getheader("Connection") == ("close" if framing == "close" else "keep-alive")
    assert (zlib.decompress(received, 47) if encoding else received) == body


def test_encoding_is_only_for_those_who_offer_it() -> None:
    site = Canned(Reply(body=BODY, encoding="gzip"))
    response, received = read(answer(site, incoming("Accept-Encoding: br")))
    assert received == BODY
    assert response.getheader("Content-Encoding") is None
    assert response.getheader("Vary") == "Accept-Encoding"


def test_http_1_0_gets_no_chunks() -> None:
    response, received = read(answer(Canned(Reply(body=BODY, framing="chunked")), incoming(version="HTTP/1.0")))
    assert received == BODY
    assert response.getheader("Transfer-Encoding") is None


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_head_has_the_headers_of_get(framing: Framing) -> None:
    site = Canned(Reply(body=BODY, framing=framing, encoding="gzip"))
    got = answer(site, incoming("Accept-Encoding: gzip"))
    assert answer(site, incoming("Accept-Encoding: gzip", method="HEAD")) == got.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


@pytest.mark.parametrize("status", [204, 304])
def test_status_without_a_body_has_none(status: int) -> None:
    reply = Reply(status, headers=(("ETag", '"1"'),), body=b"not to be sent", encoding="gzip")
    wire = answer(Canned(reply), incoming("Accept-Encoding: gzip"))
    assert wire.endswith(b'\r\nETag: "1"\r\nConnection: keep-alive\r\n\r\n')
    assert b"Content-" not in wire


def test_headers_of_the_site_are_neither_changed_nor_doubled() -> None:
    given = (("date", "yesterday"), ("SERVER", "old"), ("Content-length", "3"), ("connection", "keep-alive"))
    wire = answer(Canned(Reply(299, "Tốt".encode().decode("latin-1"), given, b"abc")), incoming())
    head = "HTTP/1.1 299 Tốt\r\ndate: yesterday\r\nSERVER: old\r\nContent-length: 3\r\nconnection: keep-alive\r\n\r\n"
    assert wire == head.encode() + b"abc"


@pytest.mark.parametrize(
    ("cacheable", "request_line", "asked"),
    [
        (True, incoming, 1),
        (False, incoming, 3),
        (True, lambda: incoming('If-None-Match: "1"'), 3),
        (True, lambda: incoming("Cookie: a=1"), 3),
        (True, lambda: incoming(method="HEAD"), 3),
    ],
    ids=["cacheable", "not-cacheable", "conditional", "cookie", "head"],
)
def test_only_plain_requests_of_cacheable_pages_are_kept(
    cacheable: bool, request_line: Callable[[], Incoming], asked: int
) -> None:
    site = Canned(Reply(body=BODY, cacheable=cacheable))
    service = service_of(site)
    assert len({service.answer(request_line()) for _ in range(3)}) == 1
    assert len(site.asked) == asked


def test_kept_pages_differ_by_address_and_offer_and_follow_the_clock() -> None:
    site = Canned(Reply(body=BODY, encoding="gzip", cacheable=True))
    service = service_of(site)
    requests = [
        incoming(),
        incoming("Accept-Encoding: gzip"),
        incoming(target="/?trang=2"),
        incoming("Connection: close"),
    ]
    for _ in range(2):
        for request in requests:
            service.answer(request)
    assert len(site.asked) == len(requests)
    service.set_now(datetime(2030, 1, 1, tzinfo=UTC))
    assert b"Date: Tue, 01 Jan 2030" in b"".join(map(to_bytes, service.answer(requests[0]).chunks))
    assert len(site.asked) == len(requests) + 1


def to_bytes(chunk: bytes | float) -> bytes:
    return chunk if isinstance(chunk, bytes) else b""


def test_faults_go_before_kept_pages_and_end_by_themselves() -> None:
    service = service_of(Canned(Reply(body=BODY, cacheable=True)))
    page = service.answer(incoming())
    service.set_faults([Status("canned.test/*", status=500, times=1), Delay("*/other", seconds=9)])
    assert service.answer(incoming()) != page
    assert service.answer(incoming()) == page
    assert service.answer(incoming(target="/other")).chunks[0] == 9


def test_mistake_in_a_site_is_kept_for_the_test_to_find(tmp_path: Path) -> None:
    service = service_of(Broken(Reply()))

    def ask(port: int) -> Any:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            connection.request("GET", "/", headers={"Host": "canned.test"})
            connection.getresponse()

    async def serve() -> None:
        async with listening(service, Authority(tmp_path), Ports(0, 0)) as ports:
            with pytest.raises(http.client.RemoteDisconnected):
                await asyncio.to_thread(ask, ports.http)

    asyncio.run(serve())
    assert len(service.errors) == 1
    assert "LookupError: a mistake in the site" in service.errors[0]
