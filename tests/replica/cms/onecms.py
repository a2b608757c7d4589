"""Pages of CMS family A, OneCMS (baohaiduong.vn since 2023)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from unicodedata import normalize

from tests.replica import printed_dates
from tests.replica.elsewhere import ADS, TRACKERS
from tests.replica.headlines import Headline, Section
from tests.replica.markup import cut, ink, linked, named, numeric
from tests.replica.news import Story
from tests.replica.newspaper import Newspaper


class OneCms:
    """The pages of one OneCMS site; `home` has no slash at its end, `media` is the host of its files."""

    def __init__(
        self,
        site: Newspaper,
        *,
        home: str,
        media: str,
        outlet: str,
        lanes: Sequence[int],
        quiet: Sequence[Section] = (),
        menu: Sequence[tuple[str, str]] = (),
        slug: str = "HDO",
    ) -> None:
        self.slug = slug
        self.site, self.home, self.media, self.outlet, self.lanes = site, home, media, outlet, lanes
        self.sections, self.quiet = site.lanes[lanes[0]].sections, tuple(quiet)
        links = [(f"/{row.slug}", row.title) for row in (*self.sections, *self.quiet)] + list(menu)
        rows = "".join(
            f'<li class="nav-item"><a class="nav-link c-menu__link" href="{href}" title="{named(title)}">'
            f"{escape(title)}</a></li>\n"
            for href, title in links
        )
        self._header = (
            '<header class="b-header"><div class="c-header-top"><p class="onecms__currentTime"></p>'
            f'<a class="c-logo" href="/"><img src="https://{media}/assets/images/logo.png" alt="{named(outlet)}"></a>'
            "</div>"
            f'<nav class="c-menu"><ul>{rows}</ul></nav><nav class="c-menu-expand"><ul>{rows}</ul></nav></header>\n'
        )
        self._footer = (
            f'<footer class="b-footer"><ul>{rows}</ul><p>{outlet} - Cơ quan chủ quản: Tỉnh uỷ</p>'
            "<p>POWERED BY <b>ONECMS</b> - A PRODUCT OF <b>NEKO</b></p></footer>"
            f'<script src="https://{media}/assets/js/onecms.js?v=20260114"></script>'
            f'<script src="/script/oneAds.js"></script>\n{TRACKERS}'
        )
        self._sidebar = (
            '<div class="b-sidebar"><div class="c-box c-box-most"><h3 class="c-box__title">Đọc nhiều</h3><ul>'
            f"{''.join(map(self.entry, site.newest(lanes, 6)))}</ul></div>"
            '<div class="onecms__ads" data-zone="12"></div><div data-ad="mrec"></div>'
            '<iframe src="/widget/weather" height="60" title=""></iframe></div>'
        )

    def entry(self, row: Headline) -> str:
        """A teaser in a list."""
        path = row.url.removeprefix(self.home)
        thumb = f"https://{self.media}/thumbs/600x400/{row.moment:%Y/%m/%d}/{row.id}.jpg"
        return (
            f'<li class="loadArticle"><div class="b-grid"><div class="b-grid__img"><a href="{path}" '
            f'title="{named(row.title)}">'
            f'<img src="/img/loading.gif" data-src="{thumb}" data-srcset="{thumb} 1x, {thumb[:-4]}@2x.jpg 2x" alt="">'
            f'<noscript><img src="{thumb}" alt="{named(row.title)}"></noscript></a></div>'
            '<div class="b-grid__content"><h3 class="b-grid__title">'
            f'<a href="{path}">{escape(row.title)}</a></h3><div class="b-grid__desc">{escape(cut(row.sapo, 120))}</div>'
            f'<span class="b-grid__time">{printed_dates.onecms(row.moment)}</span></div></div></li>\n'
        )

    def _head(self, title: str, description: str, url: str, extra: str = "") -> str:
        return (
            '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n'
            f'<title>{numeric(title)}</title>\n<meta name="description" content="{numeric(description)}">\n'
            f'<meta name="keywords" content="{numeric(self.outlet)}">\n<meta name="canonical" content="{url}">\n'
            f'<meta property="og:url" content="{url}">\n<meta property="og:title" content="{numeric(title)}">\n{extra}'
            f'<link rel="shortcut icon" href="https://{self.media}/assets/images/favicon.ico?v=2">\n'
            f'<link rel="preload" as="font" href="https://{self.media}/assets/fonts/digits.woff2?v=20260114" '
            "crossorigin>\n"
            f'<link rel="stylesheet" href="https://{self.media}/assets/css/main.css?v=20260114">\n'
            f'<meta name="viewport" content="width=device-width">\n<script>var amn = amn || [];</script>{ADS}</head>\n'
        )

    # Article

    def _picture(self, story: Story, source: str, caption: str | None) -> str:
        img = f'<img src="{source}" alt="{named(caption or "")}">'
        if "lazy-picture" in story.traps:
            lazy = f'<img src="/img/loading.gif" data-srcset="{source} 1x" alt="{named(caption or "")}">'
            img = f"{lazy}<noscript>{img}</noscript>"
        if caption is None:
            return f'<p style="text-align: center;">{img}</p>\n'
        text = ink(caption, story.traps)
        if "caption-em" in story.traps:
            return f'<p style="text-align: center;">{img}</p>\n<p style="text-align: center;"><em>{text}</em></p>\n'
        return f'<figure class="expNoEdit">{img}<figcaption>{text}</figcaption></figure>\n'

    def _text(self, story: Story) -> Iterable[str]:
        if story.images and "lead-picture-in-head" not in story.traps:
            yield self._picture(story, *story.images[0])
        for position, paragraph in enumerate(story.paragraphs):
            text = ink(paragraph, story.traps)
            if len(paragraph) < 60:
                text = f"<strong>{text}</strong>"
            elif position == 2:
                text = linked(text, f"{self.home}/{self.sections[0].slug}")
            yield f"<p>{text}</p>\n"
            if position == 1:
                yield from [self._picture(story, source, caption) for source, caption in story.images[1:]]
            if position == 0 and "related-inline" in story.traps:
                rows = "".join(
                    f'<li><a href="{row.url}">{escape(row.title)}</a></li>' for row in self.site.related(story.index, 2)
                )
                yield f'<div class="c-box c-box-related"><h3>Bài liên quan</h3><ul>{rows}</ul></div>\n'
            if position == 1 and "ads-in-paragraph" in story.traps:
                yield f'<div id="AMN_res_{story.id}" class="AMN_res_content"><p>Quảng cáo</p>'
                yield "<script>amn.push(1);</script></div>\n"
        if story.byline and "author-repeated-hidden" in story.traps:
            yield f'<b class="vtranslate-author-translate">{ink(story.byline, story.traps)}</b>\n'

    def article(self, story: Story) -> str:
        traps, site = story.traps, self.site
        headline = site.headline(story.index)
        meta = [f'<meta property="og:image" content="{self._og_image(story)}">\n'] if story.images else []
        if story.published:
            meta.append(
                f'<meta property="article:published_time" content="{printed_dates.american(story.published)}">\n'
            )
        if story.modified:
            meta.append(f'<meta property="article:modified_time" content="{printed_dates.american(story.modified)}">\n')
        if story.noarchive:
            meta.append('<meta name="robots" content="index,follow,noarchive">\n')
        if "author-escaped-twice" in traps and story.authors:
            meta.append(f'<meta property="article:author" content="{escape(numeric(story.authors[0]))}">\n')
        if story.tags:
            meta.append(f'<meta property="article:tag" content="{numeric(", ".join(story.tags))},">\n')
        if "jsonld-broken" in traps:
            thing = {
                "@type": "http://schema.org/NewsArticle",
                "headline": story.title,
                "author": [{"name": self.outlet}],
            }
            data = json.dumps(thing, ensure_ascii=False).replace("<", "\\u003c")
            meta.append(f'<script type="application/ld+json; charset=utf-8">/* bài viết */ {data};</script>\n')
        parent = headline.section.parent
        crumbs = f'<li class="breadcrumb-item"><a href="/{parent[0]}">{parent[1]}</a></li>' if parent else ""
        author = (
            f'<span class="sc-longform-header-author block-sc-author">{ink(story.byline, traps)}</span>'
            if story.byline
            else ""
        )
        date = story.published_printed or ""
        tags = "".join(
            f'<li><a href="/tag/{tag if "raw-tag-href" in traps else tag.replace(" ", "-")}-ptag.html">{tag}</a></li>'
            for tag in story.tags
        )
        sapo = f"{self.slug} - {story.sapo}" if "slug-bare" in traps else story.sapo
        title, lead = ink(story.title, traps), ink(sapo, traps)
        block = (
            '<ol class="breadcrumb"><li class="breadcrumb-item"><a href="/">Trang chủ</a></li>'
            f'{crumbs}<li class="breadcrumb-item active"><a href="/{headline.section.slug}">{story.section[-1]}</a>'
            "</li></ol>\n"
        )
        below = _AD if "ad-label" in traps else ""
        text = f'<div class="sc-empty-layer"></div>\n{"".join(self._text(story))}</article>\n{below}</div>\n'
        if "older-head" in traps:
            signed = f'<span class="c-detail-head__cat">{ink(story.byline, traps)}</span>' if story.byline else ""
            if "author-beside-section" in traps:
                signed = (
                    f'<span class="c-detail-head__cat">{story.section[-1]}</span> '
                    f'<span class="c-detail-head__author">{ink(story.byline or "", traps)}</span>'
                )
            block += (
                f'<div class="c-detail-head"><h1 class="c-detail-head__title">{title}</h1>\n'
                f'<div class="c-detail-head__row"><span class="c-detail-head__time">{date}</span> | {signed}</div>'
                "</div>\n"
                f'<div class="b-maincontent"><p class="Headlines"><b>{lead}</b></p>\n'
                f'<article class="entry entry-no-padding">\n{text}'
            )
        else:
            block += (
                '<div class="b-maincontent"><article class="entry entry-no-padding">\n<div class="sc-longform-header">'
                f'<h1 class="sc-longform-header-title block-sc-title">{title}</h1>\n'
                f'<div class="sc-longform-header-meta">{author}<span class="sc-longform-header-date '
                f'block-sc-publish-time">{date}</span></div>\n{self._lead_picture(story)}'
                f'<p class="sc-longform-header-sapo block-sc-sapo">{lead}</p></div>\n{text}'
            )
        if "nfd-text" in traps:
            block = normalize("NFD", block)
        related = "".join(map(self.entry, site.related(story.index, 4)))
        share = '<div class="c-share"><a href="javascript:;">Chia sẻ</a><a href="javascript:;">Lưu bài viết</a></div>'
        return (
            f"{self._head(story.title, cut(sapo, 200), headline.url, ''.join(meta))}<body>\n{self._header}"
            f'<main class="b-main" data-id="{story.id}">{block}{share}'
            f'<div class="{"c-tags" if "older-head" in traps else "c-widget-tags onecms__tags"}"><ul>{tags}</ul></div>'
            f"{_COMMENTS}"
            f'<div class="c-news-related"><h3>Bài đọc tiếp</h3><ul>{related}</ul></div>{self._sidebar}</main>\n'
            f"{self._footer}</body>\n</html>\n"
        )

    def _lead_picture(self, story: Story) -> str:
        if not story.images or "lead-picture-in-head" not in story.traps:
            return ""
        source, caption = story.images[0]
        return (
            f'<div class="sc-longform-header-media"><figure><img data-src="{source}" src="/img/blank.gif" alt="">'
            f"<figcaption>{ink(caption or '', story.traps)}</figcaption></figure></div>\n"
        )

    def _og_image(self, story: Story) -> str:
        source = story.images[0][0]
        return "/" + source.split("/", 3)[3] if "relative-og-image" in story.traps else source

    # Lists

    def front(self, extra: str = "") -> str:
        """The front page; `extra` is markup for links of other kinds."""
        blocks = "".join(
            f'<section class="c-block"><h2><a href="/{section.slug}">{section.title}</a></h2>'
            f"<ul>{''.join(map(self.entry, self.site.listing(self.lanes, number, 1, 3)))}</ul></section>"
            for number, section in enumerate(self.sections)
        )
        top = "".join(map(self.entry, self.site.newest(self.lanes, 8)))
        return self._list_page(self.outlet, f"{self.home}/", f'<ul class="c-top">{top}</ul>{blocks}{extra}')

    def section_page(self, number: int, extra: str = "") -> str:
        """A section's first page, the only whole one; a script fetches the others by its button's address."""
        section, rows = self.sections[number], self.site.listing(self.lanes, number, 1)
        body = f'<h1 class="c-cate__title">{section.title}</h1><ul class="onecms__loading loadAjax">'
        body += f"{''.join(map(self.entry, rows))}</ul>{self._button(number, 1)}{extra}"
        return self._list_page(section.title, f"{self.home}/{section.slug}", body)

    def more(self, number: int, page: int) -> str | None:
        """What the button's script gets: a piece of the list, and the next button while there is more."""
        rows = self.site.listing(self.lanes, number, page)
        return "".join(map(self.entry, rows)) + self._button(number, page) if rows else None

    def _button(self, number: int, page: int) -> str:
        if page * self.site.page_size >= self.site.section_size(self.lanes, number):
            return ""
        href = f"/api/loadmore/{self.sections[number].slug}/{page + 1}.html"
        button = f'<a href="javascript:;" data-url="{href}" data-page="{page + 1}">Xem thêm</a>'
        return f'<div class="c-more onecms__loadmore">{button}</div>'

    def quiet_page(self, section: Section) -> str:
        """A section with little of its own: it repeats the newest stories."""
        rows = "".join(map(self.entry, self.site.newest(self.lanes, 3)))
        body = f'<h1 class="c-cate__title">{section.title}</h1><ul class="onecms__loading">{rows}</ul>'
        return self._list_page(section.title, f"{self.home}/{section.slug}", body)

    def _list_page(self, title: str, url: str, body: str) -> str:
        return (
            f'{self._head(title, title, url)}<body>\n{self._header}<main class="b-main">{body}{self._sidebar}</main>'
            f"{self._footer}</body></html>\n"
        )


_AD = """<div class="c-banner-inpage"><div class="c-banner-section__title"><span>AD</span>Quảng cáo</div></div>
"""
_COMMENTS = """<div class="c-comments"><h3 class="c-comments__title">Bình luận</h3>
<div class="c-comment-input onecms__comments">
<textarea class="form-control txt-content" rows="3" placeholder="Vui lòng nhập tiếng việt có dấu"></textarea>
<p class="c-comment-note">Comment</p><button class="btn btn-send" type="button">Gửi</button></div>
<div class="onecms__comment__list"></div></div>
"""
