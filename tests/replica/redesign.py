"""A story's page after its site has been made anew: markup that no layout knows, as a generic reader meets it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape

from tests.replica.headlines import Headline
from tests.replica.news import Story


def redesigned_page(story: Story, related: Iterable[Headline]) -> str:
    """The page of a story: semantic HTML5 with metadata, and the usual company of a text."""
    title, sapo = escape(story.title), escape(story.sapo)
    cards = "".join(f'<li><a href="{escape(row.url)}">{escape(row.title)}</a></li>' for row in related)
    return (
        f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta name="description" content="{sapo}">\n<link rel="canonical" href="{escape(story.urls[0])}">\n'
        f'<meta property="og:type" content="article">\n<meta property="og:title" content="{title}">\n'
        f'<script type="application/ld+json">{_json_ld(story)}</script></head>\n'
        '<body><div id="app"><nav class="topbar"><a href="/">Trang chủ</a></nav>\n'
        f'<main class="story"><header class="story__head"><h1 class="story__title">{title}</h1>\n'
        f'<div class="story__lead"><strong>{sapo}</strong></div></header>\n'
        f'<div class="story__content">{"".join(_content(story))}</div>\n'
        f'<aside class="story__more"><h4>Đọc thêm</h4><ul>{cards}</ul></aside></main>\n'
        '<footer class="bottom"><p>Ghi rõ nguồn khi phát hành lại thông tin từ trang này.</p></footer>\n'
        "</div></body></html>"
    )


def _json_ld(story: Story) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "datePublished": story.published_at,
        "author": [{"@type": "Person", "name": name} for name in story.authors],
    }
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def _content(story: Story) -> Iterable[str]:
    for position, paragraph in enumerate(story.paragraphs):
        yield f"<p>{escape(paragraph)}</p>\n"
        if position < len(story.images):
            source, caption = story.images[position]
            text = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
            yield f'<figure><img src="{escape(source)}" alt="">{text}</figure>\n'
