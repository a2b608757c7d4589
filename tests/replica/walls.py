"""Script walls: status 200 and a few bytes that a browser runs to get the article, and a crawler without one does not.

There are three kinds: the cookie stands in the script; the script computes it; the script leads with a token to an
address that sets it and sends the reader back. Every kind ends with the same cookie.
"""

from __future__ import annotations

from urllib.parse import parse_qs
from zlib import crc32

from tests.replica.headlines import Headline
from tests.replica.request import Request
from tests.replica.site import Reply

COOKIE = "D1N=9f2c4e"
GATE = "/xac-minh"  # where the third kind asks for the cookie
_TOKEN = str(1266 * 17)
_PLAIN = f'document.cookie="{COOKIE};path=/";location.reload()'
_COMPUTED = 'var a=0x9f2c,b=78;document.cookie="D1N="+(a<<8|b).toString(16)+";path=/";location.reload()'
_ASKED = (
    f'document.cookie="js=1;path=/";location.replace("{GATE}?t="+1266*17+"&n="+encodeURIComponent(location.pathname))'
)
KINDS = (_PLAIN, _COMPUTED, _ASKED)


def wall(request: Request, source: str, headline: Headline) -> Reply | None:
    """The wall before a story; None for who has the cookie."""
    if COOKIE in (request.header("cookie") or ""):
        return None
    script = KINDS[(crc32(source.encode()) + headline.block // 10) % len(KINDS)]
    headers = (("Content-Type", "text/html"), ("Cache-Control", "no-store"))
    return Reply(200, headers=headers, body=f"<html><script>{script}</script></html>".encode())


def gate(request: Request) -> Reply:
    """The answer to who comes with a token: the cookie, and the way back, which never leads to another site."""
    asked = {name: values[0] for name, values in parse_qs(request.query).items()}
    back = asked.get("n", "")
    known = asked.get("t") == _TOKEN and "js=1" in (request.header("cookie") or "")
    if not known or not back.startswith("/") or back.startswith("//"):
        return Reply(403, headers=(("Content-Type", "text/html"),), body=b"<h1>403 Forbidden</h1>")
    headers = (("Location", back), ("Set-Cookie", f"{COOKIE}; Path=/"), ("Cache-Control", "no-store"))
    return Reply(302, headers=headers)
