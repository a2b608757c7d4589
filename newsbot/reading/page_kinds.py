"""Recognises pages sent in place of an article: block pages, soft walls, soft 404s."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from newsbot.reading.blocks import is_running
from newsbot.reading.leftovers import is_imprint
from newsbot.reading.node_text import node_text
from newsbot.reading.page import Page, absolute
from newsbot.reading.structured import Structured
from newsbot.vietnamese.text import fold


class PageKind(StrEnum):
    """What a site sent instead of an article."""

    BLOCKED = "blocked"  # the site refuses
    WALL = "wall"  # it wants a cookie, a script or a captcha first
    GONE = "gone"  # it says that there is no such article


_GONE_STATUSES: Final = (404, 410, 451)
#: What a page is called that answers in place of another; a headline with such a word in it is called otherwise.
_CALLED: Final = {
    PageKind.BLOCKED: re.compile(
        r"(error )?403( error)?|(403 )?(error )?(forbidden|access denied)|(access|request) (is )?(denied|blocked)"
        r"|(sorry )?you have been blocked|429|(error )?(429 )?too many requests"
        r"|truy cập (của bạn )?(đã )?bị (từ chối|chặn)|(error )?503( error)?|(503 )?service (temporarily )?unavailable"
        r"|bảo trì( hệ thống)?|(hệ thống|website|trang( web)?)( này)? (hiện )?đang( được)? (bảo trì|nâng cấp)"
        r"|((site|website|we are) )?(is )?(currently )?(under|down for) maintenance"
    ),
    PageKind.WALL: re.compile(
        r"just a moment|one moment please|attention required|please wait|captcha|security (check|verification)"
        r"|(please )?verify (that )?you are (a )?human|are you (a )?(human|robot)"
        r"|(vui lòng )?xác (minh|thực) (bạn|người dùng)( là con người| không phải (là )?robot)?"
        r"|checking your browser( before accessing)?"
    ),
    PageKind.GONE: re.compile(
        r"(lỗi |mã lỗi |error |http )?(404|410)( lỗi| error)?|((404|410) )?(error )?((page|article|file) )?not found"
        r"|((lỗi )?404:? )?không tìm thấy( (trang|bài viết|nội dung|tin|đường dẫn|dữ liệu|kết quả))?( này| yêu cầu)?"
        r"|(trang|bài viết|nội dung|tin|đường dẫn)( này| bạn (tìm|yêu cầu|truy cập))? không (còn )?tồn tại"
        r"|(trang|bài viết|nội dung|tin)( này)? (đã )?(bị|được) (gỡ|xóa)( bỏ)?"
    ),
}
#: What such a page says, if it says nothing else.
_SAYS: Final = {
    PageKind.BLOCKED: re.compile(
        r"access denied|you don't have permission|request (was |has been )?blocked|you have been blocked"
        r"|too many requests|(403|http) forbidden|truy cập (của bạn )?(đã )?bị (từ chối|chặn)|service unavailable"
        r"|(hệ thống|website|trang (web|thông tin)|máy chủ)( này)? (hiện )?(đang|tạm)( được| thời)? (bảo trì|nâng cấp)"
        r"|(under|for) (scheduled )?maintenance|tạm thời không truy cập được"
    ),
    PageKind.WALL: re.compile(
        r"captcha|just a moment|attention required|verify (that )?you are (a )?human|checking your browser"
        r"|xác (minh|thực) (bạn|người dùng)|enable javascript and cookies"
    ),
    PageKind.GONE: re.compile(
        r"\b(lỗi|error) (404|410)\b|\b(404|410) (not found|error|page)|(page|article|file|url)\b.{0,40}\bnot found"
        r"|không tìm thấy (trang|bài viết|nội dung|đường dẫn|dữ liệu|kết quả)"
        r"|(trang|bài viết|nội dung|tin bài|tin|đường dẫn)\b.{0,40}\bkhông (còn )?tồn tại"
        r"|(trang|bài viết|nội dung|tin bài)\b.{0,40}\b(bị|được) (gỡ|xóa)"
    ),
}
#: Words of such a page's further sentences.
_ASIDE: Final = re.compile(
    r"vui lòng|quay (lại|về|trở)|trở (lại|về)|trang chủ|thử lại|xin lỗi|rất tiếc|đường dẫn|tải lại|trình duyệt"
    r"|\b(please|sorry|try again|home ?page|go back|browser|javascript|cookies?|ray id|redirect(ed)?|reload)\b"
)
#: What else stands in one sentence with it, and its own words.
_MESSAGE_WORD: Final = re.compile(
    r"\b(?:vui lòng|rất tiếc|xin lỗi|quý (?:khách|vị)|độc giả|bạn(?: đọc)?|mà|đang|vừa|cần|muốn|yêu cầu|này|đã|bị"
    r"|tìm(?: kiếm| thấy)?|truy cập|xem|đọc|được|hoặc|và|có thể|không|còn|tồn tại|gỡ|bỏ|xóa|di chuyển|chuyển|sang|đổi"
    r"|tên|địa chỉ|khác|trên|hệ thống|website|web|trang(?: chủ| thông tin)?|máy chủ|của|chúng tôi|lỗi|mã|nội dung"
    r"|bài viết|tin|bài|đường dẫn|dữ liệu|kết quả|quay lại|về|sau|oops|sorry|the|this|that|you|are|is|was|were|looking"
    r"|for|requested|on|server|we|could|can|cannot|has|been|or|not|no|found|page|article|file|url|error|http)\b"
    r"|[\W\d_]+"
)
#: Minimum number of other words in a headline.
_OTHER_WORDS: Final = 2
#: Minimum number of other lines in a text without sentences.
_FEWEST_LINES: Final = 3
_BETWEEN_NAMES: Final = re.compile(r"\s[-–—|:•·]+\s|(?<![|!.…])[|!.…]+(?:\s|$)|(?:(?<!\s)\s+)?[-–—]\s+")
_RELOAD: Final = re.compile(r"document\.cookie|location\.(reload|replace|href)|location\s*=")
#: Maximum length, in characters, of the text of a wall, and of a page that says "not found" and may have a menu.
_LITTLE: Final = 400
_LITTLE_WITH_MENU: Final = 2000
#: Maximum length, in characters, of a sentence about the page itself.
_LONGEST_MESSAGE: Final = 250


def refusal(page: Page) -> PageKind | None:
    """Return what a page's status alone says that it is."""
    if 200 <= page.status < 300:
        return None
    return PageKind.GONE if page.status in _GONE_STATUSES else PageKind.BLOCKED


