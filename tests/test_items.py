"""The article line and its published schema."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from itemadapter import ItemAdapter
from jsonschema import Draft202012Validator, FormatChecker

from newsbot.items import (
    CHANGES,
    FIELDS,
    KINDS,
    SCHEMA_FILE,
    SCHEMA_VERSION,
    SOURCE_NAME,
    Article,
    article_of,
    fields_of,
    line_around,
    to_line,
)
from newsbot.vietnamese.provinces import PROVINCES

SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())

GOOD: dict[str, Any] = {
    "schema_version": SCHEMA_VERSION,
    "id": "baoquangninh:3354446",
    "source": "baoquangninh",
    "url": "https://baoquangninh.vn/cho-phien-vung-cao-3354446.html",
    "canonical_url": None,
    "kind": "article",
    "title": "Chợ phiên vùng cao đông khách ngày giáp Tết",
    "sapo": "Từ sáng sớm, bà con các bản đã xuống chợ.",
    "body": "Chợ họp sáu ngày một lần.\n\nHàng bán nhiều nhất là rau và vải.",
    "authors": ["Lan Chi"],
    "byline": "Tin và ảnh: Lan Chi",
    "agency": None,
    "published_at": "2025-01-22T07:13:00+07:00",
    "modified_at": "2025-01-22T02:00:05+00:00",
    "published_raw": "Thứ Tư, 22/01/2025, 07:13 [GMT+7]",
    "published_precision": "minute",
    "section": ["Văn hóa", "Du lịch"],
    "tags": ["chợ phiên"],
    "images": [{"url": "https://media.baoquangninh.vn/upload/1.jpg", "caption": None}],
    "documents": [{"url": "https://baoquangninh.vn/ke-hoach-17.pdf", "title": "Kế hoạch số 17", "format": "pdf"}],
    "further_pages": ["https://baoquangninh.vn/cho-phien-vung-cao-3354446.html?page=2"],
    "pages": [None],
    "language": "vi",
    "province": "Quảng Ninh",
    "province_code": "VN-13",
    "noarchive": False,
    "decoded_from": ["tcvn3"],
    "layout": "mediatech-2021",
    "extracted_by": {"title": "layout", "body": "layout", "published_at": "structured"},
    "conflicts": {"authors": {"json-ld": ["Báo Quảng Ninh"]}, "published_at": {"meta": "2025-01-22"}},
    "content_digest": "sha256:" + "0a" * 32,
    "version": 1,
    "change": "new",
    "duplicate_of": None,
    "reader_version": "0.1.0",
    "fetched_at": "2026-11-22T03:20:11.123456Z",
    "capture": {
        "file": "baoquangninh-20261122032011-00000.warc.gz",
        "offset": 0,
        "length": 8123,
        "record_id": "<urn:uuid:5f0c4a52-4c6e-4a3e-9a40-2c2e3a4f5b6c>",
        "payload_digest": "sha256:" + "1b" * 32,
    },
}


def changed(**values: Any) -> dict[str, Any]:
    return {**copy.deepcopy(GOOD), **values}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


def capture(**values: Any) -> dict[str, Any]:
    return changed(capture={**GOOD["capture"], **values})


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_schema_and_dataclass_agree_key_by_key_and_in_order() -> None:
    assert tuple(SCHEMA["properties"]) == FIELDS == tuple(SCHEMA["required"])
    assert SCHEMA["additionalProperties"] is False
    assert SCHEMA["properties"]["schema_version"] == {**SCHEMA["properties"]["schema_version"], "const": SCHEMA_VERSION}
    assert SCHEMA["properties"]["change"]["enum"] == list(CHANGES)
    assert SCHEMA["properties"]["kind"]["enum"] == list(KINDS)
    assert SCHEMA["properties"]["province"]["enum"] == [*(province.name for province in PROVINCES), None]
    assert SCHEMA["properties"]["province_code"]["enum"] == [*(province.iso for province in PROVINCES), None]
    assert set(SCHEMA["$defs"]["read_field"]["enum"]) < set(FIELDS)


@pytest.mark.parametrize("name", ["baosonla", "la34", "bao_son", "bao-son", "24h", "_bao", "Bao", "báo", ""])
def test_schema_and_sources_agree_on_names(name: str) -> None:
    names = bool(SOURCE_NAME.fullmatch(name))
    assert names == VALIDATOR.is_valid(changed(source=name)) == VALIDATOR.is_valid(changed(id=f"{name}:1"))


def test_line_has_every_key_in_order_and_round_trips() -> None:
    line = to_line(Article(**GOOD))
    assert list(json.loads(line)) == list(FIELDS)
    assert json.loads(line) == GOOD
    assert "\n" not in line
    assert ": " not in line.split('"title"')[0]
    assert "Chợ phiên" in line
    VALIDATOR.validate(json.loads(line))


def test_line_written_before_its_history_is_known_is_the_same() -> None:
    article = Article(**changed(title="a\ud83cb"))
    early = replace(article, around=line_around(article))
    history: dict[str, Any] = {"version": 2, "change": "body", "duplicate_of": "baosonla:1\ud83c"}
    assert to_line(replace(early, **history)) == to_line(replace(article, **history))


def test_line_of_the_first_version_written_again_is_one_of_this() -> None:
    old = {key: value for key, value in GOOD.items() if key in fields_of(1)} | {"schema_version": 1}
    assert json.loads(to_line(article_of(old))) == changed(documents=[], further_pages=[], pages=[], decoded_from=[])


def test_article_is_an_item() -> None:
    assert ItemAdapter(Article(**GOOD)).asdict() == GOOD | {"selected": {}, "compared": None, "around": None}


def test_unknown_field_is_refused() -> None:
    with pytest.raises(AttributeError):
        Article(**GOOD).titel = "x"  # type: ignore[attr-defined]


def test_line_is_utf8_whatever_the_page_said() -> None:
    article = Article(**changed(title="a\ud800b", tags=["\udfff"]))
    assert json.loads(to_line(article).encode())["title"] == "a\ufffdb"


def test_line_holds_no_number_that_json_has_not() -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_line(Article(**changed(conflicts={"title": {"meta": float("nan")}})))


@pytest.mark.parametrize(
    "line",
    [
        GOOD,
        changed(published_at="2023-10-04", published_precision="day", published_raw="Đăng ngày 04 - 10 - 2023"),
        changed(published_at=None, published_precision=None, published_raw=None, modified_at=None),
        changed(published_at="2012-03-01T01:31:19+00:00", published_precision="second"),
        changed(sapo=None, byline=None, authors=[], images=[], tags=[], section=[], layout=None, conflicts=None),
        changed(
            province=None, extracted_by={}, noarchive=True, duplicate_of="baohaiduong:17", change="body", version=2
        ),
        changed(fetched_at="2026-11-22T03:20:11Z", language="vi-VN"),
        capture(payload_digest="sha1:" + "A2" * 16),
    ],
)
def test_good_lines(line: dict[str, Any]) -> None:
    VALIDATOR.validate(line)


@pytest.mark.parametrize("name", FIELDS)
def test_missing_key(name: str) -> None:
    assert not VALIDATOR.is_valid(without(name))


@pytest.mark.parametrize("name", FIELDS)
def test_wrong_type(name: str) -> None:
    assert not VALIDATOR.is_valid(changed(**{name: 1.5}))


NULLABLE = {
    *(
        "canonical_url",
        "sapo",
        "byline",
        "agency",
        "published_at",
        "modified_at",
        "published_raw",
        "published_precision",
    ),
    *("province", "province_code", "layout", "conflicts", "duplicate_of"),
}


@pytest.mark.parametrize("name", [name for name in FIELDS if name not in NULLABLE])
def test_null_where_null_means_nothing(name: str) -> None:
    assert not VALIDATOR.is_valid(changed(**{name: None}))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(changed(subtitle="x"), id="extra key"),
        pytest.param(changed(schema_version=SCHEMA_VERSION + 1), id="schema of the future"),
        pytest.param(changed(id="baoquangninh"), id="id without the site's id"),
        pytest.param(changed(id="baoquangninh:"), id="id that ends early"),
        pytest.param(changed(source="Báo Quảng Ninh"), id="source that is no spider name"),
        pytest.param(changed(url="/cho-phien-3354446.html"), id="relative url"),
        pytest.param(changed(url="https://a.vn/a b"), id="space in url"),
        pytest.param(changed(canonical_url="javascript:void(0)"), id="script as url"),
        pytest.param(changed(title=""), id="empty title"),
        pytest.param(changed(title=" a"), id="space before title"),
        pytest.param(changed(title="a\n"), id="line break behind title"),
        pytest.param(changed(sapo=""), id="empty sapo, not null"),
        pytest.param(changed(body=""), id="empty body"),
        pytest.param(changed(body="a\nb"), id="single line break in body"),
        pytest.param(changed(body="a\n\n\nb"), id="two blank lines in body"),
        pytest.param(changed(body="a\n\n"), id="blank line behind body"),
        pytest.param(changed(authors="Lan Chi"), id="author, not authors"),
        pytest.param(changed(authors=[""]), id="empty author"),
        pytest.param(changed(authors=["Lan Chi", "Lan Chi"]), id="author twice"),
        pytest.param(changed(published_at="2025-01-22T07:13:00"), id="date without offset"),
        pytest.param(changed(published_at="2025-01-22T07:13:00Z"), id="date with Z"),
        pytest.param(changed(published_at="2025-01-22 07:13:00+07:00"), id="date with a space"),
        pytest.param(changed(published_at="22/01/2025"), id="date as printed"),
        pytest.param(changed(published_at="2025-13-22T07:13:00+07:00"), id="month 13"),
        pytest.param(changed(published_at="2025-02-30", published_precision="day"), id="30 February"),
        pytest.param(changed(published_at="2025-01-22"), id="day with the precision of a minute"),
        pytest.param(changed(published_precision="day"), id="minute with the precision of a day"),
        pytest.param(changed(published_precision="hour"), id="unknown precision"),
        pytest.param(changed(published_precision=None), id="date without precision"),
        pytest.param(changed(published_raw=None), id="date without what was printed"),
        pytest.param(changed(published_at=None), id="precision without date"),
        pytest.param(changed(modified_at=""), id="empty date"),
        pytest.param(changed(images=[{"url": "https://a.vn/1.jpg"}]), id="image without caption key"),
        pytest.param(changed(images=[{"url": "a.jpg", "caption": None}]), id="image with a relative url"),
        pytest.param(changed(images=[{"url": "https://a.vn/1.jpg", "caption": None, "alt": ""}]), id="image with more"),
        pytest.param(changed(language="Vietnamese"), id="language by name"),
        pytest.param(changed(province="Hải Dương"), id="province that is no more"),
        pytest.param(changed(layout=""), id="nameless layout"),
        pytest.param(changed(extracted_by={"title": "guess"}), id="unknown step"),
        pytest.param(changed(extracted_by={"version": "layout"}), id="step of a field that is not read"),
        pytest.param(changed(conflicts={}), id="conflicts without a conflict"),
        pytest.param(changed(conflicts={"title": {}}), id="conflict with nobody"),
        pytest.param(changed(conflicts={"title": {"meta": 1}}), id="conflict with a number"),
        pytest.param(changed(content_digest="0a" * 32), id="digest without algorithm"),
        pytest.param(changed(content_digest="sha256:" + "0A" * 32), id="digest in capitals"),
        pytest.param(changed(content_digest="sha256:0a"), id="short digest"),
        pytest.param(changed(version=0), id="version 0"),
        pytest.param(changed(change="updated"), id="unknown change"),
        pytest.param(changed(duplicate_of=""), id="duplicate of nothing"),
        pytest.param(changed(fetched_at="2026-11-22T10:20:11+07:00"), id="fetched in local time"),
        pytest.param(changed(fetched_at="20261122032011"), id="fetched as 14 digits"),
        pytest.param(changed(capture={}), id="empty capture"),
        pytest.param(capture(file="/data/warc/a.warc.gz"), id="capture with a path"),
        pytest.param(capture(offset=-1), id="capture before the file"),
        pytest.param(capture(length=0), id="capture of no length"),
        pytest.param(capture(record_id="5f0c4a52-4c6e-4a3e-9a40-2c2e3a4f5b6c"), id="record id without brackets"),
        pytest.param(capture(payload_digest=""), id="capture without digest"),
        pytest.param(capture(payload_digest="sha256:xyz"), id="capture with a bad digest"),
        pytest.param(capture(path="x"), id="capture with more"),
    ],
)
def test_bad_lines(line: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(line)


ODD_IDS: tuple[object, ...] = ([], None, 10**30, True, "yenmy:\ud800")
ODD_TITLES: tuple[object, ...] = (True, None, "\ud800", ["a"])


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        *(({"id": each}, "its id cannot be an article's") for each in ODD_IDS),
        *(({"id": each}, "its id is none") for each in ("", "yenmy", "yenmy:", ":1", "../yenmy:1")),
        *(({"title": each}, "its title cannot be an article's") for each in ODD_TITLES),
        ({"body": None}, "its body cannot be an article's"),
        ({"sapo": 7}, "its sapo cannot be an article's"),
        ({"version": 10**30}, "its version cannot be an article's"),
        ({"version": True}, "its version cannot be an article's"),
        ({"authors": [None]}, "its authors cannot be an article's"),
        ({"images": [{"url": 1}]}, "its images cannot be an article's"),
        ({"conflicts": {"title": {"meta": "\ud800"}}}, "its conflicts cannot be an article's"),
        ({"capture": None}, "its capture is none"),
        ({"capture": GOOD["capture"] | {"offset": 10**30}}, "its capture is none"),
        ({"capture": GOOD["capture"] | {"file": "../a"}}, "its capture cannot be in a file called '../a'"),
        ({"pages": [{}]}, "its pages are no captures"),
    ],
)
def test_a_line_with_an_odd_field_is_no_article(odd: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        article_of(changed(**odd))


def test_a_line_that_lacks_what_every_version_has_is_no_article() -> None:
    with pytest.raises(ValueError, match="it has no title"):
        article_of({name: value for name, value in GOOD.items() if name != "title"})
