"""Cuts requests out of the bytes of a connection, leniently and within bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.replica.request import Request

MOST_HEAD = 256 * 1024  # bytes of request line and headers
MOST_BODY = 16 * 1024 * 1024  # bytes of a request's body
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]{0,1000}\r?\n")
_NOT_REUSABLE = frozenset(("if-none-match", "if-modified-since", "if-range", "range", "cookie", "authorization"))


class BadRequestError(Exception):
    """What came is not a request this server reads; `status` says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(slots=True)
class Incoming:
    """A request whose head has come, and what the connection must know about it."""

    request: Request
    size: int  # bytes of the head, later of the whole request, with blank lines before it
    keep_alive: bool
    plain: bool  # no body, no header that asks for more than the page: an answer for one is an answer for all
    accept_encoding: str
    body_length: int  # -1: chunked
    awaits_continue: bool

    @property
    def key(self) -> tuple[object, ...]:
        """What an answer that the site calls cacheable depends on."""
        request = self.request
        return (request.scheme, request.host, request.target, self.accept_encoding, self.keep_alive, request.version)


def read_head(buffer: bytearray, scheme: str) -> Incoming | None:
    r"""The request at the start of the buffer as far as its head tells, or None while that is not whole.

    >>> read_head(bytearray(b"GET /a?b HTTP/1.1\r\nHost: A.vn:80\r\n\r\n"), "http").request.url
    'http://a.vn/a?b'
    """
    start = 0
    while buffer.startswith((b"\r", b"\n"), start):
        start += 1
    end = _BLANK_LINE.search(buffer, start, MOST_HEAD)
    if end is None:
        if len(buffer) > MOST_HEAD:
            raise BadRequestError(431, "the head is too long")
        return None
    lines = buffer[start : end.start()].decode("latin-1").replace("\r\n", "\n").split("\n")
    words = lines[0].split()
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequestError(400, f"not a request line: {lines[0][:200]!r}")
    headers = []
    first: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            value = value.strip(" \t")
            headers.append((name, value))
            first.setdefault(name.strip().lower(), value)
    host, path, query = _address(words[1], first.get("host", ""))
    request = Request(words[0], scheme, host, path, query, tuple(headers), b"", words[2])
    connection = first.get("connection", "").lower()
    length = _body_length(first)
    return Incoming(
        request,
        size=end.end(),
        keep_alive="close" not in connection if words[2] != "HTTP/1.0" else "keep-alive" in connection,
        plain=words[0] == "GET" and length == 0 and _NOT_REUSABLE.isdisjoint(first),
        accept_encoding=first.get("accept-encoding", ""),
        body_length=length,
        awaits_continue=first.get("expect", "").lower() == "100-continue",
    )


def read_body(buffer: bytearray, incoming: Incoming) -> tuple[bytes, int] | None:
    """The request's body and the size of the whole request on the wire, or None while it is not whole."""
    if incoming.body_length >= 0:
        size = incoming.size + incoming.body_length
        return None if len(buffer) < size else (bytes(buffer[incoming.size : size]), size)
    if len(buffer) > MOST_BODY + MOST_HEAD:
        raise BadRequestError(413, "the body is too long")
    at, body = incoming.size, bytearray()
    while (line := _CHUNK_SIZE.match(buffer, at)) is not None:
        length = int(line[1], 16)
        if length == 0:
            end = re.compile(rb"(?:[^\r\n]+\r?\n)*\r?\n").match(buffer, line.end())
            return None if end is None else (bytes(body), end.end())
        body += buffer[line.end() : line.end() + length]
        at = line.end() + length
        at += 2 if buffer[at : at + 1] == b"\r" else 1
    if b"\n" in buffer[at : at + 1100]:
        raise BadRequestError(400, "not a chunk")
    return None


def _address(target: str, host_header: str) -> tuple[str, str, str]:
    """Host, path and query of a request.

    >>> _address("/a?b=c", "Baosonla.vn:443"), _address("http://a.vn/x", "b.vn")
    (('baosonla.vn', '/a', 'b=c'), ('a.vn', '/x', ''))
    """
    if not target.startswith("/") and "://" in target:
        try:
            parts = urlsplit(target)
        except ValueError as error:
            raise BadRequestError(400, "not an address") from error
        host_header, target = parts.netloc, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = host_header.strip().lower().rpartition("@")[2]
    path, _, query = target.partition("?")
    return (host if host.startswith("[") else host.partition(":")[0]), path, query


def _body_length(headers: dict[str, str]) -> int:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return -1
    length = headers.get("content-length", "0")
    if not length.isdecimal() or not length.isascii():
        raise BadRequestError(400, "not a Content-Length")
    if len(length) > 12 or int(length) > MOST_BODY:
        raise BadRequestError(413, "the body is too long")
    return int(length)
