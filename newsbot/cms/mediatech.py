"""MediaTech: the sites with `<meta name="author" content="MEDIATECH">`."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from newsbot.spider import Layout, NewsSpider

_PLAIN: Final = Layout(
    name="mediatech",
    body="#content-detail",
    title="h1.name",
    sapo=("#content-detail p.sapo", "#content-detail > div.sapo"),
    author=("#content-detail div.author", "div.pseudonym"),
    published=".content-article > div.date",
    section=".breadcrumbs ol.breadcrumb li a",
    tags="div.topics a",
    captions=".wp-caption-text",
    drop="#content-detail > div.sapo",
)


class MediaTechSpider(NewsSpider):
    """Articles stand below the root, sometimes below their section too; the header's clock shows the present."""

    article_url: ClassVar[tuple[str, ...]] = (r"^/(?:[\w-]+/)?[^/]*-(?P<id>\d{4,})\.html$",)
    layouts: ClassVar[tuple[Layout, ...]] = (
        # Posts brought over from an older system: a document of their own, and before it their first 300 characters.
        replace(_PLAIN, name="mediatech-nested", body="#content-detail:has(> div.sapo)"),
        _PLAIN,
    )
