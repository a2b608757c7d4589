"""Records in ARC, the format before WARC (versions 1.0, 1.1 and 2.0), as WARC records; tells the two formats apart.

Sources: https://archive.org/web/researcher/ArcFileFormat.php, and files of Heritrix, NetarchiveSuite and WCT. A record
is one line (URL, address, date, media type, in version 2 five fields more, length), as many bytes, and a line end.
"""

from __future__ import annotations

import re
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from archive.records.dates import usual_date
from archive.records.record_reader import CutRecord, Grammar, Source, Warc, block_of, head_lines, matches

_LONGEST_LINE: Final = 1 << 14
#: How a record's line begins; what follows is looked at word by word.
_LINE: Final = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]{0,30}:[^\r\n]{3,16000}\r?\n")
_START: Final = re.compile(
    rb"(?m)^[A-Za-z][A-Za-z0-9+.-]{0,30}:[^\s]{0,8000} [0-9A-Fa-f.:-]{1,45} [0-9]{14} [^\r\n]{1,4000} [0-9]{1,18}\r?\n"
)
_DATE: Final = re.compile(r"[0-9]{12}([0-9]{2})?")
_LENGTH: Final = re.compile(r"[0-9]{1,18}")
_MEDIA_TYPE: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,99}/[!#$%&'*+.^_`|~0-9A-Za-z-]{1,99}(\s*;[ -~]{0,999})?")
_UNSAFE: Final = re.compile(r"[^!-;=?-~]")
_FILE_HEAD: Final = "filedesc:"
#: Words behind media type and status in a line of version 2: checksum, location, offset, file name, length.
_WORDS_OF_2: Final = 5


class Arc:
    """The grammar of ARC."""

    def cut(self, content: Source, start: int) -> CutRecord | None:
        skipped = _line_ends(content, start)
        begin = start + skipped
        head = _head(content[begin : begin + _LONGEST_LINE])
        if head is None:
            return None
        fields, length, line = head
        behind_line = begin + len(line)
        stop = behind_line + length
        problem = None
        if stop > len(content):
            problem = ("record-torn", f"the block ends after {len(content) - behind_line} of {length} bytes")
        cut_off, lacking = stop >= len(content), max(0, stop + 1 - len(content))
        end = min(stop, len(content))
        end += _line_ends(content, end)
        behind = content[end : end + _LONGEST_LINE]
        if not behind.strip() and end + len(behind) == len(content):
            end = len(content)  # white space that fills the file up
        elif problem is None and not self.begins(behind):
            problem = ("record-end", "the block is not followed by another record")
        # Each of many records may claim to be all that follows.
        block_end = self.next(content, behind_line) if problem else stop
        block = block_of(content, behind_line, min(stop, len(content), block_end))
        fields = [*_described(fields, bytes(block[:5])), ("Content-Length", str(length))]
        made_up = b"".join((b"WARC/1.1\r\n", head_lines(fields), b"\r\n"))
        head_length = skipped + len(line)
        return CutRecord(made_up, fields, block, end, problem, False, cut_off, lacking, head_length, unnamed=line)

    def next(self, content: Source, start: int) -> int:
        candidates = matches(content, _START, start, _LONGEST_LINE)
        # What looks like a line need not be one; nor need it be all of it, since a file is searched piece by piece.
        lines = (at for at, line in candidates if self.begins(line) and (not at or content[at - 1 : at] == b"\n"))
        return next(lines, len(content))

    def begins(self, content: Source) -> bool:
        return _head(content[:_LONGEST_LINE]) is not None


WARC: Final = Warc()
ARC: Final = Arc()


def grammar_of(content: Source, otherwise: Grammar | None) -> Grammar | None:
    """Return the grammar in which content begins with a record; ``otherwise`` if it does in none."""
    return next((grammar for grammar in (WARC, ARC) if grammar.begins(content)), otherwise)


def _line_ends(content: Source, start: int) -> int:
    """Return how many line ends stand in front of a record; some writers put more than one."""
    window = content[start : start + 16]
    return len(window) - len(window.lstrip(b"\r\n"))


def _head(content: bytes) -> tuple[list[tuple[str, str]], int, bytes] | None:
    r"""Return the fields that a record's line gives, the length of its block, and the line; None if it is no such line.

    >>> _head(b"http://a.test/ 192.0.2.1 20080430204825 text/html 7\n")[0][0]
    ('WARC-Date', '2008-04-30T20:48:25Z')
    >>> _head(b"http://a.test/ a page 7\n")
    """
    line = _LINE.match(content)
    if not line:
        return None
    words = line[0].decode("utf-8", "surrogateescape").rstrip("\r\n").split(" ")
    places = (n for n in range(2, len(words) - 1) if _is_date(words[n]) and _stands_for_address(words[n - 1]))
    at = next(places, 0)
    if not at or not _LENGTH.fullmatch(words[-1]):
        return None
    url, address, date = " ".join(words[: at - 1]), words[at - 1], words[at]
    described = words[at + 1 : -1]
    if len(described) > _WORDS_OF_2 and _LENGTH.fullmatch(described[-2]):
        described = described[:-_WORDS_OF_2]
    elif len(described) == _WORDS_OF_2 and _LENGTH.fullmatch(described[-2]):
        described = []
    safe = _UNSAFE.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogateescape")), url
    )
    fields = []
    with suppress(ValueError):
        fields.append(("WARC-Date", usual_date(date.ljust(14, "0"))))
    fields.append(("WARC-Target-URI", safe))
    if address not in ("0.0.0.0", "-"):  # noqa: S104  # no address to listen at
        fields.append(("WARC-IP-Address", address))
    media_type = " ".join(described)
    fields.append(("Content-Type", media_type if _MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream"))
    return fields, int(words[-1]), line[0]


def _described(fields: list[tuple[str, str]], start: bytes) -> list[tuple[str, str]]:
    """Add what a record is: the file's description, a response of HTTP or DNS, or anything else."""
    given = dict(fields)
    url = given["WARC-Target-URI"].lower()
    if url.startswith(_FILE_HEAD):
        del given["WARC-Target-URI"]
        given.pop("WARC-IP-Address", None)
        return [("WARC-Type", "warcinfo"), *given.items()]
    if url.startswith(("http:", "https:")) and start == b"HTTP/":
        given["Content-Type"] = "application/http; msgtype=response"
        return [("WARC-Type", "response"), *given.items()]
    if url.startswith("dns:"):
        given["Content-Type"] = "text/dns"
        return [("WARC-Type", "response"), *given.items()]
    return [("WARC-Type", "resource"), *given.items()]


def _is_date(word: str) -> bool:
    """Return whether a word stands where a date does; that of a damaged record may be none."""
    return bool(_DATE.fullmatch(word)) or word in ("-", "null")


def _stands_for_address(word: str) -> bool:
    return word == "-" or is_address(word)


def is_address(word: str) -> bool:
    """Return whether a word is the address of a host."""
    try:
        return bool(ip_address(word))
    except ValueError:
        return False