def missing_kind(
    page: Page, structured: Structured, paragraphs: Sequence[str] = (), outlets: Set[str] = frozenset()
) -> PageKind | None:
    """Return what a page is that is no article, None if it may be one.

    `paragraphs` are what was read as its text. Where there is any, no word makes an article of it a removed one; and
    none makes it anything else unless the page is called so and has little to say. `outlets` are the folded names that
    a site's own front page is called by.
    """
    if (kind := refusal(page)) is not None:
        return kind
    letters = 0
    for paragraph in sorted(paragraphs, key=len, reverse=True):
        letters += len(paragraph) if _is_text(paragraph) else 0
        if letters >= _LITTLE:
            return None
    title, headings = _names(page)
    if letters:
        headings = headings[:1]  # a comment form has its "Captcha", too
    called = {title, *_BETWEEN_NAMES.split(title)} - _parts_of_headlines(headings)
    for heading in headings:
        called.add(heading)
        parts = [part for part in map(str.strip, _BETWEEN_NAMES.split(heading)) if part]
        if all(" " not in part or part in outlets or any(_is_called(kind, part) for kind in _CALLED) for part in parts):
            called.update(parts)
    body = page.tree.body
    text = fold(node_text(body)) if body is not None and not letters else ""
    tells_more = not letters and sum(_is_line(paragraph) for paragraph in paragraphs) >= _FEWEST_LINES
    for kind in PageKind:
        if kind is PageKind.GONE and (letters or tells_more or structured.is_article):
            continue  # it says something else, or what was published
        if any(_is_called(kind, name.strip()) for name in called):
            return kind
        if letters:
            continue
        little = _LITTLE_WITH_MENU if kind is PageKind.GONE else _LITTLE
        if len(text) < little:
            said = _without(text, filter(_is_headline, headings)) if kind is PageKind.GONE else text
            if _SAYS[kind].search(said[:_LITTLE]):
                return kind
        if kind is PageKind.WALL and _is_reload(page):
            return kind
    # An article's heading: its page's title has it, too, and it does not name the site.
    headlines = [heading for heading in filter(_is_headline, headings) if heading in title]
    if structured.is_article or any(not any(name in heading for name in outlets) for heading in headlines):
        return None
    return PageKind.GONE if _is_front_page(page, structured) else None


