"""Pages of CMS family B, MediaTech (baoquangninh.vn since 2021, haiduongtv.vn)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from html import escape
from unicodedata import normalize

from tests.replica import printed_dates
from tests.replica.elsewhere import ADS, TRACKERS
from tests.replica.headlines import Headline, Section
from tests.replica.markup import cut, ink, linked, named, numeric
from tests.replica.news import Story
from tests.replica.newspaper import Newspaper
from tests.replica.vietnamese import slugify

_OLD_DOCTYPE = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN" "http://www.w3.org/TR/REC-html40/loose.dtd">'
)
SKIPPED = ("intro", "users", "thong-tin-quang-cao", "multimedia", "truyen-hinh", "phat-thanh")


def _ad(key: int) -> str:
    code = f"{key * 2654435761 % 2**32:08x}" * 4
    return (
        f'<ins class="ads-zone-group" adszone-key="{code}" adszone-position="custom_ads_1">\n<script>\n'
        f"if(window.ads_zones == undefined) window.ads_zones = [];\nwindow.ads_zones.push('{code}')\n</script></ins>"
    )


class MediaTech:
    """The pages of one MediaTech site; `home` has no slash at its end."""

    def __init__(
        self,
        site: Newspaper,
        *,
        home: str,
        code: str,
        outlet: str,
        jsonld_author: str,
        lanes: Sequence[int],
        date_forms: dict[str, Callable[[datetime], str]],
        page_address: Callable[[str, int], str],
        quiet: Sequence[Section] = (),
        lead: str = '<p class="sapo">{}</p>',
        signature: str = '<p style="text-align: right;"><strong>{}</strong></p>',
    ) -> None:
        self.lead, self.signature = lead, signature
        self.site, self.home, self.code, self.outlet = site, home, code, outlet
        self.jsonld_author, self.lanes, self.date_forms = jsonld_author, lanes, date_forms
        self.page_address, self.quiet = page_address, tuple(quiet)
        self.sections = site.lanes[lanes[0]].sections
        self._header = self._make_header()
        self._sidebar = self._make_sidebar()
        self._footer = self._make_footer()

    # What all pages share

    def _make_header(self) -> str:
        links = [(f"/{section.slug}", section.title) for section in (*self.sections, *self.quiet)]
        links += [(f"/{slug}", slug.replace("-", " ").capitalize()) for slug in SKIPPED]
        menu = "".join(
            f'<li class="nav-item dropdown"><a class="nav-link font3" href="{href}" title="{named(title)}">'
            f'<span class="menu-title">{escape(title)}</span></a></li>\n'
            for href, title in links
        )
        clock = printed_dates.mediatech_clock(self.site.now)
        now = self.site.now
        return (
            f'<header class="main-header"><div class="header-top"><ul><li>{clock.split(",")[0]} ngày '
            f"{now:%d/%m/%Y}</li>"
            '<li><a class="title" href="/rss">Rss</a></li><li><a href="/version/mobile" class="btn btn-sm">'
            "Mobile</a></li>"
            f'</ul></div><div class="logo"><a href="/"><img src="/themes/frontend/{self.code}/images/logo.png" '
            f'alt="{named(self.outlet)}"></a></div><nav class="menu-desktop"><ul class="navbar-nav">{menu}</ul></nav>'
            f'<nav class="menu-mobile d-none"><ul>{menu}</ul></nav></header>\n'
        )

    def card(self, headline: Headline, *, described: bool = True) -> str:
        """A teaser: picture, title, lead, and the date exact in an attribute."""
        path = escape(headline.url.removeprefix(self.home))
        title = escape(headline.title)
        picture = f"https://media.{self.home.split('//')[1]}/upload/image/{headline.moment:%Y%m}/thumbnail/{headline.id}_a.jpg"
        section = headline.section.slug
        if described:
            attributes = f'sizes="(min-width: 36em) 33.3vw, 100vw" alt="{named(headline.title)}"'
            image = f'<img class="card-img " src="{picture}" src="{picture}" {attributes}>'
        else:
            image = (
                f'<picture><source type="image/webp" srcset="{picture[:-4]}.webp">'
                f'<img class="card-img " src="{picture}" loading="lazy" alt=""></picture>'
            )
        lead = (
            f'<div class="card-desc"><a href="{path}">{escape(cut(headline.sapo, 140))}...</a></div>'
            if described
            else ""
        )
        return (
            '<article class="card card-style-horizontal thumb-left"><div class="card-content"><div class="row">'
            f'<div class="col-5"><div class="card-thumb thumb166"><a href="{path}">{image}</a></div></div>'
            f'<div class="col-7"><div class="card-body"><h3 class="card-title" title="{named(headline.title)}">\n'
            f'  <a href="{path}">\n    <span class="main-title">\n      {title}      </span>\n  </a></h3>{lead}\n'
            '<!--  <div class="card-cat"><a href=""></a></div>  -->'
            f'<div class="card-meta"><span class="card-category "><a href="/{section}{path}"></a></span>'
            f'<time class="card-time" rel="{int(headline.moment.timestamp())}"><i class="fa fa-clock-o"></i> '
            f"{printed_dates.mediatech_card(headline.moment)} </time></div></div></div></div></div></article>\n"
        )

    def _make_sidebar(self) -> str:
        cards = "".join(self.card(headline, described=False) for headline in self.site.newest(self.lanes, 3))
        board = f"https://media.{self.home.split('//')[1]}/upload/image/320x120/banner.webp"
        return (
            '<div class="main-right"><div class="block-content"><h2 class="title"><span class="main-title">Đọc '
            "nhiều</span>"
            f'</h2><div class="body-block">{cards}</div></div>{_ad(7)}<div class="weather"><p>Hôm nay 27°C</p>'
            '<iframe src="/widget/weather" title=""></iframe></div><ul class="most-read"></ul><div data-ad="1"></div>'
            f'<div class="board" data-bg="{board}"></div>'
            "</div>"
        )

    def _make_footer(self) -> str:
        rows = "".join(f'<li><a href="/{section.slug}">{escape(section.title)}</a></li>' for section in self.sections)
        return (
            f'<footer class="main-footer"><ul class="footer-menu">{rows}</ul><p>Cơ quan chủ quản: {self.outlet}. '
            "Giấy phép số 000/GP-BTTTT. Ghi rõ nguồn khi phát hành lại thông tin từ trang này.</p>"
            '<p>Phát triển bởi MediaTech</p></footer><script src="/themes/frontend/js/app.js?v=20240611"></script>'
            f"\n{TRACKERS}"
        )

    def _head(self, title: str, description: str, url: str, extra: str = "", robots: str = "index, follow") -> str:
        return (
            '<!DOCTYPE html>\n<html lang="" class="desktop header-fixed layout_style_1">\n\n</html>\n\n<head>\n'
            '<meta charset="utf-8">\n<meta http-equiv="Content-Language" content="vi">\n'
            f'<meta name="author" content="MEDIATECH" />\n<meta name="copyright" content="{self.outlet.upper()}" />\n'
            f'<meta name="csrf-token" content="">\n<meta name="site_path" content="{self.home}/">\n'
            f'<meta name="theme_path" content="/themes/frontend/{self.code}/">\n<meta name="robots" '
            f'content="{robots}">\n'
            f'<title>{title}</title>\n<meta name="description" content="{description}">\n'
            f'<meta name="keywords" content="{numeric(self.outlet)}, tin tức, sự kiện, thời sự">\n'
            f'<link rel="canonical" href="{escape(url)}">\n<meta property="og:type" content="website">\n'
            f'<meta property="og:site_name" content="{self.outlet}">\n'
            f'<link rel="stylesheet" href="/themes/frontend/{self.code}/css/style.css?v=20240611">\n'
            f'<link rel="icon" href="/themes/frontend/{self.code}/images/favicon.ico">\n{extra}'
            f'<meta name="viewport" content="width=device-width">\n{ADS}</head>\n\n'
        )

    # Article

    def _json_ld(self, story: Story, headline: Headline) -> str:
        title = story.title
        if "twice-escaped-title" in story.traps:
            title = escape(escape(title))
        data: dict[str, object] = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "@id": f"{headline.url}/#NewsArticle",
            "headline": title,
            "image": [source for source, _ in story.images[:1]],
            "author": {"@type": "Person", "name": self.jsonld_author},
            "articleSection": f"{story.section[-1]} ",
            "keywords": [""],
        }
        if story.published:
            data["datePublished"] = printed_dates.local(story.published)
        if story.modified:
            data["dateModified"] = printed_dates.zulu(story.modified)
        text = json.dumps(data, ensure_ascii=False, indent=4).replace("</", "<\\/")
        return f'<script type="application/ld+json">\n{text}\n</script>\n'

    def _picture(self, story: Story, source: str, caption: str | None) -> str:
        twice = f'src="{source}" ' if "src-twice" in story.traps else ""
        img = f'<img class="" src="{source}" {twice}alt="" width="599" height="399" srcset="" sizes="">'
        if caption is None:
            return f'<p style="text-align:center">{img}</p>\n'
        text = ink(caption, story.traps)
        if "caption-wp" in story.traps:
            return (
                f'<div id="attachment_{story.index}" class="wp-caption aligncenter">{img}'
                f'<p class="wp-caption-text"><span>{text}</span></p></div>\n'
            )
        return f'<figure class="image">{img}<figcaption>{text}</figcaption></figure>\n'

    def _text(self, story: Story) -> Iterable[str]:
        yield self._picture(story, *story.images[0]) if story.images else ""
        middle = len(story.paragraphs) // 2
        for position, paragraph in enumerate(story.paragraphs):
            text = ink(paragraph, story.traps)
            if len(paragraph) < 60:
                text = f"<strong>{text}</strong>"
            elif position == 2:
                text = linked(text, f"{self.home}/tag/{story.source}-1849")
            if "ads-in-paragraph" in story.traps and position == 1:
                text += f'<div class="text-center">{_ad(story.index)}</div>'
            yield f"<p>{text}</p>\n"
            if position == 0 and "related-inline" in story.traps:
                rows = "".join(
                    f'<li><a href="{row.url}">{row.title}</a></li>' for row in self.site.related(story.index, 2)
                )
                yield f'<div class="relates"><ul>{rows}</ul></div>\n'
            if position == middle - 1:
                for source, caption in story.images[1:]:
                    yield self._picture(story, source, caption)
        if story.byline:
            line = ink(story.byline, story.traps)
            if "nested-document" in story.traps:
                yield f'<div class="author"><strong>{line}</strong></div>'
            else:
                yield self.signature.format(line)

    def article(self, story: Story) -> str:
        traps, site = story.traps, self.site
        headline = site.headline(story.index)
        sapo = ink(story.sapo, traps)
        body = f"{self.lead.format(sapo)} {''.join(self._text(story))}"
        if "nested-document" in traps:
            body = f"{_OLD_DOCTYPE}\n<html><body>{body}</body></html>"
        if "sapo-twice-cut" in traps:
            run_on = f"{story.sapo}    {'    '.join(story.paragraphs[:2])}"
            body = f"<div class='sapo'>{escape(cut(run_on, 300), quote=False)}</div>" + body
        template = (
            '<div class="poll">{{ poll.title }} {{#each items}}{{name}}{{/each}}</div>'
            if "unrendered-template" in traps
            else ""
        )
        form = self.date_forms[story.layout]
        date = (
            f'<div class="date font5 text-six d-flex align-items-center">{form(story.published)} '
            if story.published
            else "<div>"
        )
        number = int(story.id) // 2
        tags = "".join(f'<a href="/tag/{slugify(tag)}-{len(tag)}">{tag}</a>, ' for tag in story.tags)
        topics = f'<div class="topics"><h4>Từ khóa:</h4> {tags}</div>' if tags else '<div class="topics">\n</div>'
        parent = headline.section.parent
        crumbs = f'<li><a href="/{parent[0]}">{parent[1]} </a></li>' if parent else ""
        block = (
            '<div class="head-main d-flex detail-brea"><div class="breadcrumbs"><ol class="breadcrumb clearfix">\n'
            f'{crumbs}<li class="active"><a href="/{headline.section.slug}">{story.section[-1]} </a></li>  </li>'
            "\n</ol></div>"
            f'<div class="title-time ml-auto d-none d-md-block">{printed_dates.mediatech_clock(site.now)}</div></div>\n'
            '<div class="main-two-column"><div class="main-left"><div class="content-article  livenews">\n'
            f'<h1 class="name font1">\n\t\t{ink(story.title, traps)}\t\t</h1>\n<div class="text_to_audio">\n</div>'
            f"\n{date}"
            '<span class="d-inline d-md-none ml-auto"><span class="font-default font3">A</span>&nbsp; '
            '<span class="font-up font1">A</span></span></div>\n<div class="social mt-2"><div class="print_page">'
            f'<span class="btn btn_print" data-title="{named(story.title)}" data-url="/print/news/{number}">'
            '<i class="fa fa-print"></i> In</span></div></div>\n'
            '<div class="detail auto-gallery font3 mt-3" id="content-detail" '
            'data-video-options="{&quot;video_autoplay&quot;:true,&quot;video_autoplay_unmuted&quot;:true}">\n'
            f"{body}\n{template}</div>\n{topics}\n"
        )
        if "nfd-text" in traps:
            block = normalize("NFD", block)
        related = "".join(self.card(row) for row in site.related(story.index, 3))
        head = self._head(
            numeric(story.title),
            numeric(cut(story.sapo, 155)) + " ...",
            headline.url,
            f'<meta property="og:title" content="{numeric(story.title)}">\n'
            + (f'<meta property="og:image" content="{story.images[0][0]}">\n' if story.images else "")
            + self._json_ld(story, headline),
            "index, follow, noarchive" if story.noarchive else "index, follow",
        )
        return (
            f"{head}<body>\n"
            f'<section class="page-info d-none"><div id="site-id">4</div><div id="cate-id">10</div>'
            f'<div id="cate-title">{story.section[-1]} /</div><div id="cate-url">/{headline.section.slug}</div>'
            f'<div id="parent-cate-id"></div><div id="post-id">{story.id}</div><div id="article-id">{number}</div>'
            f'<div id="article-title">{escape(story.title)}</div><div id="article-url">{headline.url}</div>'
            f'<div id="article-type">news</div></section>\n{self._header}<section class="main-body"><div '
            'class="container">'
            f'{_ad(3)}</div><div id="news_id" class="d-none" data-id="{number}"></div><div class="main-news mt-3">'
            f'<div class="container"><div class="main-content">{block}'
            f'<div class="relates"><h3>Tin liên quan</h3><ul>{self._rows(story.index)}</ul></div>{_COMMENTS}</div>\n'
            '<div class="block-content mt-3" data-nosnippet><h2 class="title mb-3"><a href="javascript:;">'
            '<span class="main-title">Cùng chuyên mục</span></a></h2><div class="body-block card-border-bottom">'
            f"{related}"
            f"</div></div></div>{self._sidebar}</div></div></div></div></section>{self._footer}</body>\n</html>\n"
            f"{'<p>Truy cập: 1.204.331</p>' if 'text-after-html' in traps else ''}\n"
        )

    def _rows(self, index: int) -> str:
        return "".join(
            f'<li><a href="{row.url}">{escape(row.title)}</a> <span>{printed_dates.twelve_hours(row.moment)}</span>'
            "</li>"
            for row in self.site.related(index + len(self.site.lanes) * 4, 3)
        )

    # Lists

    def front(self, extra: str = "") -> str:
        """The front page; `extra` is markup for links of other kinds."""
        blocks = []
        for number, section in enumerate(self.sections):
            cards = "".join(self.card(row) for row in self.site.listing(self.lanes, number, 1, 4))
            blocks.append(
                f'<div class="block-content"><h2><a href="/{section.slug}">{section.title}</a></h2>{cards}</div>'
            )
        top = "".join(self.card(row) for row in self.site.newest(self.lanes, 8))
        return self._list_page(
            self.outlet, f"{self.home}/", f'<div class="top-news">{top}</div>{"".join(blocks)}{extra}'
        )

    def section_page(self, number: int, page: int, extra: str = "") -> str | None:
        """A section's page (from 1), or None beyond its last."""
        section, site = self.sections[number], self.site
        rows = site.listing(self.lanes, number, page)
        if not rows and page > 1:
            return None
        last = max(1, -(-site.section_size(self.lanes, number) // site.page_size))
        pages = sorted({1, page - 1, page, page + 1, last} & set(range(1, last + 1)))
        links = "".join(
            f'<li class="page-item{" active" if other == page else ""}">'
            f'<a class="page-link" href="{escape(self.page_address(section.slug, other))}">{other}</a></li>'
            for other in pages
        )
        following = ""
        if page < last:
            href = escape(self.page_address(section.slug, page + 1))
            following = (
                f'<li class="page-item"><a class="page-link" href="{href}" rel="next" aria-label="Next">›</a></li>'
            )
        cards = "".join(map(self.card, rows))
        body = f'<h1 class="title">{section.title}</h1>{cards}{extra}<ul class="pagination">{links}{following}</ul>'
        return self._list_page(section.title, f"{self.home}/{section.slug}", body)

    def quiet_page(self, section: Section) -> str:
        """A section with little of its own: it repeats the newest stories."""
        cards = "".join(map(self.card, self.site.newest(self.lanes, 3)))
        body = f'<h1 class="title">{section.title}</h1>{cards}'
        return self._list_page(section.title, f"{self.home}/{section.slug}", body)

    def bare_page(self, slug: str) -> str:
        """A page without articles that the menu names beside the sections."""
        title = slug.replace("-", " ").capitalize()
        return self._list_page(title, f"{self.home}/{slug}", f'<h1 class="title">{title}</h1><p>Đang cập nhật.</p>')

    def _list_page(self, title: str, url: str, body: str) -> str:
        return (
            f"{self._head(numeric(title), numeric(title), url)}<body>\n{self._header}"
            f'<section class="main-body"><div class="container"><div class="title-time ml-auto">'
            f"{printed_dates.mediatech_clock(self.site.now)}</div>{body}{self._sidebar}</div></section>"
            f"{self._footer}</body></html>\n"
        )

    def rss_index(self) -> str:
        rows = "".join(
            f'<li><a href="/rss/news/{section.slug}.rss">{escape(section.title)} <i class="fa fa-rss"></i></a></li>'
            for section in self.sections
        )
        return self._list_page("RSS", f"{self.home}/rss", f'<div class="rss-list"><ul>{rows}</ul></div>')


_COMMENTS = """<section class="box-comments p-0 mt-3 ">
<h3 class="comments-heading">Ý kiến (<span class="total-comment"></span>)</h3>
<div class="comments-area allow-not-login" data-module="news"><div id="comments-post-form" class="comments-form">
<div class="form-input">
<textarea class="input-message rounded-0" name="message" placeholder="Ý kiến bạn đọc"></textarea>
<span class="input-alert"><span class="input-counter">0</span> / <span class="input-max">500</span> ký tự</span></div>
<input type="text" class="input-text" name="email" placeholder="Email"><button type="button">Gửi</button></div>
<div class="comments-filter d-none"><a href="javascript:;" class="active">Quan tâm nhất</a>
<a href="javascript:;">Mới nhất</a></div>
<div class="comments-list" id="comments-list"></div></div></section>
"""
