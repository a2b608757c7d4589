"""Awkward status lines, header lines, redirects and refusals."""

from __future__ import annotations

from tests.replica.awkward_case import HOST, HTML, OK, PAGE, Awkward, awkward, head, page
from tests.replica.request import Request
from tests.replica.site import RawReply

IDN_HOST = "báo-thử.test".encode("idna").decode()  # xn--...
VIETNAMESE = "/tin-t%E1%BB%A9c/S%C6%A1n%20La"
NOTE = b"<p>moved\n"


def redirect_hop(request: Request) -> RawReply:
    """Ever further, so that no filter of addresses already seen ends it; only a maximum does."""
    hop = int(request.query.partition("hop=")[2] or 0) if request.query.removeprefix("hop=").isdecimal() else 0
    return RawReply((moved(b"302 Found", b"/redirect-endless?hop=%d" % (hop + 1)),))


def moved(status: bytes, location: bytes, body: bytes = NOTE) -> bytes:
    return page(b"Location: " + location, status=b"HTTP/1.1 " + status, body=body)


def echo(request: Request) -> RawReply:
    """What the client posted."""
    return RawReply((page(b"X-Method: " + request.method.encode("latin-1"), body=request.body),))


def page_or_head(request: Request) -> RawReply:
    whole = page()
    return RawReply((whole.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if request.method == "HEAD" else whole,))


def status(code: bytes, *lines: bytes) -> bytes:
    return page(*lines, status=b"HTTP/1.1 " + code, body=NOTE)


STATUS_LINES: tuple[Awkward, ...] = (
    awkward("odd-reason", "a reason phrase of the server's own", page(status=b"HTTP/1.1 200 Ngon lanh (100%)!")),
    awkward("no-reason", "no reason phrase and no space before it", page(status=b"HTTP/1.1 200")),
    awkward("empty-reason", "a space, then no reason phrase", page(status=b"HTTP/1.1 200 ")),
    awkward("utf8-reason", "a UTF-8 reason phrase", page(status="HTTP/1.1 200 Thành công".encode())),
    awkward("latin1-reason", "a latin-1 reason phrase", page(status=b"HTTP/1.1 200 D\xe9j\xe0 vu")),
    awkward("unknown-status", "a status nobody has registered", page(status=b"HTTP/1.1 299 Miscellaneous"), status=299),
    awkward("http-1.0", "HTTP/1.0, ended by the close", RawReply((head(b"HTTP/1.0 200 OK", HTML) + PAGE,), "close")),
    awkward(
        "http-1.0-length", "HTTP/1.0 with a length, then closed", RawReply((page(status=b"HTTP/1.0 200 OK"),), "close")
    ),
    awkward("continue-first", "100 Continue unasked, then the page", head(b"HTTP/1.1 100 Continue") + page()),
    awkward(
        "early-hints",
        "103 Early Hints with headers of their own, then the page",
        head(b"HTTP/1.1 103 Early Hints", b"Link: </style.css>; rel=preload; as=style") + page(b"X-Final: yes"),
    ),
)

HEADER_LINES: tuple[Awkward, ...] = (
    awkward(
        "two-cookies",
        "Set-Cookie twice, and once more the same",
        page(b"Set-Cookie: a=1; Path=/", b"Set-Cookie: b=2", b"Set-Cookie: b=2"),
    ),
    awkward(
        "spaced-header",
        "spaces and tabs around names and values",
        page(b"X-Spaced:   two  words  ", b"X-Tabbed:\tvalue\t", b"X-Tight:value", b"X-Early : value"),
    ),
    awkward(
        "header-without-colon", "a header line without a colon", page(b"this line has no colon", b"X-After: value")
    ),
    awkward(
        "folded-header",
        "a header folded over three lines",
        page(b"X-Folded: one\r\n  two\r\n\tthree", b"X-After: value"),
    ),
    awkward("latin1-header", "latin-1 bytes in a value", page(b"X-Place: S\xf3c Tr\xe3ng")),
    awkward("utf8-header", "UTF-8 bytes in a value", page("X-Place: Sóc Trăng".encode())),
    awkward("empty-header", "a header without a value", page(b"X-Empty:", b"X-Blank: ")),
    awkward(
        "odd-case",
        "names in odd case",
        head(OK, b"cONTENT-tYPE: text/html", b"x-lower: a", b"X-UPPER: B", b"content-LENGTH: %d" % len(PAGE)) + PAGE,
    ),
    awkward("long-header", "a header of 8 KB", page(b"X-Long: " + b"v" * 8192)),
    awkward("bare-lf", "line feeds without carriage returns", page().replace(b"\r\n", b"\n")),
    awkward("two-lengths", "the same Content-Length twice", page(b"Content-Length: %d" % len(PAGE))),
)

