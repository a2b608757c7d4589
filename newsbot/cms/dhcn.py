"""DHCN: the system of Báo Thanh Hóa and Báo Phú Thọ, with pictures on `c.dhcn.vn`."""

from __future__ import annotations

from typing import ClassVar

from newsbot.cms.family import FamilySpider, Sign
from newsbot.spider import Layout


class DhcnSpider(FamilySpider):
    """Articles stand below the root; each section has a feed, `rss/<section>.xml`.

    The text of some articles is sent enciphered, and put into its place by a script: there the page has none, and
    counts as a wall. The pages for printing (`print/<32 digits>/<id>.htm`) have the text with its letters exchanged:
    they are no articles.
    """

    system = "DHCN"
    signs = (
        Sign(says="files on *.dhcn.vn", address=r"^(?:https?:)?//[\w-]+\.dhcn\.vn/", weight=3),
        Sign(says="a page for printing, below 32 digits", address=r"/print/[0-9a-f]{32}/\d+\.htm$", weight=3),
        Sign(says="pictures by year and week", address=r"^(?:https?:)?//i\.[\w.-]+/news/\d{4}/", weight=2),
        Sign(says="the text of an article", selector="#dcontent", weight=2),
        Sign(says="a feed for each section", address=r"/rss/[a-z0-9-]+\.xml$"),
        Sign(says="articles that end in .htm", address=r"^(?:https?://[\w.-]+)?/[^/]+-\d{4,}\.htm$"),
        Sign(says="the head of an article", selector="h1.pTitle"),
        Sign(says="the lead of an article", selector="p.pHead, div.article__sapo"),
    )

    article_url: ClassVar[tuple[str, ...]] = (r"^/[^/]+-(?P<id>\d{4,})\.htm$",)
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            name="dhcn",
            body="#dcontent",
            title="h1.pTitle",
            sapo=("p.pHead", "div.article__sapo"),
            author="#dcontent .pAuthor",
            captions=".pCaption",
            drop=".drelated",
            by_script=True,
        ),
        Layout(
            name="dhcn-2020",
            body="#main-detail",
            sapo=".sapo_detail",
            author="#main-detail .pAuthor",
            published=".date_news",
            captions=".pCaption",
            drop=".pHead, .drelated",
        ),
    )
