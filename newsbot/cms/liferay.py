"""Liferay: the portals with `/-/asset_publisher/` or `/-/view_content/` in the addresses of their articles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar, Final

from scrapy.http import Response
from selectolax.lexbor import LexborHTMLParser

from newsbot.cms.family import FamilySpider, Sign
from newsbot.source_attributes import Evidence
from newsbot.spider import Layout

#: The number of a page of a list, in the name of its portlet: `&_101_INSTANCE_x_cur=2`.
_NUMBER: Final = re.compile(r"[?&](?:\w{1,99}_)?cur=([0-9]{1,6})(?=[&#]|\Z)")


class LiferaySpider(FamilySpider):
    """Portals of provinces and their offices. An article stands on the page of each list that shows it, with one id.

    The first heading of a page is often a portlet's, of a menu; a portlet of banners has the same element as the text
    of an article. Lists have numbered pages, each portlet with a number of its own.
    """

    system = "Liferay"
    signs = (
        Sign(says="an article of an asset publisher", address=r"/-/asset_publisher/[^/]+/content/", weight=3),
        Sign(says="an article by its number", address=r"/-/view_content/\d+", weight=3),
        Sign(says="portlets", selector="[id^='p_p_id_'], .portlet-boundary", weight=3),
        Sign(says="a web content article", selector=".journal-content-article", weight=2),
        Sign(
            says="the title of a published asset", selector=".asset-full-content-title, .asset-full-content", weight=2
        ),
        Sign(says="documents by group and folder", address=r"/documents/\d{3,}/\d+/"),
        Sign(says="files of a portlet or theme", address=r"/[\w-]+-(?:portlet|theme)/"),
    )

    article_url: ClassVar[tuple[str, ...]] = (
        r"^/(?:[^/]+/){0,9}-/view_content/(?P<id>\d+)(?:-[^/]*)?$",
        r"^/(?:[^/]+/){0,9}-/asset_publisher/[^/]+/content/(?:id/)?(?P<id>[^/]+)/?$",
    )
    evidence: ClassVar[Evidence] = "inferred"
    sections: Iterable[str] = ("",)
    sections_from_menu = True
    pager = ".pagination a[href], .pager a[href], .lfr-pagination a[href], .taglib-page-iterator a[href]"
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            name="liferay",
            body=(
                ".asset-full-content .journal-content-article",
                ".asset-content .journal-content-article",
                ".portlet-asset-publisher .journal-content-article",
                ".asset-full-content .asset-content",
            ),
            title=(".asset-full-content-title", ".portlet-asset-publisher .header-title", ".asset-title", "h1"),
            sapo=(".asset-content p.sapo", ".asset-content .asset-summary", ".article-summary"),
            published=(".assetPublishDate", ".metadata-publish-date", ".meta-data-date", ".date_post"),
            section=(".dd_chuyenmuc .tintuc", ".portlet-breadcrumb a", "ul.breadcrumb a", "ol.breadcrumb a"),
            pictures=".sapo-wrapper",
            # Of whom it names, most are accounts: "admin admin".
            drop=".view-content-author, .related_asset, .entry-links, .asset-control-detail, .lfr-meta-actions",
        ),
        # Portals with a portlet of their own around the text.
        Layout(
            name="liferay-bare",
            body=".journal-content-article:has(p)",
            title=(),  # a page's headings are those of its portlets
            sapo=".article-summary",
            published=(".meta-data-date", ".date_post"),
            drop=".related_asset, .entry-links",
        ),
    )

    def read_next_page(self, response: Response, tree: LexborHTMLParser, page: int) -> str | None:
        links = (node.attributes.get("href") or "" for node in tree.css("a[href*='cur=']"))
        numbered = ((href, match[1]) for href in links if (match := _NUMBER.search(href)))
        following = next((href for href, number in numbered if int(number) == page + 1), None)
        return following or super().read_next_page(response, tree, page)

    def read_last_page(self, response: Response, tree: LexborHTMLParser) -> int | None:
        links = (node.attributes.get("href") or "" for node in tree.css("a[href*='cur=']"))
        numbers = (int(match[1]) for href in links if (match := _NUMBER.search(href)))
        return max(numbers, default=super().read_last_page(response, tree))
