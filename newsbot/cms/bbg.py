"""bbg: the system of Bắc Giang's paper, whose addresses end so, and of the paper of Bắc Ninh since the two merged."""

from __future__ import annotations

from typing import ClassVar, Final

from newsbot.cms.family import FamilySpider, Sign
from newsbot.spider import Layout

BBG_ARTICLES: Final = (
    r"^/(?:[^/]+/){0,3}[^/]*-postid(?P<id>\d+)\.bbg$",
    r"^/bg2?/(?:[^/]+/){1,2}(?P<id>\d{4,})/[^/]+\.html$",
)


class BbgSpider(FamilySpider):
    """Articles stand below the root, or below their section; until 2021 in /bg/<section>/<number>/. One row of numbers.

    No page was at hand when this was written: titles and dates are found by their form.
    """

    system = "bbg"
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(says="addresses that end in .bbg", address=r"-postid\d+\.bbg$", weight=3),
        Sign(says="the lead of an article", selector=".news_detail_sapo", weight=3),
        Sign(says="the text of an article", selector=".news-details__content.link_content", weight=3),
        Sign(says="the older text of an article", selector="[class*='BaoBacGiang']", weight=3),
        Sign(says="rows of a list", selector="a.font-tin-doc", weight=3),
        Sign(says="articles below /bg/", address=r"/bg2?/(?:[^/]+/){1,2}\d{4,}/[^/]+\.html$", weight=2),
        Sign(says="pictures by day below /Medias/", address=r"/Medias/(?:\d+/)?20\d\d/\d\d/\d\d/", weight=2),
        Sign(says="the article's section", selector="a.post-meta"),
    )

    article_url: ClassVar[tuple[str, ...]] = BBG_ARTICLES
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            name="bbg",
            body=".news-details__content",
            sapo=(".news_detail_sapo p", ".news_detail_sapo"),
            section="a.post-meta",
            drop=".news-related__list",
        ),
        # The selectors of a reader program of 2020; pictures in tables with their captions below.
        Layout(
            name="bbg-2020",
            body="div.ArticleContent",
            sapo="p.alead",
            published="[class*='datetimes-detail-articlecontent']",
            captions="table:has(img) tr:has(img) ~ tr",
        ),
    )
