"""Tells a source's province from its name or its host, where that is spelt in them."""

from __future__ import annotations

import re
from typing import Final

from newsbot.vietnamese.provinces import PROVINCES
from newsbot.vietnamese.text import fold
from newsbot.viewer.search_text import without_diacritics

#: What a paper's or a broadcaster's name has before its province, and a few letters that may follow.
_BEFORE: Final = r"(?:e?bao|dai|ptth|thptth?|tv|cong(?:thongtin)?|tapchi|phatthanhtruyenhinh)?"
_AFTER: Final = r"(?:tv|online|portal|dientu|news|moi|ngaynay|weekend|cuoituan)?"
_NOT_A_LETTER: Final = re.compile("[^a-z0-9]+")


def guess_province(name: str, host: str) -> str:
    """Return the province that a name or a host tells, as it is printed, be it of today or merged since; else "".

    >>> guess_province("baohaiduong", "baohaiduong.vn"), guess_province("yenmy", "yenmy.hungyen.gov.vn")
    ('Hải Dương', 'Hưng Yên')
    >>> guess_province("haiduongtv", "haiduongtv.vn"), guess_province("baothuehaiquan", "thuehaiquan.vn")
    ('Hải Dương', '')
    """
    for label in (name, *host.split(".")):
        key = _NOT_A_LETTER.sub("", label.lower())
        for spelt, province in _SPELT.items():
            if re.fullmatch(f"{_BEFORE}{spelt}{_AFTER}", key):
                return province
    return ""


#: Provinces by how hosts spell them: without marks and spaces; those of today after those that were merged.
_SPELT: Final = {
    _NOT_A_LETTER.sub("", without_diacritics(fold(name))): name
    for province in PROVINCES
    for name in (*province.predecessors, province.name)
}
