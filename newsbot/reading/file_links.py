"""What links to files look like: by the format that a name ends with, or by the program that hands files out."""

from __future__ import annotations

import re
from typing import Final

FORMATS: Final = ("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "rtf", "zip", "rar", "7z")
#: In the addresses of programs of sites that hand out a file by its number.
PROGRAMS: Final = ("download", "attach", "dinhkem", "dinh-kem", "taive", "tai-ve", "getfile")
_PROGRAM_MARKS: Final = tuple(program.encode() for program in PROGRAMS)
#: Begins with the dot, which the engine looks for by itself; "window.document" is in nearly every page.
_FORMAT_MARK: Final = re.compile(
    rb"\.(?:" + b"|".join(each.encode() for each in FORMATS if not each.endswith("x")) + rb")(?<!\.doc(?=ument))",
    re.IGNORECASE,
)


def may_link_to_files(body: bytes) -> bool:
    """Whether a page can have links to files, told without reading it; most pages cannot.

    >>> may_link_to_files(b"<a href='/vb/KH 17.PDF'>"), may_link_to_files(b"<a href='/tin-17.html'>")
    (True, False)
    """
    if _FORMAT_MARK.search(body) is not None:
        return True
    small = body.lower()
    return any(mark in small for mark in _PROGRAM_MARKS)
