"""What links to files look like: by the format that a name ends with, or by the program that hands files out."""

from __future__ import annotations

import re
from typing import Final

FORMATS: Final = ("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "rtf", "zip", "rar", "7z")
#: In the addresses of programs of sites that hand out a file by its number.
PROGRAMS: Final = ("download", "attach", "dinhkem", "dinh-kem", "taive", "tai-ve", "getfile")
#: Begins with the dot, which the engine looks for by itself.
_FORMAT_IN_ADDRESS: Final = re.compile(rf"\.(?:{'|'.join(each for each in FORMATS if not each.endswith('x'))})")


def marks_of_files(addresses: str) -> list[str]:
    """Return which parts of addresses that lead to files stand in some addresses, which are in lower case.

    >>> marks_of_files("/vb/kh 17.docx?v=1\\n/tin-17.html"), marks_of_files("/tin-17.html")
    (['.doc'], [])
    """
    formats = {match[0]: None for match in _FORMAT_IN_ADDRESS.finditer(addresses)}
    return [*formats, *(program for program in PROGRAMS if program in addresses)]
