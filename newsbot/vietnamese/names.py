"""Recognises names of people and newsrooms as Vietnamese papers print them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from newsbot.vietnamese.text import fold

_MOST_WORDS: Final = 6
_MOST_WORDS_WITHOUT_SURNAME: Final = 4
#: In characters, of a name of one word; a Vietnamese syllable has at most seven.
_LONGEST_WORD: Final = 8

#: In characters, of a part of a name.
_LONGEST_PART: Final = 30
_LONGEST_OFFICE: Final = 60
_OFFICE: Final = re.compile(
    r"(?:(?:kt|tm|tl|tuq|q)\. ?)?(?:phó )?(?:chủ tịch|giám đốc|bí thư|chánh văn phòng|trưởng (?:phòng|ban)|cục trưởng)"
    r"[^.:!?]{0,30}"
)
#: "P.Y", "N.Đ.T.", "Th.Anh"
_INITIALS: Final = re.compile(r"(?:[A-ZĐĂÂÊÔƠƯ]h?\.){1,4}[^\W\d_]{0,6}\.?")
_NEWSROOM: Final = re.compile(
    r"(?:nhóm\s)?(?:pv|phóng viên|btv|ctv|cộng tác viên|biên tập viên|tác giả|pv[-,]\s?ctv)|bbt|ban biên tập|npv",
    re.IGNORECASE,
)
_TITLE: Final = re.compile(
    r"^(?:(?:TSKH|GS|PGS|TS|ThS|BSCK|BS|CK|DS|KS|LS|NSND|NSƯT)(?:\s?I{1,2})?(?:[.,]\s?|\s)"
    r"|(?:Giáo sư|Tiến sĩ|Thạc sĩ|Bác sĩ|Dược sĩ|Luật sư|Nhà báo|Phóng viên|PV|CTV|BTV)[,.]?\s"
    r"|(?:(?:Đại|Thượng|Trung|Thiếu) (?:tá|úy|uý|tướng))\s)+"
)
#: Of a part of a text, before its heading.
_NUMERAL: Final = re.compile(r"[IVX]+[.)]|[A-Z]\)")
_NOT_LETTERS: Final = re.compile("[.'’-]")


def _folded(names: str) -> frozenset[str]:
    return frozenset(fold(name) for name in re.split(r"[;\n]", names) if name)


_SURNAMES: Final = _folded("""
Nguyễn;Trần;Lê;Phạm;Hoàng;Huỳnh;Phan;Vũ;Võ;Đặng;Bùi;Đỗ;Hồ;Ngô;Dương;Lý;Đinh;Đào;Đoàn;Lâm;Trịnh;Mai;Tô;Tạ;Hà;Cao
Lưu;Lương;Phùng;Vương;Trương;Thái;Tăng;Tống;Châu;Kiều;Chu;Quách;Thạch;Nông;Hứa;Lò;Lường;Giàng;Vàng;Sùng;Quàng
""")
# What stands where a name could stand: the words of the page around the article, and headings.
_NOT_NAMES: Final = _folded("""
Bình luận;Ý kiến;Ý kiến bạn đọc;Bạn đọc;Tin liên quan;Bài liên quan;Tin mới;Tin mới nhất;Xem thêm;Đọc thêm;Từ khóa;Hết
Quảng cáo;Trang chủ;Chia sẻ;In bài;Thông báo;Kết luận;Lời kết;Việt Nam;Tag;Tags;Comment;Share;Like;Tweet;Print;Email
Zalo;Facebook;Twitter;Video;Clip;Ảnh;Tin;Bài;Infographic;Media;Logo;Admin
Administrator;Super User;Editor;Webmaster;Unknown;In;Gửi;Rss;Mobile;English;Tiếng Việt;Longform;Khác;Phòng;Trang;Xem
Chủ tịch;Phó Chủ tịch;KT. Chủ tịch;Giám đốc;Phó Giám đốc;KT. Giám đốc;Bí thư;Phó Bí thư;Chánh văn phòng;Trưởng phòng
OneCMS;MediaTech;Neko;VNPT;ĐBSCL;TPHCM
""")
# One of these in it, and a line is a menu.
_NOT_IN_NAMES: Final = _folded(
    "Media;Video;Longform;Infographic;Infographics;Podcast;Online;News;Tin;Ảnh;Xem;Đọc;Nghe;Tạp;Báo"
)
# What the captions of views and of people begin with.
_NOT_FIRST: Final = _folded("""
Vịnh;Chùa;Đền;Đình;Đảo;Núi;Sông;Cầu;Làng;Xã;Huyện;Tỉnh;Phường;Chợ;Bến;Thác;Hang;Bãi;Biển;Rừng;Khu;Lễ;Ông;Bà
""")


def is_newsroom(text: str) -> bool:
    """Say whether a text stands for a newsroom that signs as one.

    >>> is_newsroom("PV"), is_newsroom("NHÓM PHÓNG VIÊN"), is_newsroom("Nam Giang")
    (True, True, False)
    """
    return _NEWSROOM.fullmatch(text) is not None


def is_initials(text: str) -> bool:
    """Say whether a text is a name cut to its first letters.

    >>> is_initials("P.Y"), is_initials("N.Đ.T."), is_initials("PV")
    (True, True, False)
    """
    return _INITIALS.fullmatch(text) is not None


def are_initials_of(initials: Sequence[str], names: Sequence[str]) -> bool:
    """Say whether each of some initials stands for the full name at its place.

    >>> are_initials_of(["B.N", "T.Hoa"], ["Bích Ngọc", "Trần Hoa"]), are_initials_of(["B.N."], ["Lê Bích Ngọc"])
    (True, True)
    >>> are_initials_of(["B.N"], ["Trần Hoa"]), are_initials_of(["Bích Ngọc"], ["Bích Ngọc"]), are_initials_of([], [])
    (False, False, False)
    """
    return 0 < len(initials) == len(names) and all(map(_stands_for, initials, names))


def _stands_for(initials: str, name: str) -> bool:
    """Say whether initials are a name's, or those of its last words."""
    if not is_initials(initials) or is_initials(name):
        return False
    letters = [_bare(part) for part in initials.split(".") if part]
    words = [_bare(word) for word in name.split()[-len(letters) :]]
    return len(letters) == len(words) and all(map(str.startswith, words, letters))


