"""UBND: the portals of provinces with numbers for paths, `/4/469/<section>/<id>/<slug>`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from newsbot.cms.family import FamilySpider, Sign
from newsbot.source_attributes import Evidence
from newsbot.spider import Layout


class UbndSpider(FamilySpider):
    """Lists are at `/4/467/<section>/<slug>`, articles at `/4/469/<section>/<id>/<slug>`.

    Orders of the province's heads are shown by `Default.aspx` with their number in the query: it is another row of
    numbers.
    """

    system = "UBND portal"
    signs = (
        Sign(
            says="articles by numbers",
            address=r"^(?:https?://[\w.-]+\.gov\.vn)?/\d{1,2}/\d{3}/\d+/\d+/[^/]+$",
            weight=3,
        ),
        Sign(says="the page of the committee", address=r"(?i)/Default\.aspx\?(?:.*&)?sname=ubnd&", weight=3),
        Sign(says="the text of an article", selector="div.ArticleContent", weight=2),
        Sign(says="the lead of an article", selector="div.ArticleSummary", weight=2),
        Sign(says="the date of an article", selector="div.PostDate"),
    )

    article_url: ClassVar[tuple[str, ...]] = (
        r"^/\d{1,2}/\d{3}/\d+/(?P<id>\d+)/[^/]*$",
        r"^/(?:Default\.aspx)?\?(?:.*&)?(?P<id>p_steering=\d+)(?:&|$)",
    )
    ids_ignore_case = True
    evidence: ClassVar[Evidence] = "config"
    sections: Iterable[str] = ("",)
    sections_from_menu = True
    section_url = r"^/\d{1,2}/467/\d+/"
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            name="ubnd",
            body="div.ArticleContent",
            sapo="div.ArticleSummary",
            published="div.PostDate",
        ),
    )
