"""VNPT: the sites with `/dataimages/` and a hidden `#page_info`, called so after their keywords."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from scrapy.http import Response
from selectolax.lexbor import LexborHTMLParser

from newsbot.cms.family import FamilySpider, Sign
from newsbot.lists.list_dates import Span, published_span
from newsbot.reading.node_text import node_text
from newsbot.reading.page import Page
from newsbot.spider import Layout

_CALL: Final = re.compile(r"\s*[\w.]+\s*\(\s*(\{.*\})\s*\)[\s;]*", re.DOTALL)
_CALL_BEGINS: Final = re.compile(rb"\s*[\w.]+\s*\(\s*\{")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_SEARCH: Final = re.compile(r"/search/select/\?[^\"'\s<>]+")
#: More than a section's first page holds, so that an answer from the first article on brings others too.
_ROWS: Final = 50

VNPT_ARTICLE: Final = r"^/(?:[^/]+/){1,3}\d{6}/[^/]*-(?P<id>\d{7,}|[0-9a-f]{7})/?$"
_POST: Final = "#content .td-post-content"
_PLAIN: Final = Layout(
    name="vnpt",
    body="#content",
    title=("h1.title", "h1.media-heading", "h1.head_title", "h2#title"),
    sapo="#content > p",
    published=(".article > div.date", "div.date", ".date", "div#date", "h2#title ~ ul.list-inline li"),
    section=(
        ".cate_title_1 h2 a", "a.maincatetitle", "a.title.color1", "h3.block-title a", "a.title.fleft",
        "#page_info #cate_title",
    ),
    tags=(".tags-box .tags a", ".tag_list a"),
    captions="td.image_desc, td.desc",
    drop=".rl.center, .slide_index, .widget, h1.media-heading, div.date, ul.social, .bd02",
)  # fmt: skip
VNPT_LAYOUTS: Final = (
    Layout(
        name="vnpt-v2",
        body="#wrapperPostDetailMain #content",
        title="#wrapperPostDetailMain h1.title",
        sapo=".content-reply p.reply",
        author=".after-author p.author",
        published="#wrapperPostDetailHeader time.time",
        section="#wrapperPostDetailHeader ol.breadcrumb a",
        tags=".tags-box .tags a",
        pictures="#wrapperPostDetailMain .detail-main-title",
    ),
    # Since 2023, the text in an element of its own inside that of the design before.
    replace(_PLAIN, name="vnpt-post", body=_POST, sapo=(".sub_first_content", f"{_POST} > p")),
    _PLAIN,
    replace(_PLAIN, name="vnpt-detail", body=".content-detail", sapo=("div.desc", ".content-detail > p")),
)


class VnptSpider(FamilySpider):
    """A section has one page of its own; its script asks a search for the others (Solr, wrapped in a call)."""

    system = "VNPT"
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(
            says="the hidden block of the page's numbers", selector="#page_info #site_id, #page_info #cate_id", weight=3
        ),
        # Papers that have moved on to other systems keep their pictures there.
        Sign(says="pictures by month", address=r"/dataimages/\d{6}/", weight=2),
        Sign(says="files of a site known by 32 digits", address=r"/file/+[0-9a-f]{32}/", weight=3),
        Sign(says="scripts below /common/vN/", address=r"/common/v\d/", weight=2),
        Sign(says="articles by month", address=r"/\d{6}/[^/]*-(?:\d{7}|[0-9a-f]{7})/?$"),
        Sign(says="links by size", selector="a.title1, a.title2, a.title3, a.title4, a.title5"),
    )

    #: What is added to a section's address for a further page, with `{page}`; where it is empty, the search is asked.
    further_page: ClassVar[str] = ""

    article_url: ClassVar[tuple[str, ...]] = (VNPT_ARTICLE,)
    layouts: ClassVar[tuple[Layout, ...]] = VNPT_LAYOUTS

    def read_links(self, response: Response, tree: LexborHTMLParser) -> Iterable[str]:
        answer = _search_answer(response)
        if answer is None:
            return super().read_links(response, tree)
        return [doc["url"] for doc in answer["docs"]]

    def read_breaking_off(self, response: Response, page: Page) -> str:
        """An answer is whole where it can be parsed: what looks like a tag in it is text, cut off by the search."""
        answer = _search_answer(response)
        if answer is not None and answer["is_whole"]:
            return ""
        if answer is not None and _CALL_BEGINS.match(response.body):
            return "inside a search's answer"
        return super().read_breaking_off(response, page)

    def read_link_dates(self, response: Response, tree: LexborHTMLParser) -> dict[str, Span]:
        answer = _search_answer(response)
        if answer is None:
            return super().read_link_dates(response, tree)
        found = {}
        for doc in answer["docs"]:
            if isinstance(doc.get("date"), str):
                address, span = self.find_address(response, doc["url"]), published_span(doc["date"])
                if address and span:
                    found[address.article] = span
        return found

    def read_last_page(self, response: Response, tree: LexborHTMLParser) -> int | None:
        answer = _search_answer(response)
        if answer is None:
            return super().read_last_page(response, tree)
        found = answer.get("numFound")
        return 2 + max(0, found) // _ROWS if isinstance(found, int) else None

    def page_address(self, second: str, page: int) -> str | None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(second).query).items()}
        start = asked.get("start", "")
        if not urlsplit(second).path.startswith("/search/select") or not _NUMBER.fullmatch(start):
            return super().page_address(second, page)
        return _search(asked.get("q", ""), int(start) + (page - 2) * _ROWS)

    def read_next_page(self, response: Response, tree: LexborHTMLParser, page: int) -> str | None:
        answer = _search_answer(response)
        if answer is not None:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(response.url).query).items()}
            start = asked.get("start", "0")
            return _search(asked.get("q", ""), int(start) + answer["rows"]) if _NUMBER.fullmatch(start) else None
        if self.further_page:
            return self.further_page.format(page=page + 1)
        written = next((found for script in tree.css("script") if (found := _SEARCH.search(script.text()))), None)
        if written:
            return written[0]
        site, cate = tree.css_first("#page_info #site_id"), tree.css_first("#page_info #cate_id")
        if site is None or cate is None:
            return super().read_next_page(response, tree, page)
        return _search(f"siteid:{node_text(site)} AND cateid:{node_text(cate)}", 0)


def _search(query: str, start: int) -> str:
    """Return the address of a search, as the site's own script writes it.

    >>> _search("siteid:249 AND cateid:7016", 26)
    '/search/select/?sort=date+desc&q=siteid%3A249+AND+cateid%3A7016&start=26&rows=50&r=&wt=json&json.wrf=getSearchData'
    """
    asked = {"sort": "date desc", "q": query, "start": start, "rows": _ROWS, "r": "", "wt": "json"}
    return f"/search/select/?{urlencode({**asked, 'json.wrf': 'getSearchData'})}"


def _search_answer(response: Response) -> dict[str, Any] | None:
    """Return the "response" of a search's answer, None for any other page."""
    if not urlsplit(response.url).path.startswith("/search/select"):
        return None
    call = _CALL.fullmatch(response.body.decode("utf-8", "replace"))
    try:
        answer = json.loads(call[1]) if call else {}
    except (ValueError, RecursionError):
        answer = {}
    found = answer.get("response") if isinstance(answer, dict) else None
    found = found if isinstance(found, dict) else {"numFound": 0}
    docs = found.get("docs")
    docs = docs if isinstance(docs, list) else []
    return {
        "docs": [doc for doc in docs if isinstance(doc, dict) and isinstance(doc.get("url"), str)],
        "rows": len(docs),
        "numFound": found.get("numFound"),
        "is_whole": bool(answer),
    }
