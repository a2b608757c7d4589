"""Reduces network errors to a few words without addresses, for counters and for people."""

from __future__ import annotations

import socket
import ssl
import zlib
from collections.abc import Iterator
from http.client import IncompleteRead
from typing import Final

from OpenSSL import SSL
from scrapy import exceptions
from twisted.internet import error as twisted_error
from twisted.web._newclient import ParseError
from twisted.web.client import ResponseFailed

_WORDS: Final[dict[str, tuple[type[BaseException], ...]]] = {
    "its host is not known (DNS)": (exceptions.CannotResolveHostError, twisted_error.DNSLookupError, socket.gaierror),
    "connection refused": (exceptions.DownloadConnectionRefusedError,),
    "no answer in time": (exceptions.DownloadTimeoutError, TimeoutError),
    "the answer broke off": (exceptions.ResponseDataLossError, IncompleteRead),
    "the answer is too long": (exceptions.DownloadCancelledError,),
    "no scheme that can be asked": (exceptions.UnsupportedURLSchemeError,),
    "the answer is no HTTP": (ParseError,),
    "the answer cannot be unpacked": (zlib.error,),
    "the connection was lost": (twisted_error.ConnectionClosed,),
}
#: Maximum number of chained errors looked at.
_DEPTH: Final = 10


def cause(error: BaseException) -> str:
    """Return what lies behind an error, as its maker says it; the name of its class where nobody says anything.

    >>> cause(exceptions.DownloadTimeoutError("Getting https://a.test/ took longer than 60 seconds."))
    'no answer in time'
    >>> cause(SSL.Error([("SSL routines", "", "certificate verify failed")]))
    'certificate verify failed'
    >>> cause(ValueError("Invalid IPv6 URL"))
    'the answer cannot be understood'
    """
    chain = list(_behind(error))
    for each in chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            return f"certificate verify failed: {each.verify_message}"
        if isinstance(each, SSL.Error) and each.args and each.args[0]:
            return ", ".join(str(entry[-1]) for entry in each.args[0])
        if isinstance(each, ssl.SSLError) and each.reason:
            return each.reason.lower().replace("_", " ")
    for each in chain:
        for words, kinds in _WORDS.items():
            if isinstance(each, kinds):
                return words
    strings = [each.strerror for each in chain if isinstance(each, OSError) and each.strerror]
    if strings:
        return strings[-1].lower()
    # Scrapy and Twisted let out whatever they meet where a site's answer, or its redirect, is not as they expect.
    if any(isinstance(each, ResponseFailed | ValueError) for each in chain):
        return "the answer cannot be understood"
    return "the download failed" if isinstance(error, exceptions.DownloadFailedError) else type(error).__name__


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it came of, as far as they are known."""
    waiting = [error]
    seen = list[BaseException]()
    while waiting and len(seen) < _DEPTH:
        each = waiting.pop(0)
        if any(each is other for other in seen):
            continue
        seen.append(each)
        yield each
        if isinstance(each, ResponseFailed):
            waiting += [reason.value for reason in each.reasons]
        reason = getattr(each, "reason", None)
        waiting += [
            other
            for other in (each.__cause__, each.__context__, reason, *each.args)
            if isinstance(other, BaseException)
        ]