REDIRECTS: tuple[Awkward, ...] = (
    awkward(
        "location-utf8",
        "a redirect to an address in raw UTF-8",
        moved(b"302 Found", "/tin-tức/đích".encode()),
        status=302,
        payload=NOTE,
    ),
    awkward("location-utf8-target", "where location-utf8 leads", page(), target="/tin-t%E1%BB%A9c/%C4%91%C3%ADch"),
    awkward(
        "location-spaces",
        "a redirect to an address with spaces around and in it",
        moved(b"301 Moved Permanently", b"  /tin-t%E1%BB%A9c/S%C6%A1n La "),
        status=301,
        payload=NOTE,
    ),
    awkward(
        "redirect-body", "a redirect with a page of its own", moved(b"302 Found", b"/keep-alive", PAGE), status=302
    ),
    awkward(
        "redirect-itself", "a redirect to itself", moved(b"302 Found", b"/redirect-itself"), status=302, payload=NOTE
    ),
    awkward(
        "redirect-there",
        "a redirect to redirect-back",
        moved(b"301 Moved", b"/redirect-back"),
        status=301,
        payload=NOTE,
    ),
    awkward(
        "redirect-back",
        "a redirect to redirect-there",
        moved(b"301 Moved", b"http://awkward.test/redirect-there"),
        status=301,
        payload=NOTE,
    ),
    awkward("redirect-endless", "a redirect ever further", redirect_hop, status=302, payload=NOTE),
    awkward("redirect-no-location", "a redirect to nowhere", status(b"302 Found"), status=302, payload=NOTE),
)

STATUSES: tuple[Awkward, ...] = (
    awkward("not-found", "404", status(b"404 Not Found"), status=404, payload=NOTE),
    awkward("gone", "410", status(b"410 Gone"), status=410, payload=NOTE),
    awkward(
        "too-many",
        "429 with Retry-After in seconds",
        status(b"429 Too Many Requests", b"Retry-After: 1"),
        status=429,
        payload=NOTE,
    ),
    awkward("error", "500", status(b"500 Internal Server Error"), status=500, payload=NOTE),
    awkward(
        "unavailable",
        "503 with Retry-After as a date gone by",
        status(b"503 Service Unavailable", b"Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"),
        status=503,
        payload=NOTE,
    ),
    awkward("empty", "200 with an empty body", page(body=b""), payload=b""),
    awkward("no-content", "204", head(b"HTTP/1.1 204 No Content"), status=204, payload=b""),
    awkward(
        "not-modified",
        "304 with the headers of a body but no body",
        head(b"HTTP/1.1 304 Not Modified", HTML, b'ETag: "1"', b"Content-Length: 500"),
        status=304,
        payload=b"",
        headers=(("If-None-Match", '"1"'),),
    ),
    awkward("head", "the answer to HEAD: a length, no body", page_or_head, method="HEAD", payload=b""),
)

REQUESTS: tuple[Awkward, ...] = (
    awkward("keep-alive", "a page like any other, to ask for twice on a connection", page()),
    awkward("long-url", "an address of 8 KB", page(), target="/long-url?q=" + "a" * 8192),
    awkward("vietnamese-path", "a percent-encoded Vietnamese path", page(), target=VIETNAMESE),
    awkward("idn-host", "a host with an internationalised name", page(), target="/idn-host", host=IDN_HOST),
    awkward(
        "post",
        "what was posted comes back",
        echo,
        method="POST",
        headers=(("Content-Type", "text/plain"),),
        body="tìm=Sơn La".encode(),
        payload="tìm=Sơn La".encode(),
    ),
)

CASES = (*STATUS_LINES, *HEADER_LINES, *REDIRECTS, *STATUSES, *REQUESTS)
HOSTS = (HOST, IDN_HOST)
