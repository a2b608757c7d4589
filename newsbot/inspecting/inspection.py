"""All that there is to say of one page: its family, its layout, its fields or its links, and what its site offers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import Settings

from newsbot.inspecting.detecting import Detection, detect_site
from newsbot.inspecting.draft import Draft, draft, name_of
from newsbot.inspecting.field_steps import FieldSteps, read_steps
from newsbot.inspecting.layout_fit import LayoutFit, layout_fits
from newsbot.inspecting.looking import Look, NothingToLookAtError
from newsbot.items import Article
from newsbot.lists.feeds import Feed
from newsbot.lists.sitemaps import Sitemap
from newsbot.reading.limits import ReadingLimitError
from newsbot.reading.page import Page
from newsbot.reading.structured import read_structured
from newsbot.replaying.captures import Reader
from newsbot.spider import NewsSpider

_BEGINNING: Final = 2_000
_MOST_LINKS: Final = 1_000


@dataclass
class Links:
    """What a list names: its articles by address, the page after it, and how many links it has."""

    number: int
    articles: list[str]
    next_page: str = ""
    sitemaps: list[str] = field(default_factory=list)
    shortfall: str = ""


@dataclass
class Inspection:
    """What was seen of one page."""

    url: str
    status: int
    fetched_at: str
    size: int
    robots: str
    #: "article", "list", "feed", "sitemap", or what the page is instead of an article.
    kind: str
    #: Name of the source whose site it is; "" if it is of none.
    source: str
    #: Also where the page is a further one of an article that its site has split.
    article_id: str
    detection: Detection
    layouts: list[LayoutFit] = field(default_factory=list)
    fields: list[FieldSteps] = field(default_factory=list)
    links: Links | None = None
    #: Of an article that its site has split.
    further_pages: list[str] = field(default_factory=list)
    #: For a site that no source has: one that reads it.
    draft: Draft | None = None


def inspect(look: Look, sources: Iterable[type[NewsSpider]], settings: Settings) -> Inspection:
    """Look over a page.

    :param sources: the spiders that there are.
    :raises NothingToLookAtError: if the page cannot be read.
    """
    response = look.response
    seen = detect_site(look)
    page = seen.page
    known = next((cls for cls in sources if seen.host in cls.allowed_domains), None)
    drafted = None if known else draft(name_of(seen.host), seen.host, seen.family, facts=seen.facts(seen.host))
    cls = drafted.spider() if drafted else known
    assert cls is not None
    spider = Reader(Crawler(cls, settings)).spider
    found = Inspection(
        url=page.url,
        status=page.status,
        fetched_at=page.fetched_at,
        size=page.size,
        robots=look.robots.verdict,
        kind=_kind(response.body),
        source=known.name if known else "",
        article_id=spider.whole_article_id(page.url) or "",
        detection=seen,
        draft=drafted,
    )
    try:
        _fill(found, spider, page, response)
    except ReadingLimitError as error:
        raise NothingToLookAtError(f"{page.url}: not read: {error}") from error
    return found


def _fill(found: Inspection, spider: NewsSpider, page: Page, response: Response) -> None:
    if found.kind == "feed":
        feed = Feed.of(response)
        urls = [spider.likeliest(response, links) for links in feed]
        found.links = _links(spider, response, urls, shortfall=feed.shortfall)
    elif found.kind == "sitemap":
        sitemap = Sitemap.of(response)
        entries = list(sitemap)
        found.links = _links(spider, response, [each.url for each in entries], shortfall=sitemap.shortfall)
        found.links.sitemaps = [each.url for each in entries if each.is_sitemap][:_MOST_LINKS]
    elif found.article_id or read_structured(page.tree).is_article:
        found.layouts = layout_fits(page.tree, spider.layouts)
        what, found.fields = read_steps(page, spider, found.article_id or f"{spider.name}:")
        found.kind = "article" if isinstance(what, Article) else str(what)
        found.further_pages = what.further_pages if isinstance(what, Article) else []
    else:
        section = spider.read_section_here(response)
        found.kind = "list"
        found.links = _links(spider, response, section.links, section.following or "", section.breaks_off)


def _links(spider: NewsSpider, response: Response, urls: list[str], following: str = "", shortfall: str = "") -> Links:
    addresses = spider.read_addresses(response, urls)
    articles = list(dict.fromkeys(address.url for address in addresses))
    return Links(len(urls), articles[:_MOST_LINKS], following, shortfall=shortfall)


def _kind(body: bytes) -> str:
    beginning = body[:_BEGINNING].lower()
    if b"<urlset" in beginning or b"<sitemapindex" in beginning:
        return "sitemap"
    return "feed" if b"<rss" in beginning or b"<feed" in beginning or b"<rdf:rdf" in beginning else "page"


def as_json(found: Inspection) -> dict[str, Any]:
    """Return what was seen as JSON has it."""
    facts = found.detection.facts(urlsplit(found.url).hostname or "")
    return {
        "url": found.url,
        "status": found.status,
        "fetched_at": found.fetched_at,
        "size": found.size,
        "robots": found.robots,
        "kind": found.kind,
        "source": found.source or None,
        "article_id": found.article_id or None,
        "further_pages": found.further_pages,
        "family": found.detection.family or None,
        "signs": {each.name: [sign.says for sign in each.signs] for each in found.detection.found},
        "outlet": facts.outlet or None,
        "feeds": list(facts.feeds),
        "sitemaps": list(facts.sitemaps),
        "sections": list(facts.sections),
        "layouts": [
            {
                "name": each.name,
                "fits": each.fits,
                "used": each.is_used,
                "selectors": [asdict(selected) for selected in each.selected],
            }
            for each in found.layouts
        ],
        "fields": {
            each.name: {"value": each.value, "won": each.won or None}
            | {step: getattr(each, step) for step in ("layout", "structured", "generic")}
            for each in found.fields
        },
        "links": vars(found.links) if found.links else None,
        "spider": found.draft.module() if found.draft else None,
    }
