"""Pages that are too much for who looks after them: ten thousand pictures, endless files, scripts that never end.

Each burden is a piece of HTML and what it leads to on heavy.test. It stands there on a page of its own, and the fault
`burden` puts it at the end of any page of any site: `baosonla.vn/*=burden;load=many-pictures`.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import ClassVar

from tests.replica.awkward import AWKWARD
from tests.replica.faults import Fault, parts, pauses
from tests.replica.pictures import picture
from tests.replica.request import Request
from tests.replica.site import RawReply, Reply

HOST = "heavy.test"
HOME = f"https://{HOST}"
MANY = 10_000  # pictures of a page
ENDLESS = 1024**3  # bytes of the endless pictures
BOMB = 64 * 1024**2  # bytes of a style sheet that is a few kilobytes on the wire
STUN = 3478  # where a page asks for its own address
_BLOCK = bytes(64 * 1024)


@dataclass(frozen=True, slots=True)
class Load:
    """A burden: what it is, and the HTML that brings it."""

    what: str
    html: str


def _images(paths: Iterable[str]) -> str:
    return "".join(f'<img src="{path}" alt="">\n' for path in paths)


def _script(code: str) -> str:
    return f"<script>{code}</script>\n"


def _sheet(path: str) -> str:
    return f'<link rel="stylesheet" href="{HOME}{path}">\n'


LOADS = {
    "many-pictures": Load(
        f"{MANY} pictures, all different", _images(f"{HOME}/icon/{number:05}.gif" for number in range(MANY))
    ),
    "sheet-of-itself": Load("a style sheet that imports itself", _sheet("/self.css")),
    "endless-sheets": Load("a style sheet that imports another, and so on without end", _sheet("/deep/1.css")),
    "bomb": Load(f"a style sheet of {BOMB} bytes, a few kilobytes on the wire", _sheet("/bomb.css")),
    "endless-picture": Load("a picture that says it has 1 GB", _images([f"{HOME}/endless.jpg"])),
    "endless-chunks": Load("a picture of 1 GB that says nothing of it", _images([f"{HOME}/chunks.jpg"])),
    "redirected-inside": Load(
        "pictures that are redirects to private addresses, and pictures there",
        _images([f"{HOME}/to-metadata.jpg", f"{HOME}/to-loopback.jpg", "http://169.254.169.254/latest/meta-data/a.jpg"]),
    ),
    "redirect-loop": Load("a picture that is a redirect to itself", _images([f"{HOME}/loop.jpg"])),
    "odd-addresses": Load(
        "pictures whose addresses are not those of files on a site",
        _images(
            [
                f"{HOME}/..%2f..%2f..%2fetc%2fpasswd.jpg", f"{HOME}/{'dai-' * 2000}.jpg", "file:///etc/passwd",
                "http://[::1/a.jpg", f"https://{HOST}:99999/a.jpg", f"ftp://{HOST}/a.jpg", "javascript:alert(1)",
                "data:image/png;base64,AAAA", f"{HOME}/%ff%fe%00.jpg", "https://khong-co.invalid/a.jpg",
            ]
        ),
    ),
    "pop-ups": Load(
        "twenty windows, and one more for each click",
        _script(
            f"for (let i = 0; i < 20; i++) window.open('{HOME}/pop-up?' + i);"
            f"document.addEventListener('click', () => window.open('{HOME}/pop-up?click'));"
        ),
    ),
    "alerts": Load(
        "dialogues that wait for an answer, at once, again and again, and at the end",
        _script(
            "addEventListener('beforeunload', event => { event.preventDefault(); event.returnValue = 'Ở lại?'; });"
            "alert('Chào bạn đọc'); confirm('Bạn có muốn nhận tin?'); prompt('Tên bạn?');"
            "setInterval(() => alert('Đăng ký ngay'), 200);"
        ),
    ),
    "downloads": Load(
        "files that a browser saves",
        f'<a id="tai-ve" href="{HOME}/download.bin" download></a>\n'
        + _script(
            f"document.getElementById('tai-ve').click(); const frame = document.createElement('iframe');"
            f"frame.src = '{HOME}/download.bin?frame'; document.body.append(frame);"
        ),
    ),
    "endless-xhr": Load(
        "a question to the server as soon as the last is answered",
        _script(
            f"(async () => {{ for (let n = 0; ; n++) await fetch('{HOME}/question?n=' + n + '&_=' + Date.now()); }})();"
        ),
    ),
    "sockets": Load(
        "ways out of the page besides HTTP: WebSocket, WebRTC, WebTransport, workers, beacons",
        _script(
            f"const stun = ['stun:127.0.0.1:{STUN}', 'stun:{HOST}:{STUN}', 'turn:127.0.0.1:{STUN}?transport=tcp'];"
            f"const hidden = 'GET /hidden HTTP/1.1\\r\\nHost: {HOST}\\r\\n\\r\\n';"
            "const servers = [{urls: stun, username: 'a', credential: 'b'}]; for (const way of ["
            f"() => new WebSocket('wss://{HOST}/socket'), () => new WebSocket('ws://127.0.0.1:8080/socket'),"
            "async () => { const peer = new RTCPeerConnection({iceServers: servers}); peer.createDataChannel('a');"
            "await peer.setLocalDescription(await peer.createOffer()); },"
            f"() => new WebTransport('https://127.0.0.1:{STUN}/'), () => navigator.sendBeacon('{HOME}/beacon', hidden),"
            f"() => fetch('{HOME}/kept', {{method: 'PUT', body: 'x', keepalive: true}}),"
            "() => new Worker('/worker.js'),"
            "() => new SharedWorker('/worker.js?shared'), () => navigator.serviceWorker.register('/worker.js?service')"
            "]) (async () => way())().catch(() => 0);"
        ),
    ),
    "hints": Load(
        "what a browser is to look up, connect to or fetch before it is needed",
        f'<link rel="dns-prefetch" href="https://dns-prefetch.{HOST}/">'
        f'<link rel="preconnect" href="https://preconnect.{HOST}/"><link rel="prefetch" href="{HOME}/prefetched.html">'
        f'<link rel="prerender" href="{HOME}/prerendered.html"><link rel="preload" as="image" href="{HOME}/icon/2.gif">'
        f'<link rel="modulepreload" href="{HOME}/module.js"><a href="{HOME}/pinged.html" ping="{HOME}/ping">a</a>'
        f'<script type="speculationrules">{{"prerender": [{{"urls": ["{HOME}/speculated.html"],'
        f'"eagerness": "immediate"}}], "prefetch": [{{"urls": ["{HOME}/guessed.html"], "eagerness": "immediate"}}]}}'
        "</script>",
    ),
    "passwords": Load(
        "pictures and a frame that want a password, of the site and of a proxy",
        _images([f"{HOME}/password.gif", f"{HOME}/proxy-password.gif"]) + f'<iframe src="{HOME}/password.html">',
    ),
    "other-schemes": Load(
        "navigation to what is no site: files, the browser's own pages, pages made of their address",
        '<iframe src="file:///etc/passwd"></iframe><iframe src="data:text/html,<h1>Trong</h1>"></iframe>'
        '<iframe src="chrome://settings"></iframe><img src="file:///etc/passwd">'
        + _script(
            "addEventListener('load', () => { for (const url of ['file:///etc/passwd', 'chrome://settings',"
            "'view-source:https://heavy.test/', 'data:text/html,a', 'mailto:a@heavy.test'])"
            "try { location = url } catch { } fetch('file:///etc/passwd').catch(() => 0); });"
        ),
    ),
    "awkward-answers": Load(
        "pictures in whose place all awkward answers of the web come, but for those that take their time",
        _images(case.url for case in AWKWARD.values() if case.method == "GET" and case.outcome != "slow"),
    ),
    "leaves": Load(
        "a page that puts an empty one in its place",
        _script("addEventListener('load', () => setTimeout(() => { location = 'about:blank'; }, 0));"),
    ),
    "odd-methods": Load(
        "questions by methods that nobody has heard of, each another",
        _script(
            f"const ask = method => fetch('{HOME}/question', {{method, mode: 'same-origin'}}).catch(() => 0);"
            "for (let n = 0; n < 100; n++) ask('X' + n);"
        ),
    ),
    "huge-page": Load(
        "a script that makes the page a hundred megabytes, and a hundred thousand pixels high",
        _script(
            "const text = 'Nước lên nhanh trong đêm. '.repeat(4e5);"
            "for (let n = 0; n < 10; n++) document.body.append(document.createElement('p'), text);"
            "document.body.style.height = '100000px';"
        ),
    ),
    "own-words": Load(
        "a script that puts its own in the place of what looks at a page",
        _script(
            "const long = 'x'.repeat(3e7); String.prototype.slice = () => long; globalThis.setTimeout = () => 0;"
            "Object.defineProperty(Document.prototype, 'images', {get: () => { throw 1 }});"
            "Object.defineProperty(HTMLElement.prototype, 'innerText', {get: () => long});"
        ),
    ),
    "memory": Load(
        "a script that takes two gigabytes",
        _script("const kept = []; for (let n = 0; n < 200; n++) kept.push(new Uint8Array(1e7).fill(1));"
        "document.title = 'kept it all'"),
    ),
    "canvases": Load(
        "ever more pictures drawn by a script",
        _script(
            "const kept = []; for (let n = 0; n < 400; n++) { const canvas = document.createElement('canvas');"
            "canvas.width = canvas.height = 8000; const way = canvas.getContext('2d'); way.fillRect(0, 0, 8000, 8000);"
            "way.getImageData(0, 0, 9, 9); kept.push(canvas); document.body.append(canvas); }"
        ),
    ),
    "frames": Load(
        "frames of two hundred sites",
        "".join(f'<iframe src="https://heavy{number}.test/framed"></iframe>' for number in range(200)),
    ),
    "moves-on": Load(
        "a page that sends its reader to another site", '<meta http-equiv="refresh" content="0; url=https://elsewhere.test/landing">'
    ),
    "renames-itself": Load(
        "a page that gives itself other addresses",
        _script("for (let n = 0; n < 50; n++) history.pushState({}, '', '/renamed/' + n);"),
    ),
    "prints-itself": Load("a page that prints itself, again and again", _script("let n = 9; while (n--) print();")),
    "broken-font": Load(
        "a font of noise",
        f"<style>@font-face {{ font-family: a; src: url({HOME}/noise.woff2) }} body {{ font-family: a }}</style>",
    ),
    "endless-script": Load("a script that never ends", _script("while (true) {}")),
    "endless-script-later": Load(
        "a script that never ends, once the page is loaded",
        _script("addEventListener('load', () => setTimeout(() => { while (true) {} }, 0));"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Burden(Fault):
    """One of `LOADS` before the end of an HTML page; other answers stay as they are."""

    kind: ClassVar[str] = "burden"
    load: str = "many-pictures"

    def disturb(self, wire: RawReply) -> RawReply:
        head, body = parts(wire)
        status, *lines = head.rstrip(b"\r\n").split(b"\r\n")
        headers = {line.partition(b":")[0].lower(): line.partition(b":")[2].strip().lower() for line in lines}
        if not body or not headers.get(b"content-type", b"").startswith(b"text/html"):
            return wire
        if headers.get(b"transfer-encoding") == b"chunked":
            body = _joined(body)
        if headers.get(b"content-encoding") == b"gzip":
            body = gzip.decompress(body)
        end = body.rfind(b"</body>")
        end = len(body) if end < 0 else end
        body = body[:end] + LOADS[self.load].html.encode() + body[end:]
        framing = (b"transfer-encoding", b"content-encoding", b"content-length")
        kept = [line for line in lines if line.partition(b":")[0].lower() not in framing]
        head = b"\r\n".join((status, *kept, b"Content-Length: %d" % len(body), b"", b""))
        return RawReply((*pauses(wire), head + body), wire.then)


def _joined(chunks: bytes) -> bytes:
    r"""The body of a chunked answer.

    >>> _joined(b"3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n")
    b'abcd'
    """
    body = b""
    while chunks:
        size, _, chunks = chunks.partition(b"\r\n")
        body += chunks[: int(size, 16)]
        chunks = chunks[int(size, 16) + 2 :]
    return body


class HeavySite:
    """Plays heavy.test: a page for each burden, and what burdens lead to."""

    name = "heavy"
    hosts = (HOST,)

    def reply(self, request: Request) -> Reply | RawReply:
        path = request.path
        match path:
            case "/endless.jpg":
                head = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
                return RawReply((head % ENDLESS, *[_BLOCK] * (ENDLESS // len(_BLOCK))), "close")
            case "/chunks.jpg":
                head = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n"
                chunk = b"%x\r\n%s\r\n" % (len(_BLOCK), _BLOCK)
                return RawReply((head, *[chunk] * (ENDLESS // len(_BLOCK))), "close")
            case "/to-metadata.jpg":
                return _redirect("http://169.254.169.254/latest/meta-data/iam.jpg")
            case "/to-loopback.jpg":
                return _redirect("http://127.0.0.1:9/noi-bo.jpg")
            case "/loop.jpg":
                return _redirect(f"{HOME}/loop.jpg")
            case "/self.css":
                return _css('@import "self.css";\n@import url(/self.css?v=2);\nbody { color: #333 }\n')
            case "/bomb.css":
                headers = (("Content-Type", "text/css"), ("Content-Encoding", "gzip"))
                return Reply(headers=headers, body=_bomb(), cacheable=True)
            case "/download.bin":
                name = 'attachment; filename="../../../tmp/cai-dat.sh"'
                headers = (("Content-Type", "application/octet-stream"), ("Content-Disposition", name))
                return Reply(headers=headers, body=b"#!/bin/sh\nexit 1\n")
            case "/password.gif" | "/password.html":
                return Reply(401, headers=(("WWW-Authenticate", 'Basic realm="a"'), ("Content-Type", "text/html")))
            case "/proxy-password.gif":
                return Reply(407, headers=(("Proxy-Authenticate", 'Basic realm="a"'), ("Content-Type", "text/html")))
            case "/worker.js":
                return Reply(headers=(("Content-Type", "text/javascript"),), body=b"fetch('/question?by=worker')")
            case "/module.js":
                return Reply(headers=(("Content-Type", "text/javascript"),), body=b"export default 1\n")
            case "/noise.woff2":
                return Reply(headers=(("Content-Type", "font/woff2"),), body=b"wOF2" + bytes(range(256)) * 99)
            case "/question":
                headers = (("Content-Type", "application/json"), ("Access-Control-Allow-Origin", "*"))
                return Reply(headers=headers, body=b'{"more": true}')
        if path.startswith("/deep/") and path.endswith(".css"):
            number = path.removeprefix("/deep/").removesuffix(".css")
            return _css(f'@import url("{int(number) + 1}.css");\n') if number.isdecimal() else _missing()
        if drawn := picture(path, HOST):
            return Reply(headers=(("Content-Type", drawn[0]),), body=drawn[1], cacheable=True)
        if path == "/" or path.startswith("/pop-up") or path[1:] in LOADS:
            return self._page(path[1:])
        return _missing()

    @staticmethod
    def _page(name: str) -> Reply:
        load = LOADS.get(name)
        links = "".join(f'<li><a href="/{other}">{other}</a>: {escape(LOADS[other].what)}</li>\n' for other in LOADS)
        title = escape(load.what if load else "Pages that are too much")
        html = (
            f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8"><title>{title}</title></head><body>\n'
            f"<h1>{title}</h1>\n<ul>{'' if load else links}</ul>\n{load.html if load else ''}</body></html>\n"
        )
        return Reply(headers=(("Content-Type", "text/html; charset=utf-8"),), body=html.encode(), cacheable=True)


def _redirect(target: str) -> Reply:
    return Reply(302, headers=(("Location", target), ("Content-Type", "text/html")))


def _css(text: str) -> Reply:
    return Reply(headers=(("Content-Type", "text/css"),), body=text.encode(), cacheable=True)


def _missing() -> Reply:
    return Reply(404, headers=(("Content-Type", "text/plain"),), body=b"no such burden\n")


@lru_cache(maxsize=1)
def _bomb() -> bytes:
    return gzip.compress(bytes([0x20]) * BOMB, 6, mtime=0)
