"""What articles pass before they are published."""

from __future__ import annotations

import asyncio
import json
import logging
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.pipelines import ItemPipelineManager
from scrapy.utils.test import get_crawler

from newsbot.items import SCHEMA_FILE, Article, to_line
from newsbot.pipelines import INCOMPLETE_URLS, Normalise, Require
from newsbot.vietnamese.text import content_digest

VALIDATOR = Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")), format_checker=FormatChecker())
PIPELINES = {"newsbot.pipelines.Normalise": 100, "newsbot.pipelines.Require": 200}


def article(**values: Any) -> Article:
    fields: dict[str, Any] = {
        "id": "baosonla:17",
        "source": "baosonla",
        "url": "https://baosonla.vn/cau-moi-17.html",
        "title": "Cầu mới qua suối",
        "body": "Cây cầu dài ba mươi mét.",
        "language": "vi",
        "reader_version": "1",
        "fetched_at": "2026-11-22T03:20:11Z",
    }
    return Article(**{**fields, **values})


@pytest.fixture
def crawler() -> Crawler:
    return get_crawler(settings_dict={"ITEM_PIPELINES": PIPELINES})


def process(crawler: Crawler, item: Article) -> Article:
    """Send an item through both pipelines as Scrapy does."""
    processed = asyncio.run(ItemPipelineManager.from_crawler(crawler).process_item_async(item))
    assert isinstance(processed, Article)
    return processed


def stats(crawler: Crawler) -> dict[str, Any]:
    assert crawler.stats is not None
    return crawler.stats.get_stats()


def test_every_text_field_is_cleaned(crawler: Crawler) -> None:
    nfd = unicodedata.normalize("NFD", "Sơn La")
    read = process(
        crawler,
        article(
            title=" Cầu\xa0mới &amp;amp; đường ",
            sapo="Ðường\u200b thông.",
            body=" Cầu dài\n30 mét. \n\n \xa0 \n \nHÐND  giám sát.\n\n",
            authors=["Lan\xa0Chi", "", "Lan Chi"],
            byline="Tin,  ảnh: Lan Chi",
            agency=" ",
            published_raw="22/01/2025\xa0 07:13",
            published_at="2025-01-22T07:13:00+07:00",
            section=[nfd, " "],
            tags=[f"{nfd} ", "Sơn La", "cầu"],
            images=[{"url": "https://baosonla.vn/1.jpg", "caption": " Cầu\n mới "}],
            conflicts={"title": {"meta": "Cầu &amp; đường"}, "authors": {"json-ld": [nfd, "Sơn La"]}},
        ),
    )
    assert read.title == "Cầu mới & đường"
    assert read.sapo == "Đường thông."
    assert read.body == "Cầu dài 30 mét.\n\nHĐND giám sát."
    assert read.authors == ["Lan Chi"]
    assert read.byline == "Tin, ảnh: Lan Chi"
    assert read.agency is None
    assert read.published_raw == "22/01/2025 07:13"
    assert read.section == ["Sơn La"]
    assert read.tags == ["Sơn La", "cầu"]
    assert read.images == [{"url": "https://baosonla.vn/1.jpg", "caption": "Cầu mới"}]
    assert read.conflicts == {"title": {"meta": "Cầu & đường"}, "authors": {"json-ld": ["Sơn La"]}}
    assert read.content_digest == content_digest(read.title, read.sapo, read.body)


def test_images_have_a_web_address_each_once(crawler: Crawler) -> None:
    urls = [
        "http://a.vn/ảnh 1.jpg",
        "data:image/gif;base64,R0",
        "http://[::1",
        "",
        "http://a.vn/2.jpg",
        "http://a.vn/2.jpg",
    ]
    read = process(crawler, article(images=[{"url": url, "caption": ""} for url in urls]))
    assert read.images == [
        {"url": "http://a.vn/%E1%BA%A3nh%201.jpg", "caption": None},
        {"url": "http://a.vn/2.jpg", "caption": None},
    ]


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (None, None),
        ("https://baosonla.vn/17.html", "https://baosonla.vn/17.html"),
        ("javascript:void(0)", None),
        ("https://baosonla.vn/a\nb", "https://baosonla.vn/ab"),
        ("http://a.vn:99999999/ảnh", None),
        ("http://a.vn:port/", None),
        ("http:///17.html", None),
        ("HTTPS://a.vn/", "https://a.vn/"),
        ("http://a.vn/\ud800ả", None),
    ],
)
def test_canonical_url_is_a_web_address_or_nothing(crawler: Crawler, url: str | None, canonical: str | None) -> None:
    assert process(crawler, article(canonical_url=url)).canonical_url == canonical


def test_normalising_twice_changes_nothing(crawler: Crawler) -> None:
    once = process(crawler, article(sapo="Ðường\u200b thông.", images=[{"url": "http://a.vn/ả.jpg", "caption": "x"}]))
    fields = {name: getattr(once, name) for name in once.__slots__}
    assert process(crawler, Article(**fields)) == once


