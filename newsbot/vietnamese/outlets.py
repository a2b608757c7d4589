"""Names of papers, agencies and offices, to tell them from names of people, and the slugs that they put before a lead.

A slug stands at the start of a sapo: "(TTXVN) - Sáng nay…", "(Baonghean.vn) - …", "ĐNO - …".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from newsbot.vietnamese.text import fold

# Papers and agencies whose names carry no word such as "Báo".
_KNOWN_NAMES: Final = """
TTXVN; TTX; Thông tấn xã Việt Nam; VOV; VTV; VTC; VTC News; VNA; Vietnam+; VietnamPlus; VnExpress; VietNamNet
Dân trí; Tuổi trẻ; Tuổi trẻ online; TTO; Thanh niên; Tiền phong; TPO; Lao động; Người lao động; NLĐ; NLĐO
Nhân dân; Quân đội nhân dân; QĐND; Công an nhân dân; CAND; Đại đoàn kết; Hà Nội mới; HNM; Hànộimới
Sài Gòn giải phóng; SGGP; SGGPO; Pháp luật Việt Nam; PLVN; PLO; Kinh tế đô thị
Kinh tế và đô thị; Sức khỏe và đời sống; Sức khỏe & đời sống
Khoa học và đời sống; Nông nghiệp Việt Nam; Tài nguyên và môi trường; Tài nguyên & môi trường
Giáo dục và thời đại; Giáo dục & thời đại; Công thương; VnEconomy; CafeF; CafeBiz; Zing; Zing News; ZNews
Kenh14; Soha; Infonet; Tin tức; DTO; CTO; VGP; VGP News; Chinhphu; Một thế giới; Ngày nay; Đời sống và pháp luật
Gia đình và xã hội; Phụ nữ Việt Nam; AFP; AP; Reuters; Xinhua; Tân Hoa xã; THX; BBC; CNN; NHK; Kyodo
SKĐS; SK&ĐS; TTVH; TT&VH; Thể thao và văn hóa; Thể thao & văn hóa; BNEWS; ANTĐ; An ninh thủ đô; KTĐT; ĐCSVN; VNEWS
Yonhap; Sputnik; TASS; The Guardian; Bloomberg
"""
_KNOWN: Final = frozenset(fold(name) for name in _KNOWN_NAMES.replace("\n", ";").split(";") if name)

# What the name of a body begins with: "Báo Tin tức", "Văn phòng Sở …".
_BODY: Final = re.compile(
    r"(?:báo (?:điện tử )?(?!chí|cáo|động|hiệu)|tạp chí |thời báo |thông tấn xã |trang (?:tin|thông tin) (?:điện tử )?"
    r"|đài (?:phát thanh (?:và|-) truyền hình |truyền hình |truyền thanh |tiếng nói |ptth |pt-th )?"
    r"|cổng thông tin (?:điện tử )?|trung tâm (?:truyền thông (?:và văn hóa )?|văn hóa )?"
    r"|[ủu][yỷ] ban nhân dân |ubnd |hđnd |ubmttq |mttq |mặt trận tổ quốc |công an |văn phòng |sở |bộ |cục |chi cục |vụ "
    r"|viện |học viện |bệnh viện |trường |đại học |liên đoàn |tỉnh đoàn |(?:tỉnh|huyện|thành) [ủu][yỷ] "
    r"|ban (?:tuyên giáo|tổ chức|dân vận|quản lý|chỉ đạo|nội chính|kinh tế) "
    r"|hội (?:nông dân|liên hiệp phụ nữ|phụ nữ|cựu chiến binh|nhà báo|chữ thập đỏ|luật gia) "
    r"|phòng (?:văn hóa|giáo dục|nông nghiệp|kinh tế|y tế) )",
    re.IGNORECASE,
)
_LEVEL: Final = re.compile(r"\s?(?:tỉnh|huyện|xã|phường|thành phố|thị xã|trung ương)$")
_MOST_WORDS: Final = 8
_CHANNEL: Final = re.compile(r"(?:VTV|VOV|VTC|TTX)[^\W_]{0,4}(?:[ -][A-ZĐ]\w{1,8}){0,3}")
_DOMAIN: Final = re.compile(r"[\w.-]{2,40}\.(?:vn|com|net|org)", re.IGNORECASE)
_MEDIA: Final = re.compile(r" (?:online|news|tv|media)$")

_BRACKETED: Final = re.compile(r"\(\s*(?P<name>[^()\s][^()]{0,38}[^()\s])\s*\)\s*[-–—:]+\s*")
_CAPITALS: Final = re.compile(r"[A-ZĐ][A-ZĐ0-9&.\- ]{1,14}")
#: Without brackets: a name, a dash, and a new sentence.
_BARE: Final = re.compile(r"(?P<name>[A-ZĐ&]{2,8}|[\w.-]{2,30}\.(?:vn|com|net|org))\s?[-–—]\s+(?=[\"“‘(]?[^\W_a-z])")
#: In characters.
_LONGEST_SLUG: Final = 60
_DASHES: Final = frozenset("-–—:")
#: "ĐNO", "SGGPO": a paper's letters and an O for "online". These are other bodies, of which an article can speak.
_ONLINE: Final = re.compile("[A-ZĐ&]{1,6}O")
_NOT_ONLINE: Final = frozenset((
    "ASEO", "CEO", "CFO", "COO", "EURO", "FAO", "ICAO", "ILO", "IMO", "IPO", "ISO", "NATO", "NGO", "UFO", "UNESCO",
    "UNIDO", "WHO", "WIPO", "WMO", "WTO",
))  # fmt: skip


@lru_cache(maxsize=64)  # the few that sign in a paper
def is_outlet(name: str) -> bool:
    """Say whether a name is that of a paper, an agency or an office.

    >>> [is_outlet(name) for name in ("Báo Tin tức", "DÂN TRÍ", "VOV Tây Bắc", "Văn phòng Sở NN-PTNT tỉnh Hưng Yên")]
    [True, True, True, True]
    >>> [is_outlet(name) for name in ("Bảo Anh", "Nguyễn Chiến", "PV", "Đài Trang", "Công an xã đến từng nhà dân")]
    [False, False, False, False, False]
    """
    if is_known_outlet(name):
        return True
    key = fold(name)
    if _MEDIA.search(key):
        return _MEDIA.sub("", key) in _KNOWN or all(word[0].isupper() for word in name.rsplit(" ", 1)[0].split())
    body = _BODY.match(name)
    return body is not None and _is_name_of_body(name, name[body.end() :])


def is_known_outlet(name: str) -> bool:
    """Say whether a name is a known paper's or agency's, a channel's or a host's.

    >>> [is_known_outlet(name) for name in ("TTXVN", "VTV Cần Thơ", "baonghean.vn", "Báo Tin tức", "PLVN Online")]
    [True, True, True, False, False]
    """
    return fold(name) in _KNOWN or bool(_CHANNEL.fullmatch(name) or _DOMAIN.fullmatch(name))


def _is_name_of_body(name: str, rest: str) -> bool:
    # A sentence about an office begins alike, and goes on in small letters: "Công an xã đến từng nhà dân".
    words = _LEVEL.sub("", rest).split()
    small = 0
    while words and words[-1].islower():
        words.pop()
        small += 1
    # "Đài Trang", "Bộ Lĩnh": two capitalised words, of which the first can be a given name.
    is_person = len(name.split()) == 2 and name.split()[0] in ("Đài", "Bộ", "Viện", "Vụ") and name.istitle()
    return small <= 1 and len(words) <= _MOST_WORDS and not is_person


def strip_slug(sapo: str, source_tags: Iterable[str] = ()) -> str:
    """Return the sapo without the slug of an agency at its start.

    A slug in brackets goes with the dash behind it if it is in capitals, a paper's name or a host name; without
    brackets it must be a known paper's or end in an O for "online". One of ``source_tags`` goes in any case, its dash
    or its brackets may be missing, not both. A sapo that is nothing but a slug is kept.

    >>> [strip_slug(sapo, ["SK&MT", "CTO"]) for sapo in ("(SK&MT) - Mưa.", "(TTXVN) – Mưa.", "(cto) Mưa.", "CTO- Mưa.")]
    ['Mưa.', 'Mưa.', 'Mưa.', 'Mưa.']
    >>> [strip_slug(sapo) for sapo in ("(Baonghean.vn) - Mưa.", "ĐNO - Mưa.", "SKĐS - Mưa.", "(Dân trí)- Mưa.")]
    ['Mưa.', 'Mưa.', 'Mưa.', 'Mưa.']
    >>> [strip_slug(sapo, ["CTO"]) for sapo in ("(Ảnh minh họa) - Mưa.", "CTO mưa to.", "(CTO) -", "WHO - Mưa.")]
    ['(Ảnh minh họa) - Mưa.', 'CTO mưa to.', '(CTO) -', 'WHO - Mưa.']
    """
    if not sapo.startswith("(") and _DASHES.isdisjoint(sapo[:_LONGEST_SLUG]):
        return sapo
    match = _BRACKETED.match(sapo)
    if match and not (_CAPITALS.fullmatch(match["name"]) or is_known_outlet(match["name"])):
        match = None
    if match is None and (bare := _BARE.match(sapo)) and _is_bare_slug(bare["name"]):
        match = bare
    for tag in source_tags:
        match = match or _slug_of(tag).match(sapo)
    return (sapo[match.end() :] or sapo) if match else sapo


def slug_of_name(outlet: str) -> str:
    """Return the letters by which a paper calls itself before a lead; empty where they would be too few to tell.

    >>> [slug_of_name(name) for name in ("Báo Sơn La điện tử", "Báo Đắk Lắk", "Báo Huế", "baovidu")]
    ['BSL', 'BĐL', '', '']
    """
    return _initials(outlet[:_LONGEST_SLUG])


@lru_cache(maxsize=64)
def _initials(outlet: str) -> str:
    words = outlet.split()
    letters = "".join(word[0] for word in words if word[0].isalpha() and word[0].isupper())
    return letters if len(words) > 2 and len(letters) > 2 else ""


def _is_bare_slug(name: str) -> bool:
    return is_known_outlet(name) or (_ONLINE.fullmatch(name) is not None and name not in _NOT_ONLINE)


@lru_cache(maxsize=64)
def _slug_of(tag: str) -> re.Pattern[str]:
    name = re.escape(tag)
    return re.compile(rf"\(\s*{name}\s*\)\s*[-–—:]*\s*|{name}\s*[-–—:]+\s*", re.IGNORECASE)
