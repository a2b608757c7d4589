"""Stored text and key text."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbot.vietnamese.outlets import strip_slug
from newsbot.vietnamese.text import clean, content_digest, fold

# Letters that Vietnamese text is made of, and what damages it.
WORDS = """hoà hòa HOÀ thuỷ Thủy quý Quý uỷ khoẻ khỏe hoàn Ðà ðường Đ HÐND Guðrún oạ quà ngoẻo xòe El Niño gì
& &amp; &nbsp; 10%"""
SYLLABLES = st.sampled_from(WORDS.split())
DAMAGE = st.sampled_from(
    ["", " ", "\xa0", "\u200b", "\ufeff", "\xad", "\n", "\t", "\x00", "\u2028", "\u0301", "-", "\x93"]
)
TEXTS = st.one_of(st.text(), st.lists(st.one_of(SYLLABLES, DAMAGE)).map("".join))


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("", ""),
        ("Họp HĐND tỉnh", "Họp HĐND tỉnh"),
        ("  Họp \t HĐND\r\n tỉnh ", "Họp HĐND tỉnh"),
        ("Ủy\xa0ban\u2003nhân\u3000dân", "Ủy ban nhân dân"),
        ("một\u2028hai\u2029ba", "một hai ba"),
        ("ngh\u200bị quyết\ufeff s\xadố\u200e 5\u2060", "nghị quyết số 5"),
        ("a\u202eb\u202c \U000e0041c", "ab c"),
        ("a\x00b\x08c\x7fd", "abcd"),
        ("“Tết\x94 \x93quê”", "“Tết” “quê”"),
        ("rồi\x85 hết", "rồi… hết"),
        ("t&#7881;nh", "tỉnh"),
        ("Chợ &amp; hội", "Chợ & hội"),
        ("Chợ &amp;amp; hội", "Chợ & hội"),
        ("l&agrave;ng", "làng"),
        ("l&amp;agrave;ng", "làng"),
        ("một&nbsp;hai", "một hai"),
        ("&#x1EA3;nh &#150; v&#236;", "ảnh – vì"),
        ("&amp;amp;amp;amp;", "&amp;amp;"),
        ("?a=1&copy=2&not;b", "?a=1&copy=2¬b"),
        ("R&D; AT&T &zzz; &;", "R&D; AT&T &zzz; &;"),
        ("&#xD800;&#0;&#99999999;", "\ufffd\ufffd&#99999999;"),
        ("\ud83d nửa \ude00", "\ufffd nửa \ufffd"),
        ("👨\u200d👩\u200d👧 về quê", "👨\u200d👩\u200d👧 về quê"),
        ("ba\u200dn", "ban"),
        (unicodedata.normalize("NFD", "Những người giữ rừng ở Bắc Kạn"), "Những người giữ rừng ở Bắc Kạn"),
        ("khoe\u0309 ma\u0323\u0302nh", "khoẻ mậnh"),
        ("a\u200b\u0301", "á"),
        ("hoà bình, hòa thuận, quý, thuỷ, thủy", "hoà bình, hòa thuận, quý, thuỷ, thủy"),
        ("cần “10%” – 5°C", "cần “10%” – 5°C"),
    ],
)
def test_clean(text: str, stored: str) -> None:
    assert clean(text) == stored


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("Ðà Nẵng", "Đà Nẵng"),
        ("lãnh ðạo Ðảng", "lãnh đạo Đảng"),
        ("ÐẢNG BỘ, ÐỒNG NAI", "ĐẢNG BỘ, ĐỒNG NAI"),
        ("Ðắk Lắk, Ðăk Nông, Ðray Sáp", "Đắk Lắk, Đăk Nông, Đray Sáp"),
        ("HÐND, QÐ-TTg, NÐ-CP, LÐTBXH, ÐBQH, GDÐT", "HĐND, QĐ-TTg, NĐ-CP, LĐTBXH, ĐBQH, GDĐT"),
        ("Quốc lộ 1Ð", "Quốc lộ 1Đ"),
        ("Ɖông Anh", "Đông Anh"),
        ("&ETH;ời sống", "Đời sống"),
        (unicodedata.normalize("NFD", "Ðường về"), "Đường về"),
        (
            "Guðrún Ðorvaldsdóttir, GUÐMUNDUR, við, Hafnarfjörður",
            "Guðrún Ðorvaldsdóttir, GUÐMUNDUR, við, Hafnarfjörður",
        ),
        ("Suðurland, SUÐUR, Norðfjörð", "Suðurland, SUÐUR, Norðfjörð"),
    ],
)
def test_ð_becomes_đ_only_in_vietnamese_words(text: str, stored: str) -> None:
    assert clean(text) == stored


@settings(deadline=None, derandomize=True)
@given(TEXTS.filter(lambda text: "&" not in text))
def test_clean_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@settings(deadline=None, derandomize=True)
@given(TEXTS)
def test_stored_text_is_one_clean_line(text: str) -> None:
    stored = clean(text)
    assert unicodedata.is_normalized("NFC", stored)
    assert stored == stored.strip()
    assert not re.search(r"\s\s|[^\S ]|[\x00-\x1f\x7f-\x9f\u200b\ufeff]", stored)
    assert stored.encode().decode() == stored


@settings(deadline=None, derandomize=True)
@given(TEXTS)
def test_clean_does_not_care_for_the_unicode_form(text: str) -> None:
    assert clean(unicodedata.normalize("NFD", text)) == clean(unicodedata.normalize("NFC", text))


def test_a_letter_under_a_heap_of_marks_costs_no_time() -> None:
    # In one go such a text takes minutes; the test would not end.
    for marks in ("\u0300\u0327", "\u0591\u05b0", "\u0f71\u0f72"):
        assert len(clean("a" + marks * 400_000 + "b")) < 40
        assert len(fold("a" + marks * 400_000 + "b")) < 40


NEW_STYLE = "hoà hoá hoả hoã hoạ khoè khoé khoẻ khoẽ khoẹ thuỳ thuý thuỷ thuỹ thuỵ oà uỷ"
OLD_STYLE = "hòa hóa hỏa hõa họa khòe khóe khỏe khõe khọe thùy thúy thủy thũy thụy òa ủy"


@pytest.mark.parametrize(("new", "old"), [*zip(NEW_STYLE.split(), OLD_STYLE.split(), strict=True)])
def test_fold_makes_one_style_of_two(new: str, old: str) -> None:
    assert fold(new) == fold(old) == old
    assert fold(new.upper()) == fold(old.upper()) == old
    assert fold(f"{new}, {new.title()} {new}2") == f"{old}, {old} {old}2"


@pytest.mark.parametrize(
    "word",
    [
        "hoàn",
        "toán",
        "hoạch",
        "hoài",
        "xoáy",
        "huỳnh",
        "quý",
        "quỳ",
        "quỷ",
        "quỵ",
        "ngoẻo",
        "suýt",
        "hoẵng",
        "quà",
        "voilà",
    ],
)
def test_fold_leaves_what_is_written_in_one_way_only(word: str) -> None:
    assert fold(word) == word
    assert fold(word.upper()) == word


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", ""),
        ("ĐẠI HỘI Đảng\n\nBộ", "đại hội đảng bộ"),
        ("Ðảng ðoàn Ɖông", "đảng đoàn đông"),
        ("ngh\u200bị\xa0quyết  số\t5", "nghị quyết số 5"),
        (unicodedata.normalize("NFD", "Hoà Bình"), "hòa bình"),
        ("A &amp; B", "a &amp; b"),
    ],
)
def test_fold(text: str, key: str) -> None:
    assert fold(text) == key


@settings(deadline=None, derandomize=True)
@given(TEXTS)
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(deadline=None, derandomize=True)
@given(TEXTS)
def test_fold_does_not_care_for_the_unicode_form(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == fold(text)


@settings(deadline=None, derandomize=True)
@given(TEXTS.filter(lambda text: "&" not in text))
def test_cleaning_does_not_change_the_key(text: str) -> None:
    assert fold(clean(text)) == fold(text)


def test_digest_is_the_same_for_the_same_text_in_another_spelling() -> None:
    digest = content_digest("Thuỷ lợi Ðồng Tháp", "Nước về.", "Đồng xanh.\n\nNgười vui.")
    assert re.fullmatch("sha256:[0-9a-f]{64}", digest)
    assert digest == content_digest(
        "THỦY LỢI ĐỒNG THÁP", "Nước\xa0về.", unicodedata.normalize("NFD", "Đồng xanh. Người vui.")
    )


def test_digest_tells_where_a_text_stands() -> None:
    digests = {content_digest("a", "b", "c"), content_digest("a b", "", "c"), content_digest("a", None, "b c")}
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("sapo", "rest"),
    [
        ("(SK&MT) - Mưa lớn.", "Mưa lớn."),
        ("(SK&MT) – Mưa lớn.", "Mưa lớn."),
        ("(SK&MT)- Mưa lớn.", "Mưa lớn."),
        ("(sk&mt) Mưa lớn.", "Mưa lớn."),
        ("SK&MT - Mưa lớn.", "Mưa lớn."),
        ("( SK&MT ): Mưa lớn.", "Mưa lớn."),
        ("(CTO) - Mưa lớn.", "Mưa lớn."),
        ("(TN&MT) - Mưa lớn.", "Mưa lớn."),
        ("(Baoviduonline.com.vn) - Mưa lớn.", "Mưa lớn."),
        ("(VTV Huế) - Mưa lớn.", "Mưa lớn."),
        ("VDO - Mưa lớn.", "Mưa lớn."),
        ("VDO - mưa lớn.", "VDO - mưa lớn."),
        ("TT&VH – Mưa lớn.", "Mưa lớn."),
        ("ASEAN - Mưa lớn.", "ASEAN - Mưa lớn."),
        ("UNESCO - Mưa lớn.", "UNESCO - Mưa lớn."),
        ("(PLVN Online) - Mưa lớn.", "(PLVN Online) - Mưa lớn."),
        ("(Ảnh minh họa) - Mưa lớn.", "(Ảnh minh họa) - Mưa lớn."),
        ("(TTXVN) đưa tin", "(TTXVN) đưa tin"),
        ("SK&MT mưa lớn.", "SK&MT mưa lớn."),
        ("(SK&MT) - ", "(SK&MT) - "),
        ("Mưa lớn (SK&MT) - hết.", "Mưa lớn (SK&MT) - hết."),
        ("", ""),
    ],
)
def test_strip_slug(sapo: str, rest: str) -> None:
    assert strip_slug(sapo, ("SK&MT",)) == rest
