"""Removes credentials and cookies from requests before they are stored.

The names of blanked headers stay, a note in the exchange's metadata record says what was blanked, and digests are over
what is stored.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_BLANK = b"[redacted]"
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LINE = re.compile(rb"([^\n]*?)(\r?\n|\Z)")
#: A user that a URL names, up to the last "@" of its authority.
_USER = re.compile(rb"(?<=//)[^/?#\s]*@")
#: In text that people read also without the "//": errors name the authority alone.
_USER_TEXT = re.compile(r"(?<=//)[^/?#\s]*@|(?<!\S)[^/@:\s]+:[^/\s]*@")
_HOST_USER = re.compile(rb"(?i)(?<=host:)[^@]*@")


def without_user(text: str) -> str:
    """Return a URL, or any text with URLs in it, without the users and passwords that they name.

    >>> without_user("https://me:pass@word@a.test/b@c?d@e")
    'https://a.test/b@c?d@e'
    >>> without_user("invalid hostname: me:pw@a.test")
    'invalid hostname: a.test'
    """
    return _USER_TEXT.sub("", text)


def redact(request: bytes, names: Collection[bytes]) -> tuple[bytes, list[str]]:
    r"""Blank the values of the named headers, in any case and however folded, and users and passwords in URLs.

    Returns the request and what was blanked: names of headers as they were sent, ``request line``, ``URL in <name>``.

    >>> redact(b"GET http://me:pw@a.test/ HTTP/1.1\r\ncookie : a=1;\r\n b=2\r\nX: y\r\n\r\n", {b"cookie"})
    (b'GET http://[redacted]@a.test/ HTTP/1.1\r\ncookie : [redacted]\r\nX: y\r\n\r\n', ['request line', 'cookie'])

    :param names: in lower case.
    """
    ending = _HEAD_END.search(request)
    head, rest = (request[: ending.start()], request[ending.start() :]) if ending else (request, b"")
    lowered = head.lower()
    if b"@" not in head and not any(name in lowered for name in names):
        return request, []
    parts: list[bytes] = []
    blanked: list[str] = []
    place, blanking = "request line", False
    for text, end in _LINE.findall(head):
        if parts and text[:1] in (b" ", b"\t"):
            if blanking:  # the line ends where its continuation did
                parts[-1] = parts[-1].rstrip(b"\r\n") + end
                continue
        elif parts:
            name, colon, _ = text.partition(b":")
            place, blanking = f"URL in {_text(name)}", bool(colon) and name.strip().lower() in names
            if blanking:
                blanked.append(_text(name))
                parts.append(name + b": " + _BLANK + end)
                continue
        kept = _HOST_USER.sub(b" " + _BLANK + b"@", _USER.sub(_BLANK + b"@", text), count=1)
        if kept != text and place not in blanked:
            blanked.append(place)
        parts.append(kept + end)
    return b"".join(parts) + rest, blanked


def _text(name: bytes) -> str:
    return name.strip().decode("latin-1")
