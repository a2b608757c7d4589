"""The portals of Hưng Yên: the province's departments, communes and former districts, below `hungyen.gov.vn`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from newsbot.cms.family import FamilySpider, Sign
from newsbot.source_attributes import Evidence
from newsbot.spider import Layout


class HungyenSpider(FamilySpider):
    """Each portal numbers its own articles; old ones are files of a SharePoint web, whose addresses do not mind case.

    No page of a portal was at hand when this was written, only addresses and what articles print: expect the generic
    step, and dates found by their form. Neither feeds nor sitemaps are known: sections are those of the front page's
    menu. Pages for printing (`/portal/Pages/print.aspx`) are no articles.
    """

    system = "Hưng Yên portal"
    signs = (
        Sign(says="a host below hungyen.gov.vn", host=r"(?:^|\.)hungyen\.gov\.vn$", weight=3),
        Sign(
            says="itself an address below hungyen.gov.vn",
            selector=(
                "link[rel='canonical'][href*='.hungyen.gov.vn/'], meta[property='og:url'][content*='.hungyen.gov.vn/']"
            ),
            weight=3,
        ),
        Sign(says="files below /updload_ubt/", address=r"/updload_ubt/", weight=3),
        Sign(
            says="an article of the old web", address=r"(?i)/portal/Pages/\d{4}-\d{1,2}-\d{1,2}/[^/]+\.aspx", weight=3
        ),
        Sign(says="a page for printing of the old web", address=r"(?i)/portal/Pages/print\.aspx", weight=3),
        Sign(says="files of the old web", address=r"/portal/(?:VanBan|PublishingImages)/\d{4}-\d{1,2}/", weight=3),
        Sign(says="articles numbered with a c", address=r"/[^/]*-c\d+\.html$"),
        Sign(says="links below hungyen.gov.vn", address=r"^https?://[\w.-]+\.hungyen\.gov\.vn/"),
    )

    article_url: ClassVar[tuple[str, ...]] = (
        r"^/(?:[a-z]{2}-[a-z]{2}/)?[^/]*-(?P<id>c\d+)\.html$",
        r"^/portal/pages/(?P<id>\d{4}-\d{1,2}-\d{1,2}/[^/]+)\.aspx$",
    )
    ids_ignore_case = True
    sections: Iterable[str] = ("",)
    sections_from_menu = True
    evidence: ClassVar[Evidence] = "inferred"
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            name="portal-2025",
            body=".news-detail .news-content",
            title="h1.news-title",
            sapo=".news-detail .news-summary",
            published=".news-detail .news-date",
            section="ul.breadcrumb a",
        ),
        Layout(
            name="portal-2018",
            body=".ms-rtestate-field",
            title=".title-news h1",
            sapo=".ms-rtestate-field > p:first-child:has(> b)",
            published=".date-news",
            section="ul.breadcrumb a",
        ),
    )
