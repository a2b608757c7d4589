"""Names of papers, agencies and offices, to tell them from names of people."""

from __future__ import annotations

import re
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


@lru_cache(maxsize=64)  # the few that sign in a paper
def is_outlet(name: str) -> bool:
    """Say whether a name is that of a paper, an agency or an office.

    >>> [is_outlet(name) for name in ("Báo Tin tức", "DÂN TRÍ", "VOV Tây Bắc", "Văn phòng Sở NN-PTNT tỉnh Hưng Yên")]
    [True, True, True, True]
    >>> [is_outlet(name) for name in ("Bảo Anh", "Nguyễn Chiến", "PV", "Đài Trang", "Công an xã đến từng nhà dân")]
    [False, False, False, False, False]
    """
    key = fold(name)
    if _is_known(name, key):
        return True
    if _MEDIA.search(key):
        return _MEDIA.sub("", key) in _KNOWN or _is_capitalised(name.rsplit(" ", 1)[0])
    body = _BODY.match(name)
    return body is not None and _is_name_of_body(name, name[body.end() :])


def is_known_outlet(name: str) -> bool:
    """Say whether a name is a known paper's or agency's, a channel's or a host's.

    >>> [is_known_outlet(name) for name in ("TTXVN", "VTV Cần Thơ", "baonghean.vn", "Báo Tin tức", "PLVN Online")]
    [True, True, True, False, False]
    """
    return _is_known(name, fold(name))


def _is_known(name: str, key: str) -> bool:
    return key in _KNOWN or bool(_CHANNEL.fullmatch(name) or _DOMAIN.fullmatch(name))


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


def _is_capitalised(text: str) -> bool:
    return all(word[0].isupper() for word in text.split())
