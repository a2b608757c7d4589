"""What pages say of themselves beside their text: JSON-LD and meta tags of every shape, believed with care."""

from __future__ import annotations

import html
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.utils.test import get_crawler

from newsbot.items import Article, to_line
from newsbot.replaying.captures import Reader
from newsbot.spider import NewsSpider
from tests.harness.example_paper import OTHER, SENTENCE, URL, BaoviduSpider, PlainSpider, page
from tests.harness.pages import make_spider, read, reply

LINKED_DATA = '<script type="application/ld+json">{}</script>'


def read_with(head: str, *, title: str = "", spider: type[NewsSpider] = BaoviduSpider) -> Article:
    return read(make_spider(spider), reply(URL, page(f"<p>{SENTENCE}</p><p>{OTHER}</p>", head=head, title=title)))


NEWS = '{"@type":"NewsArticle","headline":"Gió lớn"}'


@pytest.mark.parametrize(
    "data",
    [
        '{"@type":{"@id":"NewsArticle"},"headline":"Gió lớn"}',
        '{"@type":[[{"@id":"http://schema.org/NewsArticle"}],null,7],"headline":"Gió lớn"}',
        '{"@type":"https://schema.org/ReviewNewsArticle","headline":"Gió lớn"}',
        '{"@type":"schema:LiveBlogPosting","headline":"Gió lớn"}',
        '{"@type":"newsArticle","headline":["",{"@value":"Gió lớn"}]}',
        '{"@type":"Report","headline":null,"name":"Gió lớn"}',
        f"{NEWS};",
        f"var data = {NEWS};",
        f"/* của tòa soạn */ {NEWS}",
        f"//<![CDATA[\n{NEWS}\n//]]>",
        f'{{"@type":"Organization","name":"Báo"}}\n{NEWS}',
        html.escape(NEWS),
        '{"@type":"WebPage","name":"Trang "chủ"","mainEntity":{"@type":"NewsArticle","headline":"Gi\\u00f3 lớn"}}',
    ],
)
def test_headline(data):
    article = read_with(LINKED_DATA.format(data))
    assert (article.title, article.extracted_by["title"]) == ("Gió lớn", "structured")


@pytest.mark.parametrize(
    "kind", ['"application/ld+json; charset=utf-8"', '"APPLICATION/LD+JSON"', "' application/ld+json'"]
)
def test_media_type_of_the_script(kind):
    assert read_with(f"<script type={kind}>{NEWS}</script>").title == "Gió lớn"


def test_names_of_any_shape():
    data = {
        "@type": "NewsArticle",
        "author": [[{"@type": "Person", "name": ["Lan Chi"]}], {"name": {"@value": "Nam Giang"}}, 5, None, {"name": 7}],
        "keywords": ["lụt bão, Yên Phú", {"@type": "DefinedTerm", "name": "đê"}, [["", "kè"]]],
        "articleSection": {"@list": ["Kinh tế"]},
        "datePublished": 1640000000,
    }
    article = read_with(LINKED_DATA.format(json.dumps(data)), title="Bài", spider=PlainSpider)
    assert article.authors == ["Lan Chi", "Nam Giang"]
    assert article.tags == ["lụt bão", "Yên Phú", "đê", "kè"]
    assert article.section == ["Kinh tế"]
    assert article.published_at == "2021-12-20T18:33:20+07:00"


def test_only_the_first_article_of_a_script_is_this_one():
    data = [
        {"@type": "NewsArticle", "headline": "Gió lớn"},
        {"@type": "NewsArticle", "headline": "Tin khác", "author": "Lan Chi"},
    ]
    article = read_with(LINKED_DATA.format(json.dumps(data)))
    assert (article.title, article.authors) == ("Gió lớn", [])


def test_values_beyond_any_size_are_not_believed():
    data = {"@type": "NewsArticle", "headline": "x" * 100_000, "name": "Gió lớn", "author": ["y" * 10_000] * 9}
    head = LINKED_DATA.format(json.dumps(data)) + f'<meta name="description" content="{"z" * 1_000_000}">'
    article = read_with(head)
    assert (article.title, article.authors, article.sapo) == ("Gió lớn", [], None)


KEYS = [
    "@type",
    "@graph",
    "@id",
    "@value",
    "@list",
    "mainEntity",
    "headline",
    "name",
    "description",
    "datePublished",
    "dateModified",
    "author",
    "keywords",
    "articleSection",
    "publisher",
    "itemListElement",
    "item",
    "position",
]
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "NewsArticle",
            "BreadcrumbList",
            "2026-01-01",
            "9999-12-31",
            "99/99/9999 99:99",
            "Lan Chi",
            "\ud800",
            "&amp;" * 9,
        ]
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=25,
)
NAMES = [
    "og:title",
    "description",
    "article:published_time",
    "article:section",
    "article:tag",
    "article:author",
    "keywords",
    "og:url",
    "canonical",
    "robots",
    "og:type",
    "datePublished",
]
KINDS = ["name", "property", "itemprop"]
METAS = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(NAMES), TEXTS), max_size=4)
READERS = [Reader(get_crawler(spider)) for spider in (BaoviduSpider, PlainSpider)]


@settings(deadline=None, derandomize=True, max_examples=150)
@given(
    st.lists(
        st.one_of(JSON.map(json.dumps), JSON.map(lambda data: json.dumps(data)[:-3]), st.text(max_size=40)), max_size=3
    ),
    METAS,
)
def test_nothing_that_a_page_says_of_itself_stops_a_reader(scripts, metas):
    head = "".join(LINKED_DATA.format(script.replace("</", "<\\/")) for script in scripts)
    head += "".join(f'<meta {kind}="{name}" content="{html.escape(text)}">' for kind, name, text in metas)
    body = page(f"<p>{SENTENCE}</p><p>{OTHER}</p>", head=head).encode(errors="replace")
    for reader in READERS:
        if article := reader.article(reply(URL, body)):
            article.capture = None
            assert json.loads(to_line(article))["body"].endswith(OTHER)
