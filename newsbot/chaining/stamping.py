"""Asks a time-stamping authority when the last entry of the chain was there; a run never fails for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import requests
from cryptography.x509 import Certificate
from scrapy.settings import BaseSettings

from archive.chain.chain import NAME, Chain, Head
from archive.chain.stamps import MOST_BYTES, StampError, Stamps, read_certificates, read_stamp, request
from archive.errors import ArchiveError
from archive.files.plain_file import read_regular
from archive.verify.rules import Finding
from newsbot.health.causes import cause
from newsbot.health.telling.notifications import within

#: Seconds for the connection, for each read, and for everything.
_TIMEOUT: Final = (5.0, 10.0)
_LONGEST: Final = 20.0
_HEADERS: Final = {"Content-Type": "application/timestamp-query", "User-Agent": "newsbot"}


def stamp(chain: Chain, head: Head, settings: BaseSettings) -> str:
    """Have the last entry stamped; returns what went wrong, in one line.

    What is missing is made up for by the next stamp: it is of all the entries before its own, too. Settings:
    TIMESTAMP_URL (nothing is asked without it), TIMESTAMP_CERTIFICATES.
    """
    url = settings.get("TIMESTAMP_URL")
    if not url:
        return ""
    try:
        line = chain.line(head)
        answer = within(_LONGEST, lambda: _ask(url, request(line)), None)
        if answer is None:
            return f"no answer in {_LONGEST:.0f} s"
        read_stamp(answer, head.root, _trusted(settings))
        Stamps(chain.folder).keep(head.entry, answer)
    except (StampError, ArchiveError) as error:
        return str(error)
    except (requests.RequestException, OSError, ValueError) as error:
        return cause(error)
    return ""


def stamp_findings(chain: Chain, heads: list[str], settings: BaseSettings) -> Iterator[Finding]:
    """Yield what is wrong with the stamps that there are.

    :param heads: the root of each entry, the first one's first.
    """
    try:
        trusted = _trusted(settings)
    except ArchiveError as error:
        yield Finding(NAME, 0, "chain-stamp", str(error))
        return
    for number, path in Stamps(chain.folder).files():
        if not 1 <= number <= len(heads):
            yield Finding(path.name, 0, "chain-stamp", "the chain has no such entry")
            continue
        try:
            read_stamp(read_regular(path, MOST_BYTES), heads[number - 1], trusted)
        except (StampError, OSError) as error:
            yield Finding(path.name, 0, "chain-stamp", f"it is no stamp of entry {number}: {error}")


def _trusted(settings: BaseSettings) -> list[Certificate]:
    path = settings.get("TIMESTAMP_CERTIFICATES")
    return read_certificates(Path(path)) if path else []


def _ask(url: str, query: bytes) -> bytes:
    with requests.post(url, data=query, timeout=_TIMEOUT, stream=True, headers=_HEADERS) as response:
        if response.status_code >= 400:
            raise StampError(f"HTTP {response.status_code}")
        answer = b""
        for piece in response.iter_content(MOST_BYTES + 1):  # not `raw`: it raises errors that are not of requests
            answer += piece
            if len(answer) > MOST_BYTES:
                raise StampError(f"the answer has more than {MOST_BYTES} bytes")
    return answer
