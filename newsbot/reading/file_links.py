"""What links to files look like: by the format that a name ends with, or by the program that hands files out."""

from __future__ import annotations

import re
from typing import Final

FORMATS: Final = ("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "rtf", "zip", "rar", "7z")
#: In the addresses of programs of sites that hand out a file by its number.
PROGRAMS: Final = ("download", "attach", "dinhkem", "dinh-kem", "taive", "tai-ve", "getfile")
_PROGRAM_MARKS: Final = tuple(program.encode() for program in PROGRAMS)
_ENDINGS: Final = rf"(?:{'|'.join(each for each in FORMATS if not each.endswith('x'))})"
_FORMAT_IN_ADDRESS: Final = re.compile(rf"\.{_ENDINGS}")
#: Both begin with one character, which the engine looks for by itself; "window.document" is in nearly every page.
_FORMAT_MARK: Final = re.compile(rf"\.{_ENDINGS}(?<!\.doc(?=ument))".encode(), re.IGNORECASE)
#: A letter, a digit, "-", "." or "/" as a character reference: hardly any page has one.
_ESCAPED_MARK: Final = re.compile(
    rb"&(?:#0*(?:4[5-9]|5[0-7]|6[5-9]|[7-9]\d|1[01]\d|12[0-2])(?!\d)"
    rb"|#x0*(?:2[d-f]|3\d|[46][0-9a-f]|[57][0-9a])(?![0-9a-f])|period;)",
    re.IGNORECASE,
)
#: Bytes at the start of a page among which there are zeros if it is UTF-16.
_LOOKED_AT: Final = 1000


def may_link_to_files(body: bytes) -> bool:
    """Whether a page can have links to files, told by its bytes, uncompressed, without reading it; most pages cannot.

    >>> [may_link_to_files(b"<a href='/" + name) for name in (b"KH.PDF'>", b"KH.&#112;df'>", b"a&#34;.html'>")]
    [True, True, False]
    >>> may_link_to_files("<a href='/KH.pdf'>".encode("utf-16"))
    True
    """
    if b"\0" in body[:_LOOKED_AT]:
        return True
    if _FORMAT_MARK.search(body) is not None or _ESCAPED_MARK.search(body) is not None:
        return True
    small = body.lower()
    return any(mark in small for mark in _PROGRAM_MARKS)


def marks_of_files(addresses: str) -> list[str]:
    """Return which parts of addresses that lead to files stand in some addresses, which are in lower case.

    >>> marks_of_files("/vb/kh 17.docx?v=1\\n/tin-17.html"), marks_of_files("/tin-17.html")
    (['.doc'], [])
    """
    formats = {match[0]: None for match in _FORMAT_IN_ADDRESS.finditer(addresses)}
    return [*formats, *(program for program in PROGRAMS if program in addresses)]