def _without(text: str, headlines: Iterable[str]) -> str:
    """Return a page's text without its headlines, each left out once."""
    for headline in headlines:
        text = text.replace(headline, " ", 1)
    return text


def is_message(paragraphs: Sequence[str]) -> bool:
    """Whether nothing that is read of a page's paragraphs can make `missing_kind` take it for an article's.

    >>> is_message(["Không tìm thấy trang", "Bài viết đã bị gỡ bỏ."]), is_message(["Xã hỗ trợ 404 hộ nghèo xây nhà."])
    (True, False)
    """
    return not any(map(_is_text, paragraphs)) and sum(map(_is_line, paragraphs)) < _FEWEST_LINES


def _names(page: Page) -> tuple[str, list[str]]:
    """Return a page's title and its first headings, folded: what it is called."""
    node = page.tree.css_first("title")
    title = fold(node_text(node)[:_LITTLE]) if node is not None else ""
    nodes = sorted(page.tree.css("h1, h2")[:3], key=lambda node: node.tag or "")
    return title, [" ".join(fold(node_text(node)[:_LITTLE]).split()) for node in nodes]


def _is_called(kind: PageKind, name: str) -> bool:
    return _CALLED[kind].fullmatch(name) is not None


def _parts_of_headlines(headings: Sequence[str]) -> set[str]:
    """Return what only begins, or ends, a heading that goes on: "Lỗi 404 - phim ngắn" is no page that is not there."""
    split = (map(str.strip, _BETWEEN_NAMES.split(heading)) for heading in headings if _is_headline(heading))
    return {part for parts in split for part in parts} - set(headings)


def _is_headline(heading: str) -> bool:
    """Whether a heading has words that no page has that stands in for another.

    >>> _is_headline("rất tiếc, nội dung bạn tìm không tồn tại!"), _is_headline("sách: nội dung không tồn tại ở ta")
    (False, True)
    """
    return len(_MESSAGE_WORD.sub(" ", heading).split()) >= _OTHER_WORDS


def _is_line(paragraph: str) -> bool:
    """Whether a short paragraph is a line of a text, a poem's say, rather than one of the page about itself."""
    return not is_imprint(paragraph) and _is_headline(fold(paragraph))


def _is_text(paragraph: str) -> bool:
    """Whether a paragraph is an article's, not a sentence of the page about itself.

    >>> _is_text("Bài viết đã bị gỡ bỏ. Vui lòng quay lại trang chủ."), _is_text("Xã hỗ trợ 404 hộ nghèo xây nhà.")
    (False, True)
    """
    if not is_running(paragraph) or is_imprint(paragraph):
        return False
    if len(paragraph) > _LONGEST_MESSAGE:
        return True
    key = fold(paragraph)
    return not (_ASIDE.search(key) or any(pattern.search(key) for pattern in _SAYS.values()))


def refuses(page: Page) -> bool:
    """Whether a page that names no article is no list either: it refuses, or wants a cookie first."""
    return missing_kind(page, Structured()) in (PageKind.BLOCKED, PageKind.WALL)


def _is_reload(page: Page) -> bool:
    """Whether a page is nothing but a script that sets a cookie and loads the page again."""
    body = page.tree.body
    if body is None or page.size > 20_000 or page.tree.css_first("h1, p, article") is not None:
        return False
    if page.tree.css_first('meta[http-equiv="refresh" i]') is not None:
        return True
    return any(_RELOAD.search(script.text()) for script in page.tree.css("script"))


def _is_front_page(page: Page, structured: Structured) -> bool:
    """Whether a site answered with its front page under an article's address."""
    urls = (absolute(page.url, url) for url in structured.canonical if url)
    return any(urlsplit(url).path in ("", "/") for url in urls if url)
