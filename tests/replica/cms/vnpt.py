"""Pages of CMS family C, VNPT (baoquangninh.com.vn until 2020)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC
from html import escape
from unicodedata import normalize
from urllib.parse import quote

from tests.replica import printed_dates
from tests.replica.elsewhere import TRACKERS
from tests.replica.headlines import Headline, Section
from tests.replica.markup import cut, ink, linked, word_paragraph
from tests.replica.news import Story
from tests.replica.newspaper import Newspaper
from tests.replica.vietnamese import slugify

SITE_ID = 249
FIRST_CATE_ID = 7016
_KEYWORDS = (
    "Tin tức, Thế giới, Công nghệ, Kinh tế - Xã hội, Thể thao, Giải trí, Sức khỏe, ôtô-Xe máy, VNPT, báo điện tử, "
    "Việt Nam"
)
_SERVICES = (
    "Bảng giá", "Lịch phát sóng", "Tỷ giá", "Giá vàng", "Xổ số", "Thời tiết", "Liên hệ quảng cáo", "Đường dây nóng",
)  # fmt: skip


class Vnpt:
    """The pages of one VNPT site; `home` has no slash at its end."""

    def __init__(
        self, site: Newspaper, *, home: str, outlet: str, lanes: Sequence[int], quiet: Sequence[Section] = ()
    ) -> None:
        self.quiet = tuple(quiet)
        self.site, self.home, self.outlet, self.lanes = site, home, outlet, lanes
        self.sections = site.lanes[lanes[0]].sections
        menu = "".join(
            f'<li class="menu_item"><a class="menu_link" href="/{row.slug}/" title="{row.title}">{row.title}</a></li>\n'
            for row in (*self.sections, *self.quiet)
        )
        services = "".join(
            f'<li><a href="/dich-vu/{slugify(name)}/" rel="nofollow">{name}</a></li>\n' for name in _SERVICES
        )
        clock = printed_dates.vnpt(site.now)
        self._header = (
            f'<div id="header"><div class="today"><p class="text">{clock}</p></div><a href="/"><img '
            'src="/common/v1/image/'
            f'logo.png" alt="{outlet}"></a><ul class="menu">{menu}</ul><ul class="submenu">{menu}{services}</ul>'
            "</div>\n"
        )
        rows = "".join(
            f'<li><a class="title{2 + rank % 4}" href="{row.url.removeprefix(home)}">{escape(row.title)}</a>'
            f'<time class="time">{printed_dates.vnpt_box(row.moment)}</time></li>\n'
            for rank, row in enumerate(site.newest(lanes, 12))
        )
        ads = "".join(
            f'<div class="adv" id="adv_{number}"><a href="/ads/click?id={number}"><img '
            f'src="/dataimages/adv/{number}.gif" '
            f'alt=""></a><script type="text/javascript">showAdv({number}, 300, 250);</script></div>\n'
            for number in range(6)
        )
        self._right = (
            f'<div id="right"><div class="box_title">Tin mới nhất</div><ul class="list_news">{rows}</ul>{ads}'
            '<div class="adv"><iframe src="/widget/weather" height="60"></iframe></div><table width="100%"><tr>'
            '<td background="/common/v1/image/bg_poll.gif"><input type="image" '
            'src="/common/v1/image/120x40/bieuquyet.gif" alt=""></td></tr></table></div>'
        )
        self._footer = (
            f'<div id="footer"><ul>{menu}</ul><p>© {outlet}. Mọi hình thức sao chép phải được sự đồng ý bằng văn '
            "bản.</p>"
            '<p>Thiết kế bởi VNPT <span id="views"></span></p></div><script src="/common/v1/js/main.js"></script>'
            f"{TRACKERS}"
        )

    def _head(self, title: str, description: str, section: int, url: str, *, image: str = "", robots: str = "") -> str:
        row = self.sections[section]
        return (
            '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
            '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
            f'<html xmlns="http://www.w3.org/1999/xhtml">\n<head>\n<meta name="keywords" content="{_KEYWORDS}"/>\n'
            f'<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />\n<title>{escape(title)}</title>\n'
            f'<meta name="description" content="{escape(description)}" />\n<meta property="og:locale" '
            'content="vn_Vi" />\n'
            f'<meta property="og:url" content="{url}" />\n<meta property="og:image" content="{image}" />\n{robots}'
            '<link href="/common/v1/css/main.css?v=1.2" rel="stylesheet" type="text/css" />\n'
            '<script type="text/javascript" src="/common/v1/js/common.js?v=1.2"></script>\n</head>\n'
            f'<body class="body">\n<div id="page_info" style="display: none">\n<div id="site_id">{SITE_ID}</div>\n'
            f'<div id="cate_id">{FIRST_CATE_ID + section}</div>\n<div id="cate_url">/{row.slug}/</div>\n'
            f'<div id="cate_title">{row.title}</div>\n'
        )

    # Article

    def _paragraph(self, text: str, traps: tuple[str, ...]) -> str:
        if "word-markup" in traps:
            return word_paragraph(text, escaped_tag="word-escaped-tag" in traps)
        return f"<p>{text}</p>\n"

    def _picture(self, source: str, caption: str | None, story: Story) -> str:
        if caption is None:
            return f'<p align="center"><img src="{source}" alt="" border="0" /></p>\n'
        text = ink(caption, story.traps)
        typo = escape(caption.replace("nh", "hn", 1)) if "caption-twice" in story.traps else ""
        return (
            '<table class="image center" border="0" align="center" cellspacing="1"><tbody>\n'
            f'<tr><td><img border="0" alt="{typo}" title="{typo}" src="{source}" width="460" /></td></tr>\n'
            f'<tr><td class="image_desc">{text}</td></tr></tbody></table>\n'
        )

    def lead(self, story: Story) -> str:
        """What the text begins with."""
        return f"<p><strong>{ink(story.sapo, story.traps)}</strong></p>\n"

    def text(self, story: Story) -> Iterable[str]:
        traps = story.traps
        yield self.lead(story)
        if "image-index" in traps:
            yield '<div class="slide_index">1</div>\n'
        if story.images:
            yield self._picture(*story.images[0], story)
        for position, paragraph in enumerate(story.paragraphs):
            text = ink(paragraph, traps)
            if len(paragraph) < 60:
                text = f"<b>{text}</b>"
            elif position == 2:
                text = linked(text, f"{self.home}/{self.sections[0].slug}/")
            yield self._paragraph(text, traps)
            if position == 1:
                yield from [self._picture(source, caption, story) for source, caption in story.images[1:]]
            if position == 0 and "related-inline" in traps:
                rows = "".join(
                    f'<a href="{row.url}">{escape(row.title)}</a><br/>' for row in self.site.related(story.index, 2)
                )
                yield f'<div class="rl center">{rows}</div>\n'
        if story.byline:
            yield f'<p style="text-align: right;"><strong>{ink(story.byline, traps)}</strong></p>\n'
        if "dot-leftovers" in traps:
            yield "<p>.</p>\n<p>. .</p>\n"

    def block(self, story: Story) -> str:
        """The article on its page."""
        traps, headline = story.traps, self.site.headline(story.index)
        date = story.published_printed or ""
        dots = '<div class="widget">.</div><div class="widget">. .</div>\n' if "dot-leftovers" in traps else ""
        tags = "".join(f'<a href="/tag/?q={quote(tag)}">{tag}</a> ' for tag in story.tags)
        return (
            f'<div class="cate_title_1"><h2><a href="/{headline.section.slug}/">{story.section[-1]}</a></h2></div>\n'
            f'<div class="article"><h1 class="title">{ink(story.title, traps)}</h1>\n<div class="date">{date}</div>'
            f"\n{dots}"
            f'<div class="content" id="content">\n{"".join(self.text(story))}</div>\n'
            f'<div class="tags-box"><h3 class="txt">Từ khóa:</h3><div class="tags">{tags}</div></div>\n</div>\n'
        )

    def article(self, story: Story) -> str:
        traps, site = story.traps, self.site
        headline = site.headline(story.index)
        section = self.sections.index(headline.section)
        block = self.block(story)
        if "nfd-text" in traps:
            block = normalize("NFD", block)
        related = "".join(
            f'<li><time class="time">{printed_dates.vnpt_box(row.moment)}</time> '
            f'<a class="title3" href="{row.url.removeprefix(self.home)}" title="{escape(row.title)}   ">'
            f"{escape(row.title)}   </a>"
            f'<p class="description">{escape(cut(row.sapo, 90))}...</p></li>\n'
            for row in site.related(story.index, 6)
        )
        heading = "h1" if "related-h1" in traps else "h3"
        robots = '<meta name="robots" content="noarchive" />\n' if story.noarchive else ""
        image = story.images[0][0] if story.images else ""
        head = self._head(
            f"{story.title} - {self.outlet}", cut(story.sapo, 160), section, headline.url, image=image, robots=robots
        )
        return (
            f'{head}<div id="article_title">{escape(story.title)}</div>\n<div id="article_id">{story.id}</div>'
            "\n</div>\n"
            f'{self._header}<div id="wrapper"><div id="left">\n{block}{_COMMENTS}<div '
            'class="section-post-detail-related">'
            f'<{heading} class="text"><a href="#" title="Tin liên quan">Tin liên quan</a></{heading}><ul>'
            f"{related}</ul></div>\n"
            f"</div>{self._right}</div>{self._footer}</body>\n</html>\n"
            f"{'<div id=stat>Lượt truy cập: 80112</div>' if 'text-after-html' in traps else ''}\n"
        )

    # Lists

    def _items(self, rows: Iterable[Headline]) -> str:
        return "".join(
            f'<li class="item{" first" if rank == 0 else ""}"><a class="title" '
            f'href="{row.url.removeprefix(self.home)}">'
            f'{escape(row.title)}</a><div class="date">{printed_dates.vnpt(row.moment)}</div>'
            f'<a href="{row.url.removeprefix(self.home)}"><img src="{self._avatar(row)}" alt=""></a>'
            f'<div class="lead">{escape(cut(row.sapo, 200))}</div></li>\n'
            for rank, row in enumerate(rows)
        )

    def _avatar(self, row: Headline) -> str:
        return f"/dataimages/{row.moment:%Y%m}/normal/images{row.id[-6:]}_a.jpg"

    def front(self, extra: str = "") -> str:
        """The front page; `extra` is markup for links of other kinds."""
        blocks = "".join(
            f'<div class="box"><a class="cate" href="/{section.slug}/">{section.title}</a>'
            f"<ul>{self._items(self.site.listing(self.lanes, number, 1, 4))}</ul></div>"
            for number, section in enumerate(self.sections)
        )
        head = self._head(self.outlet, self.outlet, 0, f"{self.home}/")
        body = f"<ul>{self._items(self.site.newest(self.lanes, 8))}</ul>{blocks}{extra}"
        return f'{head}</div>\n{self._header}<div id="left">{body}</div>{self._right}{self._footer}</body></html>\n'

    def section_page(self, number: int, page: int = 1, *, searches: bool = True) -> str:
        """A section's page: its only one, whose script asks the search for more, or one of several without links."""
        section, rows = self.sections[number], self.site.listing(self.lanes, number, page)
        cate = FIRST_CATE_ID + number
        search = (
            f"/search/select/?sort=date%20desc&q=siteid:{SITE_ID}%20AND%20cateid:{cate}"
            f"&start={len(rows)}&rows={self.site.page_size}&r=&wt=json&json.wrf=getSearchData"
        )
        more = '<div class="viewmore"><a href="javascript:getMore();">Xem thêm</a></div>'
        if searches:
            more += (
                f'<script type="text/javascript">\nvar searchUrl = "{search}&cp=" + Math.random();\n'
                f"var startPage = {len(rows)};\n</script>"
            )
        head = self._head(f"{section.title} - {self.outlet}", section.title, number, f"{self.home}/{section.slug}/")
        return (
            f'{head}</div>\n{self._header}<div id="left"><h1 class="cate_title"><a class="title fleft" '
            f'href="/{section.slug}/">{section.title}</a></h1><ul class="list">{self._items(rows)}</ul>'
            f"{more}</div>{self._right}{self._footer}</body></html>\n"
        )

    def quiet_page(self, section: Section) -> str:
        """A section with little of its own: it repeats the newest stories."""
        head = self._head(f"{section.title} - {self.outlet}", section.title, 0, f"{self.home}/{section.slug}/")
        rows = f'<ul class="list">{self._items(self.site.newest(self.lanes, 3))}</ul>'
        return f'{head}</div>\n{self._header}<div id="left">{rows}</div>{self._right}{self._footer}</body></html>\n'

    def search(self, number: int, start: int, count: int, callback: str) -> str:
        """What the search answers a script: JSON in a call (JSONP), dates in UTC."""
        docs = [
            {
                "id": row.id,
                "url": row.url.removeprefix(self.home),
                "avatar": self._avatar(row),
                "date": f"{row.moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "site": str(SITE_ID),
                "cate": str(FIRST_CATE_ID + number),
                "title": row.title,
            }
            for row in self.site.rows(self.lanes, number, start, min(count, 100))
        ]
        found = self.site.section_size(self.lanes, number)
        answer = {
            "responseHeader": {"status": 0, "QTime": 2},
            "response": {"numFound": found, "start": start, "docs": docs},
        }
        return f"{callback}({json.dumps(answer, ensure_ascii=False, separators=(',', ':'))})"


_COMMENTS = """<div class="comment"><h2 class="title">Ý kiến của bạn</h2><form class="form-comment">
<textarea id="commentContent" placeholder="Ý kiến bạn đọc"></textarea><input name="name" value="Họ tên" />
<button type="button">Gửi bình luận</button></form></div>
"""
