"""zce: the system whose parts are called `cms-title`, `cms-desc`, `cms-body`, with articles at `-post<number>.html`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from newsbot.cms.family import FamilySpider, Sign
from newsbot.spider import Layout

ZCE_ARTICLE: Final = r"^/(?:[^/]+/)?[^/]*-post(?P<id>\d+)\.html$"


class ZceSpider(FamilySpider):
    """Articles stand below the root. A list has one page; sitemaps by month hold all that was ever published.

    An empty first heading holds the logo; pages load themselves again after half an hour.
    """

    system = "zce"
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(says="text in zce-content-body", selector=".zce-content-body", weight=3),
        Sign(says="the moment in cms-date", selector="meta.cms-date, time.cms-date", weight=3),
        Sign(says="parts of the text called cms-", selector=".cms-title, .cms-desc, .cms-body", weight=3),
        Sign(says="an article's head and text", selector=".article__title, .article__sapo, .article__body", weight=2),
        Sign(says="slots for advertisements", selector="[class^='sda'], .rennab, [id^='adsWeb_']", weight=2),
        Sign(says="tags below /tu-khoa/", address=r"/tu-khoa/[^/]*-tag\d+\.html$", weight=2),
        Sign(says="the logo as an empty heading", selector="h1 > a.site-logo", weight=2),
        Sign(says="articles with post before their number", address=r"-post\d{3,}\.html$"),
        Sign(says="stories of a list", selector="article.story"),
        Sign(says="links called cms-link", selector="a.cms-link"),
    )

    article_url: ClassVar[tuple[str, ...]] = (ZCE_ARTICLE,)
    feeds: ClassVar[Iterable[str]] = ("rss/home.rss",)
    sitemaps = ("sitemap.xml",)
    sitemap_month = r"/news-(?P<year>20\d\d)-(?P<month>1?\d)\.xml"
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            name="zce",
            body=(".article__body.cms-body", ".article__body", ".zce-content-body"),
            title=("h1.article__title", "h1.article__header", "h1.cms-title"),
            sapo=(".article__sapo.cms-desc", ".article__sapo"),
            author=("a.cms-author", ".article__author", ".article__body .t1"),
            credit=".cms-source",
            published=("time.time", "meta.cms-date", "time.cms-date"),
            section=("ul.breadcrumbs li.main-cate a", "ul.breadcrumbs a"),
            tags=(".article__tags a", ".article__tag a"),
            captions=".cms-photo-caption",
            pictures=".article__avatar",
            drop=".ads_middle, [id^='adsWeb_'], .cms-relate, .article-relate",
        ),
        # The vendor's templates of 2017.
        Layout(
            name="zce-2017",
            body=".article-content .cms-body",
            title="h1.cms-title",
            sapo=".summary.cms-desc",
            author=".cms-author",
            published="time.cms-date",
            section="ol.breadcrumb a",
            captions=".cms-photo-caption",
            pictures=".article-avatar",
            drop=".article-poll, .other-story, .cms-relate",
        ),
    )