def test_readings_are_counted(crawler: Crawler) -> None:
    process(
        crawler,
        article(
            layout="2022",
            extracted_by={"title": "layout", "body": "layout", "published_at": "structured"},
            published_at="2025-01-22",
            published_raw="22/01/2025",
            conflicts={"published_at": {"meta": "2025-01-23"}},
        ),
    )
    process(crawler, article(published_at="2025-01-22", published_raw="22/01/25", extracted_by={"body": "generic"}))
    process(crawler, article(noarchive=True))
    assert stats(crawler) == {
        "newsbot/articles": 3,
        "newsbot/layout/2022": 1,
        "newsbot/layout/none": 2,
        "newsbot/coverage/2022/title": 1,
        "newsbot/coverage/2022/body": 1,
        "newsbot/coverage/2022/published_at": 1,
        "newsbot/coverage/none/body": 1,
        "newsbot/extracted_by/title/layout": 1,
        "newsbot/extracted_by/body/layout": 1,
        "newsbot/extracted_by/body/generic": 1,
        "newsbot/extracted_by/published_at/structured": 1,
        "newsbot/conflict/published_at": 1,
        "newsbot/date_fallback": 1,
        "newsbot/date_missing": 1,
        "newsbot/noarchive": 1,
    }


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"title": " \u200b"}, "no title"),
        ({"body": "\n\n \xa0"}, "no body"),
        ({"title": "", "body": ""}, "no title and no body"),
    ],
)
def test_an_incomplete_article_is_dropped_named_and_counted(
    crawler: Crawler, values: dict[str, str], missing: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DropItem, match=missing) as dropped, caplog.at_level(logging.WARNING):
        process(crawler, article(**values))
    assert dropped.value.log_level == "DEBUG"
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert "https://baosonla.vn/cau-moi-17.html" in record.getMessage()
    assert stats(crawler)["newsbot/incomplete"] == 1
    assert stats(crawler)["newsbot/incomplete_urls"] == ["https://baosonla.vn/cau-moi-17.html"]


def test_the_report_names_the_first_incomplete_pages_and_counts_all(crawler: Crawler) -> None:
    urls = [f"https://baosonla.vn/{number}.html" for number in range(INCOMPLETE_URLS + 5)]
    for url in urls:
        with pytest.raises(DropItem):
            process(crawler, article(url=url, title=""))
    assert stats(crawler)["newsbot/incomplete"] == len(urls)
    assert stats(crawler)["newsbot/incomplete_urls"] == urls[:INCOMPLETE_URLS]


SCRAPS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", " ", "\n\n", "a\n\n\n b", "&#10;", "&nbsp;", "\u2028", "\x00", "\ud800", "Ð", "1", "a\x85", "\x1f"]
    ),
)
URLS = st.one_of(
    st.none(),
    SCRAPS,
    SCRAPS.map("http://a.vn/{}".format),
    SCRAPS.map("http://{}".format),
    SCRAPS.map("{}//a.vn".format),
)
CAPTURE = {
    "file": "baosonla.warc.gz",
    "offset": 0,
    "length": 1,
    "record_id": "<urn:uuid:5f0c4a52-4c6e-4a3e-9a40-2c2e3a4f5b6c>",
    "payload_digest": "sha256:" + "0" * 64,
}


@settings(deadline=None, derandomize=True)
@given(texts=st.lists(SCRAPS, min_size=9, max_size=9), body=st.lists(SCRAPS), names=st.lists(SCRAPS), url=URLS)
def test_whatever_a_page_says_the_line_is_valid_or_the_article_is_incomplete(
    texts: list[str], body: list[str], names: list[str], url: str | None
) -> None:
    crawler = get_crawler()
    title, sapo, byline, agency, caption, conflict, *rest = texts
    item = article(
        title=title,
        sapo=sapo,
        body="\n\n".join([*body, *rest]),
        byline=byline,
        agency=agency,
        authors=names,
        tags=names,
        section=names,
        canonical_url=url,
        images=[{"url": url, "caption": caption}],
        conflicts={"title": {"meta": conflict}, "authors": {"meta": [*names]}},
    )
    item = Normalise.from_crawler(crawler).process_item(item)
    try:
        item = Require.from_crawler(crawler).process_item(item)
    except DropItem:
        assert not item.title or not item.body
    else:
        item.capture = CAPTURE
        VALIDATOR.validate(json.loads(to_line(item).encode()))


def test_pipelines_need_no_event_loop(crawler: Crawler) -> None:
    # `scrapy rebuild` calls them one after the other, without a crawl.
    item = article()
    for pipeline in (Normalise.from_crawler(crawler), Require.from_crawler(crawler)):
        item = pipeline.process_item(item)
    assert item.content_digest is not None
