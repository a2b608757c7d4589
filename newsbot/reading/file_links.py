"""What links to files look like: by the format that a name ends with, or by the program that hands files out."""

from __future__ import annotations

from typing import Final

FORMATS: Final = ("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "rtf", "zip", "rar", "7z")
#: In the addresses of programs of sites that hand out a file by its number.
PROGRAMS: Final = ("download", "attach", "dinhkem", "dinh-kem", "taive", "tai-ve", "getfile")
_MARKS: Final = tuple(
    mark.encode() for mark in (*(f".{each}" for each in FORMATS if not each.endswith("x")), *PROGRAMS)
)


def may_link_to_files(body: bytes) -> bool:
    """Whether a page can have links to files, told without reading it; most pages cannot.

    >>> may_link_to_files(b"<a href='/vb/KH 17.PDF'>"), may_link_to_files(b"<a href='/tin-17.html'>")
    (True, False)
    """
    small = body.lower()
    return any(mark in small for mark in _MARKS)
