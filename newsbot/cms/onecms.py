"""OneCMS by Neko: the sites whose pictures are on `*.1cdn.vn`. Markup: SITES.md section 3."""

from __future__ import annotations

from typing import ClassVar

from newsbot.spider import Layout, NewsSpider


class OneCmsSpider(NewsSpider):
    """Articles stand below the root; a list's further pages are pieces that its button's script asks for."""

    article_url: ClassVar[tuple[str, ...]] = (r"^/[^/]*-(?P<id>\d{2,})\.html$",)
    sitemaps = ("sitemap.xml",)
    next_page = ".onecms__loadmore a[data-url]"
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            name="onecms",
            body=".b-maincontent .entry, .b-maincontent",
            title="h1.sc-longform-header-title",
            sapo="p.sc-longform-header-sapo",
            author="span.sc-longform-header-author",
            published="span.sc-longform-header-date",
            section="ol.breadcrumb li.breadcrumb-item a",
            tags=".c-widget-tags.onecms__tags a",
            drop=".sc-longform-header, .sc-empty-layer, .c-box, .c-news-related, .vtranslate-author-translate",
        ),
    )
