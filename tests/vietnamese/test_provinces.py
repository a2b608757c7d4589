"""The map of provinces."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from newsbot.vietnamese.provinces import PROVINCES, current_province, is_province

#: The first-level units from 2008 to June 2025, Huế under its name of the last half-year.
SIXTY_THREE = """
An Giang, Bà Rịa - Vũng Tàu, Bạc Liêu, Bắc Giang, Bắc Kạn, Bắc Ninh, Bến Tre, Bình Dương, Bình Định, Bình
Phước, Bình Thuận, Cà Mau, Cao Bằng, Cần Thơ, Đà Nẵng, Đắk Lắk, Đắk Nông, Điện Biên, Đồng Nai, Đồng Tháp, Gia
Lai, Hà Giang, Hà Nam, Hà Nội, Hà Tĩnh, Hải Dương, Hải Phòng, Hậu Giang, Hòa Bình, Hồ Chí Minh, Huế, Hưng Yên,
Khánh Hòa, Kiên Giang, Kon Tum, Lai Châu, Lạng Sơn, Lào Cai, Lâm Đồng, Long An, Nam Định, Nghệ An, Ninh Bình,
Ninh Thuận, Phú Thọ, Phú Yên, Quảng Bình, Quảng Nam, Quảng Ngãi, Quảng Ninh, Quảng Trị, Sóc Trăng, Sơn La, Tây
Ninh, Thái Bình, Thái Nguyên, Thanh Hóa, Tiền Giang, Trà Vinh, Tuyên Quang, Vĩnh Long, Vĩnh Phúc, Yên Bái
"""
NAMES = [name.strip() for name in SIXTY_THREE.replace("\n", " ").split(",")]


def test_thirty_four_of_sixty_three() -> None:
    assert len(PROVINCES) == 34
    assert len(NAMES) == len(set(NAMES)) == 63
    assert Counter(old for province in PROVINCES for old in province.predecessors) == Counter(NAMES)


def test_six_cities() -> None:
    cities = {province.name for province in PROVINCES if province.kind == "city"}
    assert cities == {"Hà Nội", "Hải Phòng", "Huế", "Đà Nẵng", "Hồ Chí Minh", "Cần Thơ"}


def test_codes_are_two_digits_in_order_and_each_once() -> None:
    codes = [province.code for province in PROVINCES]
    assert codes == sorted(set(codes))
    assert all(len(code) == 2 and code.isdigit() for code in codes)


def test_eleven_did_not_merge() -> None:
    assert sum(len(province.predecessors) == 1 for province in PROVINCES) == 11


def test_every_province_has_its_own_name_first_among_its_predecessors() -> None:
    for province in PROVINCES:
        assert province.predecessors[0] == province.name


@pytest.mark.parametrize(
    ("name", "today"),
    [
        ("Hải Dương", "Hải Phòng"),
        ("Hưng Yên", "Hưng Yên"),
        ("Sơn La", "Sơn La"),
        ("Quảng Ninh", "Quảng Ninh"),
        ("Bình Định", "Gia Lai"),
        ("tỉnh Yên Bái", "Lào Cai"),
        ("HOÀ BÌNH", "Phú Thọ"),
        ("Thừa Thiên Huế", "Huế"),
        ("Bà Rịa – Vũng Tàu", "Hồ Chí Minh"),
        ("TP. Hồ Chí Minh", "Hồ Chí Minh"),
        ("TP.HCM", "Hồ Chí Minh"),
        ("thành phố Cần Thơ", "Cần Thơ"),
        ("Ðắk Nông", "Lâm Đồng"),
    ],
)
def test_current_province(name: str, today: str) -> None:
    assert current_province(name) == today
    assert is_province(name)


@pytest.mark.parametrize("name", ["Yên Mỹ", "", "tỉnh", "TP.", "Hà Tây", "Việt Nam"])
def test_what_is_no_province(name: str) -> None:
    assert not is_province(name)
    with pytest.raises(KeyError, match="no province"):
        current_province(name)


def test_each_province_has_codes_of_its_own() -> None:
    assert len({each.iso for each in PROVINCES}) == len({each.code for each in PROVINCES}) == len(PROVINCES) == 34
    assert all(re.fullmatch(r"VN-(?:[0-9]{2}|[A-Z]{2})", each.iso) for each in PROVINCES)
    assert {each.name: each.iso for each in PROVINCES}["Hưng Yên"] == "VN-66"
