"""OneCMS: the system of Neko, whose sites have their pictures on `*.1cdn.vn`."""

from __future__ import annotations

from typing import ClassVar

from newsbot.cms.family import FamilySpider, Sign
from newsbot.spider import Layout


class OneCmsSpider(FamilySpider):
    """Articles stand below the root; a list's further pages are pieces that its button's script asks for."""

    system = "OneCMS"
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(says="pictures on *.1cdn.vn", address=r"^(?:https?:)?//[\w-]+\.1cdn\.vn/", weight=3),
        Sign(says="parts with OneCMS in their names", selector="[class*='onecms__']", weight=3),
        Sign(says="blocks of OneCMS", selector="[class*='block-sc-'], .sc-longform-header", weight=3),
        Sign(says="the older head of an article", selector="h1.c-detail-head__title", weight=2),
        Sign(says="rows of a list", selector=".b-grid__title a"),
    )

    article_url: ClassVar[tuple[str, ...]] = (r"^/[^/]*-(?P<id>\d{2,})\.html$",)
    sitemaps: ClassVar[tuple[str, ...]] = ("sitemap.xml",)
    next_page = ".onecms__loadmore a[data-url]"
    layouts: ClassVar[tuple[Layout, ...]] = (
        # Two designs of the head, above one of the text. The older one's "cat" is the author.
        Layout(
            name="onecms",
            body=(".b-maincontent .entry", ".b-maincontent"),
            title=("h1.sc-longform-header-title", "h1.c-detail-head__title"),
            sapo=("p.sc-longform-header-sapo", ".b-maincontent p.Headlines"),
            author=("span.sc-longform-header-author", ".c-detail-head__author", "span.c-detail-head__cat"),
            credit=".c-author-page .btn > span",
            published=("span.sc-longform-header-date", ".c-detail-head__time"),
            section="ol.breadcrumb li.breadcrumb-item a",
            tags=(".c-widget-tags.onecms__tags a", ".c-tags ul li a"),
            pictures=".sc-longform-header-media",
            drop=(
                ".sc-longform-header, .sc-empty-layer, .c-box, .c-news-related, .vtranslate-author-translate,"
                " .c-banner-inpage, .AdsBetweenContent"
            ),
        ),
    )
