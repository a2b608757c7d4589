"""Keys under which indexes file URLs: Sort-friendly URI Reordering Transform with the Internet Archive's rules.

Equal, key by key, to what the ``surt`` package gives (a test holds that), without its licence (AGPL), its look-ups of
odd host names and its dependency on the public suffix list.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from urllib.parse import quote_from_bytes, unquote_to_bytes

_REPEATED_SCHEME = re.compile(rb"(https?://)+")
#: RFC 3986, appendix B, without the fragment: scheme, authority, path, query.
_URL = re.compile(rb"([a-zA-Z][a-zA-Z0-9+.-]*):(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?")
#: A URL in which there is nothing to normalise: no query, escape, dot segment or session; what would be cut off the
#: host's front is not there twice, and its last label is no number.
_PLAIN_URL = re.compile(
    r"https?://(?:www\d*\.)?(?!www\d*\.)((?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*)((?:/[a-zA-Z0-9_~-]+(?:\.[a-zA-Z0-9_~-]+)*)+|/)"
)
_WWW = re.compile(rb"www\d*\.")
_NUMERIC_HOST = re.compile(rb"(?:0[0-7]*(?:\.[0-7]+){0,3}|[1-9][0-9]*(?:\.[0-9]+){0,3})\Z")
_DEFAULT_PORTS = {b"http": 80, b"https": 443}
#: What stays as it is beside letters, digits and "_.-~": all of ASCII but controls, space, "#" and "%".
_PLAIN = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
#: Session ids in paths (ASP.NET) and queries, which differ from visit to visit.
_PATH_SESSIONS = (
    re.compile(rb"(.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/([^?]+\.aspx.*)", re.IGNORECASE),
    re.compile(rb"(.*/)\([0-9a-z]{24}\)/([^?]+\.aspx.*)", re.IGNORECASE),
)
_QUERY_SESSIONS = tuple(
    re.compile(rb"(.*)" + name + rb"(?:&(.*))?$", re.IGNORECASE)
    for name in (
        rb"jsessionid=[0-9a-z]{32}",
        rb"phpsessid=[0-9a-z]{32}",
        rb"sid=[0-9a-z]{32}",
        rb"ASPSESSIONID[a-z]{8}=[a-z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
)


#: The same escape escaped again and again, which one round each would take quadratic time to resolve.
_ESCAPED_ESCAPES = re.compile(rb"%(?:25)+")
_MOST_ROUNDS = 50
#: Bytes: the patterns above take quadratic time, and no site has longer addresses with a session in them.
_LONGEST_WITH_SESSION = 4_000


def surt(url: str) -> str:
    """Return the key of a URL; what cannot be read as one is its own key.

    >>> surt("https://www.baosonla.vn:443/Kinh-Te/?b=2&a=1#top")
    'vn,baosonla)/kinh-te?a=1&b=2'
    >>> surt("urn:uuid:A-1"), surt("http://a.test:port/")
    ('urn:uuid:a-1', 'http://a.test:port/')
    """
    if plain := _PLAIN_URL.fullmatch(url):
        return f"{','.join(reversed(plain[1].split('.')))}){plain[2].lower()}"
    if not url:
        return "-"
    if url.startswith("filedesc"):
        return url
    try:
        scheme, host, port, path, query = _split(url.encode())
        host = _host(host)
    except ValueError:
        return url
    if host:
        path = _collapse(_unescape(path))
        if scheme != b"dns":
            host = host[www.end() :] if (www := _WWW.match(host)) else host
        key = b",".join(reversed(host.split(b".")))
        key += b")" if port in (None, _DEFAULT_PORTS.get(scheme.lower(), 0)) else b":%d)" % port
    else:
        path = _unescape(path)
        key = scheme + b":"
    path = _path(_escape(path))
    query = _query(_escape(_unescape(query)))
    return (key + (path or b"/" * bool(query)) + (b"?" + query if query else b"")).decode()


def host_prefixes(host: str, *, subdomains: bool = False) -> tuple[str, ...]:
    """Return, in order, how the keys of all URLs of a host begin, and those of its subdomains if wanted.

    >>> host_prefixes("www.baosonla.vn", subdomains=True)
    ('vn,baosonla)', 'vn,baosonla,', 'vn,baosonla:')
    """
    name = surt(f"http://{host}/").removesuffix(")/")
    return tuple(name + mark for mark in (")", *"," * subdomains, ":"))


def _split(url: bytes) -> tuple[bytes, bytes, int | None, bytes, bytes]:
    """Return scheme, host, port, path and query of a URL.

    :raises ValueError: if it is empty, or its port is none.
    """
    url = re.sub(rb"[\n\r\t]", b"", url.strip())
    if not url:
        raise ValueError("no URL")
    if not _URL.match(url):
        url = b"http://" + url
    if repeated := _REPEATED_SCHEME.match(url):
        url = repeated[1] + url[repeated.end() :]
    parts = _URL.match(url)
    assert parts is not None, "every part but the scheme may be empty"
    scheme, authority, path, query = (part or b"" for part in parts.groups())
    host, port = _authority(authority)
    if scheme.startswith(b"http") and not host and path:
        host, _, path = path.lstrip(b"/").partition(b"/")
        path = b"/" + path
    return scheme, host, port, path, query


def _authority(authority: bytes) -> tuple[bytes, int | None]:
    """Return host and port, as `urllib.parse` does."""
    authority = authority.rstrip(b":").rpartition(b"@")[2]
    bracketed = authority.partition(b"[")
    if bracketed[1]:
        host, _, port = bracketed[2].partition(b"]")
        port = port.partition(b":")[2]
    else:
        host, _, port = authority.partition(b":")
    if not port:
        return host.lower(), None
    if not port.isdigit() or int(port) > 65535:
        raise ValueError("no port")
    return host.lower(), int(port) or None


@lru_cache(1024)
def _host(host: bytes) -> bytes:
    """Return the host in its one spelling: punycode, lower case, numbers as a dotted quad."""
    if not host:
        return host
    host = _unescape(host)
    if not host.isascii():
        with suppress(ValueError):
            host = host.decode("utf-8", "ignore").encode("idna")
    host = host.replace(b"..", b".").strip(b".")
    if host.isdigit():
        return socket.inet_ntoa((int(host) & 0xFFFFFFFF).to_bytes(4)).encode()
    if _NUMERIC_HOST.match(host):
        with suppress(OSError):
            return socket.inet_ntoa(socket.inet_aton(host.decode())).encode()
    return _escape(host).lower()


def _collapse(path: bytes) -> bytes:
    """Resolve dot segments and drop empty ones."""
    if not path:
        return b"/"
    kept: list[bytes] = []
    for segment in path.split(b"/")[1:]:
        if segment == b".." and kept:
            kept.pop()
        elif segment != b".":
            kept.append(segment)
    return b"/" + b"/".join([*(segment for segment in kept[:-1] if segment), *kept[-1:]])


def _path(path: bytes) -> bytes:
    path = _without_sessions(path.lower(), _PATH_SESSIONS)
    return path[:-1] if path.endswith(b"/") and len(path) > 1 else path


def _query(query: bytes) -> bytes:
    query = _without_sessions(query, _QUERY_SESSIONS).lower()
    if len(query) <= 1:
        return query
    return b"&".join(b"=".join(pair) for pair in sorted(tuple(part.split(b"=", 1)) for part in query.split(b"&")))


def _without_sessions(text: bytes, patterns: Iterable[re.Pattern[bytes]]) -> bytes:
    for pattern in patterns if len(text) <= _LONGEST_WITH_SESSION else ():
        if found := pattern.match(text):
            text = found[1] + (found[2] or b"")
    return text


def _unescape(data: bytes) -> bytes:
    """Return what is left when no escape is: "%252541" is "A".

    >>> _unescape(b"/%" + b"25" * 100_000 + b"41")
    b'/A'
    """
    for _ in range(_MOST_ROUNDS):
        plain = unquote_to_bytes(_ESCAPED_ESCAPES.sub(b"%", data))
        if plain == data:
            break
        data = plain
    return data


def _escape(data: bytes) -> bytes:
    return quote_from_bytes(data, safe=_PLAIN).encode()
