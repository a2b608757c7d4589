"""MediaTech: the sites with `<meta name="author" content="MEDIATECH">`."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from newsbot.cms.family import FamilySpider, Sign
from newsbot.spider import Layout

_PLAIN: Final = Layout(
    name="mediatech",
    body="#content-detail",
    title="h1.name",
    # Some papers have no element for the lead: it is a heading before the text, or its first paragraph, all bold.
    sapo=(
        "#content-detail p.sapo", "#content-detail > div.sapo", "#content-detail > h2:first-child",
        "#content-detail > p:first-child:has(> strong:only-child)",
    ),
    author=("#content-detail div.author", "div.pseudonym"),
    published=".content-article > div.date",
    section=".breadcrumbs ol.breadcrumb li a",
    tags="div.topics a",
    captions=".wp-caption-text",
    drop="#content-detail > div.sapo, .block-news-list",
)  # fmt: skip


class MediaTechSpider(FamilySpider):
    """Articles stand below the root, sometimes below their section too; the header's clock shows the present."""

    system = "MediaTech"
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(says="MEDIATECH as the page's author", selector="meta[name='author' i][content*='mediatech' i]", weight=3),
        Sign(
            says="an upload of MediaTech", address=r"/upload/image/\d{6}/(?:thumbnail|medium|original|large)/", weight=3
        ),
        Sign(says="a theme of MediaTech", address=r"/themes/frontend/", weight=2),
        Sign(says="the hidden block of the page's numbers", selector="section.page-info #post-id", weight=3),
        Sign(says="a slot for advertisements", selector=".ads-zone-group"),
        Sign(says="cards with their moment in rel", selector="article.card time.card-time[rel]"),
    )

    article_url: ClassVar[tuple[str, ...]] = (r"^/(?:[\w-]+/)?[^/]*-(?P<id>\d{4,})\.html$",)
    layouts: ClassVar[tuple[Layout, ...]] = (
        # Posts brought over from an older system: a document of their own, and before it their first 300 characters.
        replace(_PLAIN, name="mediatech-nested", body="#content-detail:has(> div.sapo)"),
        _PLAIN,
    )