def _bare(word: str) -> str:
    """Return a word without the marks on its letters, which initials may leave out."""
    return "".join(letter for letter in unicodedata.normalize("NFD", fold(word)[:_LONGEST_PART]) if letter.isalpha())


def is_name(text: str) -> bool:
    """Say whether a text has the form of a person's name: few words, each with a capital, nothing but letters.

    >>> [is_name(text) for text in ("Khải Hoàn", "AN VIỆT", "P.Y", "H'Hen Niê")]
    [True, True, True, True]
    >>> [is_name(text) for text in ("Lễ hội xuân", "BÌNH LUẬN", "longantv", "Vịnh Hạ Long", "I. KẾT QUẢ", "")]
    [False, False, False, False, False, False]
    """
    words = text.split()
    if not 0 < len(words) <= _MOST_WORDS or fold(text) in _NOT_NAMES or _NUMERAL.fullmatch(words[0]):
        return False
    if len(words) == 1:
        if is_initials(text):
            return True
        if len(text) > _LONGEST_WORD or fold(text) in _NOT_FIRST:
            return False
    elif fold(words[0]) in _NOT_FIRST or not _NOT_IN_NAMES.isdisjoint(map(fold, words)):
        return False
    if len(words) > _MOST_WORDS_WITHOUT_SURNAME and not has_surname(text):
        return False
    return len(text) > len(words) * 2 - 1 and all(
        word[0].isupper() and _NOT_LETTERS.sub("", word).isalpha() for word in words
    )


def is_office(text: str) -> bool:
    """Say whether a line is the office of somebody who signs below it: "KT. CHỦ TỊCH".

    >>> is_office("KT. CHỦ TỊCH"), is_office("Q. Giám đốc Sở"), is_office("Chủ tịch xã nói chuyện với dân.")
    (True, True, False)
    """
    return len(text) <= _LONGEST_OFFICE and _OFFICE.fullmatch(fold(text)) is not None


def has_surname(name: str) -> bool:
    """Say whether a name of several words begins with a common family name.

    >>> has_surname("Hồ Hương"), has_surname("Đại Đoàn kết")
    (True, False)
    """
    words = name.split()
    return len(words) > 1 and fold(words[0]) in _SURNAMES


def is_title_of_person(text: str) -> bool:
    """Say whether a text is an academic title and nothing else.

    >>> is_title_of_person("TS"), is_title_of_person("PGS.TS"), is_title_of_person("TS Lê Hoa")
    (True, True, False)
    """
    return (
        0 < len(text) <= _LONGEST_PART
        and not _TITLE.sub("", f"{text} ").strip()
        and text.upper().startswith(("TS", "TH", "GS", "PGS", "BS", "DS", "KS", "LS", "CK", "NS"))
    )


def strip_title(name: str) -> str:
    """Return a name without the academic or professional titles before it, and without a full stop behind it.

    >>> strip_title("PGS.TS Trần Minh"), strip_title("Bác sĩ Lê Hoa."), strip_title("P.Y.")
    ('Trần Minh', 'Lê Hoa', 'P.Y.')
    """
    name = _TITLE.sub("", " ".join(name.split()))
    return name if is_initials(name) else name.removesuffix(".").rstrip()
