"""SharePoint: the portals of provinces whose articles are `ChiTietTinTuc.aspx?nid=<id>`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from newsbot.cms.family import FamilySpider, Sign
from newsbot.source_attributes import Evidence
from newsbot.spider import Layout


class SharepointSpider(FamilySpider):
    """One page shows all articles: which one, the query says, not the path.

    Departments have webs of their own below `/So/`, each with its own lists; they are no part of the province's.
    """

    system = "SharePoint"
    signs = (
        Sign(
            says="SharePoint as the page's maker",
            selector="meta[name='GENERATOR' i][content*='SharePoint' i]",
            weight=3,
        ),
        Sign(says="the page that shows all articles", address=r"(?i)/ChiTietTinTuc\.aspx", weight=3),
        Sign(says="scripts of SP.Portal", address=r"/_layouts/\d{2}/SP\.Portal/", weight=3),
        Sign(says="a field of rich text", selector=".ms-rtestate-field", weight=2),
        Sign(
            says="the workspace of a SharePoint page",
            selector="#s4-workspace, #s4-bodyContainer, #aspnetForm #DeltaPlaceHolderMain",
        ),
        Sign(says="files below /_layouts/", address=r"/_layouts/\d{2}/"),
    )

    article_url: ClassVar[tuple[str, ...]] = (r"^/Trang/ChiTietTinTuc\.aspx\?(?:.*&)?nid=(?P<id>\d+)(?:&|$)",)
    ids_ignore_case = True
    evidence: ClassVar[Evidence] = "config"
    sections: Iterable[str] = ("",)
    sections_from_menu = True
    section_url = r"^/Trang/[\w-]+\.aspx\?(?:.*&)?Cat=\d"
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            name="sharepoint-noi-dung",
            body=".noi-dung-trang",
            sapo=".noi-dung-trang > p:first-child:has(strong, b)",
            published=".publish-date",
        ),
        Layout(
            name="sharepoint-tandan",
            body=".ms-rtestate-field",
            sapo=".tandan-p-article-news-summary",
            published=".tandan-span-date-publish",
        ),
    )
