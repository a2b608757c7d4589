"""The 34 provinces of Vietnam since 1 July 2025, and which of the 63 before went into each.

Names, kinds and codes: decision 19/2025/QĐ-TTg of the Prime Minister, in force from 2025-07-01. Mergers: resolution
202/2025/QH15 of the National Assembly, passed on 2025-06-12, new authorities at work from 2025-07-01. A merged province
keeps the code of the predecessor whose seat it took, which is not always the one whose name it took.

Both documents were read through public data sets that agree with each other, not in the official gazette. One data set
makes Đồng Nai a city from 2026-04-30, another leaves it a province: this table keeps the decision's "province" until
the decree is seen. Huế stands for the former Thừa Thiên Huế, renamed when it became a city on 2025-01-01.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from newsbot.vietnamese.text import fold


@dataclass(frozen=True, slots=True)
class Province:
    """A unit of the first level.

    ``predecessors`` are those of the 63 units ending on 2025-06-30 that went into it, the one of its own name first.
    ``iso`` is the code in ISO 3166-2 of that one: the standard still listed the 63 when this was written.
    """

    code: str
    iso: str
    name: str
    kind: Literal["city", "province"]
    predecessors: tuple[str, ...]


PROVINCES: Final = (
    Province("01", "VN-HN", "Hà Nội", "city", ("Hà Nội",)),
    Province("04", "VN-04", "Cao Bằng", "province", ("Cao Bằng",)),
    Province("08", "VN-07", "Tuyên Quang", "province", ("Tuyên Quang", "Hà Giang")),
    Province("11", "VN-71", "Điện Biên", "province", ("Điện Biên",)),
    Province("12", "VN-01", "Lai Châu", "province", ("Lai Châu",)),
    Province("14", "VN-05", "Sơn La", "province", ("Sơn La",)),
    Province("15", "VN-02", "Lào Cai", "province", ("Lào Cai", "Yên Bái")),
    Province("19", "VN-69", "Thái Nguyên", "province", ("Thái Nguyên", "Bắc Kạn")),
    Province("20", "VN-09", "Lạng Sơn", "province", ("Lạng Sơn",)),
    Province("22", "VN-13", "Quảng Ninh", "province", ("Quảng Ninh",)),
    Province("24", "VN-56", "Bắc Ninh", "province", ("Bắc Ninh", "Bắc Giang")),
    Province("25", "VN-68", "Phú Thọ", "province", ("Phú Thọ", "Hòa Bình", "Vĩnh Phúc")),
    Province("31", "VN-HP", "Hải Phòng", "city", ("Hải Phòng", "Hải Dương")),
    Province("33", "VN-66", "Hưng Yên", "province", ("Hưng Yên", "Thái Bình")),
    Province("37", "VN-18", "Ninh Bình", "province", ("Ninh Bình", "Hà Nam", "Nam Định")),
    Province("38", "VN-21", "Thanh Hóa", "province", ("Thanh Hóa",)),
    Province("40", "VN-22", "Nghệ An", "province", ("Nghệ An",)),
    Province("42", "VN-23", "Hà Tĩnh", "province", ("Hà Tĩnh",)),
    Province("44", "VN-25", "Quảng Trị", "province", ("Quảng Trị", "Quảng Bình")),
    Province("46", "VN-26", "Huế", "city", ("Huế",)),
    Province("48", "VN-DN", "Đà Nẵng", "city", ("Đà Nẵng", "Quảng Nam")),
    Province("51", "VN-29", "Quảng Ngãi", "province", ("Quảng Ngãi", "Kon Tum")),
    Province("52", "VN-30", "Gia Lai", "province", ("Gia Lai", "Bình Định")),
    Province("56", "VN-34", "Khánh Hòa", "province", ("Khánh Hòa", "Ninh Thuận")),
    Province("66", "VN-33", "Đắk Lắk", "province", ("Đắk Lắk", "Phú Yên")),
    Province("68", "VN-35", "Lâm Đồng", "province", ("Lâm Đồng", "Bình Thuận", "Đắk Nông")),
    Province("75", "VN-39", "Đồng Nai", "province", ("Đồng Nai", "Bình Phước")),
    Province("79", "VN-SG", "Hồ Chí Minh", "city", ("Hồ Chí Minh", "Bà Rịa - Vũng Tàu", "Bình Dương")),
    Province("80", "VN-37", "Tây Ninh", "province", ("Tây Ninh", "Long An")),
    Province("82", "VN-45", "Đồng Tháp", "province", ("Đồng Tháp", "Tiền Giang")),
    Province("86", "VN-49", "Vĩnh Long", "province", ("Vĩnh Long", "Bến Tre", "Trà Vinh")),
    Province("91", "VN-44", "An Giang", "province", ("An Giang", "Kiên Giang")),
    Province("92", "VN-CT", "Cần Thơ", "city", ("Cần Thơ", "Hậu Giang", "Sóc Trăng")),
    Province("96", "VN-59", "Cà Mau", "province", ("Cà Mau", "Bạc Liêu")),
)

_OTHER_NAMES: Final = {"Thừa Thiên Huế": "Huế", "HCM": "Hồ Chí Minh", "TPHCM": "Hồ Chí Minh", "Sài Gòn": "Hồ Chí Minh"}
_KIND: Final = re.compile(r"^(?:tỉnh|thành phố|tp\.?)\s*(?=\S)")
_DASH: Final = re.compile(r"(?:(?<!\s)\s+)?[-–—]\s*")


def current_province(name: str) -> str:
    """Return today's name of the province that a name stands for, be it of the 34 or of the 63 before.

    Raises KeyError for any other name. Case, tone style, "tỉnh" and "TP." before the name do not matter.

    >>> [current_province(name) for name in ("Hải Dương", "tỉnh Hoà Bình", "TP.HCM", "Bà Rịa-Vũng Tàu")]
    ['Hải Phòng', 'Phú Thọ', 'Hồ Chí Minh', 'Hồ Chí Minh']
    """
    return _province(name).name


def province_code(name: str) -> str:
    """Return the ISO 3166-2 code of the province that a name stands for, as `current_province` finds it.

    >>> province_code("Đà Nẵng"), province_code("Hải Dương")
    ('VN-DN', 'VN-HP')
    """
    return _province(name).iso


def is_province(name: str) -> bool:
    """Say whether a name is that of a province, old or new.

    >>> is_province("THÁI BÌNH"), is_province("Yên Mỹ")
    (True, False)
    """
    key = _key(name)
    return key in _BY_NAME or _KIND.sub("", key) in _BY_NAME


def _province(name: str) -> Province:
    key = _key(name)
    province = _BY_NAME.get(key) or _BY_NAME.get(_KIND.sub("", key))
    if province is None:
        raise KeyError(f"no province of Vietnam has the name {name!r}")
    return province


def _key(name: str) -> str:
    return _DASH.sub("-", fold(name))


_BY_NAME: Final = {_key(old): province for province in PROVINCES for old in (province.name, *province.predecessors)}
_BY_NAME.update({_key(other): _BY_NAME[_key(name)] for other, name in _OTHER_NAMES.items()})
