"""Removes lines among an article's paragraphs that are not its text: zoom controls, comment boxes, links to others.

The patterns come from real pages of the sources.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from newsbot.reading.blocks import Block, is_running
from newsbot.vietnamese.bylines import looks_like_byline
from newsbot.vietnamese.text import fold

#: Maximum lengths of leftovers and labels, promotions and imprints, in characters.
_LONGEST: Final = 70
_LONGEST_PROMOTION: Final = 250
_LONGEST_IMPRINT: Final = 400

_LEFTOVER: Final = re.compile(
    r"[\W_]*"  # ".", ". .", "°"
    r"|\d{1,2}"  # number of a picture
    r"|\d{1,3} ?%"
    r"|a[+-]?( a[+-]?)*"
    r"|đăng ngày [\d /-]{8,20}"
    r"|bút danh|tác giả|admin( admin)?"
    r"|((tổng )?(số )?lượt |đang )?truy cập ?:? ?[\d.,]+|(đang )?(trực tuyến|online) ?:? ?[\d.,]+"
    r"|nghe (đọc )?bài( viết| báo)?[\d: x/.]*|(lượt xem|đã xem|số lần xem)\W{0,3}[\d.,]+|[\d.,]+ (lượt xem|lượt đọc)"
    r"|tổng số điểm của bài viết là\b.{0,50}|xếp hạng ?: ?[\d.,]+( ?[-–/] ?|\s)\d[\d.,]* ?(phiếu( bầu)?|đánh giá|sao)"
    r"|click để đánh giá( bài viết)?"
    r"|\((ảnh|nguồn ảnh|photo|video|clip)\b[^()]{0,50}\)"  # what a caption left behind
    r"|(chia sẻ|in bài viết|lưu bài viết|nghe bài viết|share( this( article| story)?)?)( facebook| zalo)?"
    r"|[\W_]*(ad|ads)?[\W_]*((nội dung |tin |thông tin )?(quảng cáo|tài trợ)|advertisements?|sponsored)[\W_]*"
    r"|(story|article) continues (below|after)( this)?( the)? advertisement"
    r"|.*\{\{.*\}\}.*"
)
_CREDIT: Final = re.compile(r"\((?:Nguồn )?(?:Ảnh|ảnh|ẢNH|Photo)\b")
#: At the ends of a text alone; in its middle an article may say so.
_TAGS: Final = re.compile(r"(từ khóa|tags?) ?: ?[^.!?]+")
#: Of those, what an article tells in a list or behind a colon.
_NUMBER: Final = re.compile(r"\d{1,3}(?: ?%)?")
_ROWS: Final = frozenset(("dd", "li", "td", "th", "tr"))
#: Such a line heads links to other articles, which end where the text goes on.
_RELATED: Final = re.compile(
    r"((những|các) )?(tin|bài)( viết)? (mới|cũ)( nhất| hơn)?|tin cùng chuyên mục|(các )?(tin|bài)( viết)? khác"
    r"|tin đã đưa|tin đọc nhiều|bài đọc tiếp"
    r"|((tin|bài)( viết)? )?(đọc|xem) nhiều( nhất)?|(tin|bài)( viết)? nổi bật"
    r"|(các )?(tin|bài|tin bài|tin, bài|bài viết|nội dung) (liên quan|đọc nhiều)|cùng chuyên mục"
    r"|đọc thêm|xem thêm|đọc tiếp"
    r"|(mời|mời bạn|mời quý độc giả) (đọc|xem) thêm|có thể bạn quan tâm|bạn có thể quan tâm|>> ?(xem|đọc) thêm"
    r"|từ khóa|tags?|chủ đề"
    r"|(read|see) (more|also|next)|related( articles| stories| news)?|you (may|might) also like|more (stories|news)"
    r"|most (read|popular)"
)
#: Such a line heads what the readers say.
_COMMENTS: Final = re.compile(
    r"comments?|bình luận( \(\d*\))?|gửi bình luận( của bạn)?|ý kiến bạn đọc|ý kiến( của bạn)?( \(\d*\))?"
)
#: Such a line may as well head a part of the article.
_HEADS: Final = re.compile(r"bình luận|ý kiến|chủ đề")
#: Minimum length, in characters, of a line that is too long for a name, a tag or a label.
_SENTENCE: Final = 35
#: Controls of a comment box: the article ends above them.
_COMMENT_BOX: Final = re.compile(
    r"bạn còn \d+/\d+ ký tự|\d+ ?/ ?\d+ ký tự|bạn vui lòng nhập từ \d+ ký tự trở lên ?!*"
    r"|vui lòng nhập tiếng việt có dấu|\d+ người đang online"
)
_COMMENT_CONTROL: Final = re.compile(r"(\d+ )?(trả lời|thích|reply|like)( \(?\d+\)?)?( (trả lời|thích|reply|like))?")
#: A link to another article in the middle of the text: the label and the link in one line.
_POINTER: Final = re.compile(
    r"(>>|»|►|▶|➤|👉|→|=>)|[\W_]*((mời )?(xem|đọc) (thêm|tiếp|ngay)|see also|related|also read"
    rf"|{_RELATED.pattern})[\W_]*:"
)
#: The day of another article, behind its title.
_DAY: Final = re.compile(r"\(\s*\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{4})?[^()]{0,12}\)|\b\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\b")
_PUBLISHER: Final = re.compile(
    r"\W*(giấy phép (số|hoạt động|thiết lập|xuất bản)|bản quyền (thuộc|©)|©|copyright\b|all rights reserved"
    r"|((phó )?tổng biên tập|tòa soạn|cơ quan chủ quản) ?:|(yêu cầu |vui lòng |đề nghị )?ghi rõ nguồn)"
)
_CONTACT: Final = re.compile(r"\W*(trụ sở|địa chỉ|điện thoại|email|hotline|đường dây nóng) ?:")
#: How one begins; most lines need not be looked at further.
_PROMOTES: Final = re.compile(r"\W*(?:mời|theo dõi|truy cập|tải|mọi|đăng ký|follow|sign up|subscribe)\b", re.IGNORECASE)
_ASKS_TO_FOLLOW: Final = re.compile(
    r"\W*(?:theo dõi|truy cập|tải)\b(?:\W+(?:về|ngay|thêm|và|vào|các|những)\b){0,3}\W*", re.IGNORECASE
)
#: What a paper asks its readers to follow, where it is no name.
_FOLLOWED: Final = re.compile(
    r"(?:báo|tạp chí|đài|tin|thông tin|bản tin|trang|kênh|fanpage|page|ứng dụng|app|chuyên (?:mục|trang)|chúng tôi"
    r"|website|zalo|facebook|youtube|google|trên|qua)\b"
)
_APPS: Final = r"(?:google news|zalo|facebook|youtube|tiktok|fanpage|ứng dụng|app)"
_PROMOTION: Final = re.compile(
    # Friends may be asked, too, and a sentence may go on with what that is.
    r"(?![^:]*\blà\b)"
    r"\W*mời (quý )?(bạn(?! (?:bè|hàng|trẻ|học|đời|tình))|vị|độc giả|bạn đọc|quý vị|khán giả|các bạn)\b.{0,80}\b"
    r"(chuyên mục|chuyên trang|xem (thêm|các tin)|đón (đọc|xem)|theo dõi|fanpage|kênh|zalo|youtube|ứng dụng"
    r"|google news).*"
    rf"|\W*(theo dõi|truy cập|tải) (?=.{{0,90}}\b{_APPS}\b)"
    rf"(?!.*\b{_APPS}\b(?:(?! để\b)[^,;]){{0,40}}[,;] (?!{_APPS}|để\b)).*"
    r"|\W*mọi (phản ánh|ý kiến|thông tin|đóng góp|tin).{0,80}\b(gửi|liên hệ)\b"
    r".*\b(báo|tòa soạn|địa chỉ|email|đường dây).*"
    r"|\W*đăng ký (để )?nhận (bản tin|tin|thông báo|email)\b.{0,60}\b(chúng tôi|hộp thư|email|mỗi ngày|hằng ngày)\b.*"
    r"|\W*follow .{0,60}\bon (twitter|facebook|instagram|youtube|google news)\b.*"
    r"|\W*(sign up|subscribe) .{0,80}\b(newsletters?|updates|alerts)\b.*"
)
#: Links to the further pages of an article: "1 2 3 »", "Trang: 1 2", "Trang sau".
_PAGER: Final = re.compile(
    r"(?:(?:trang|page) ?:? )?"
    r"(?:(?:\d{1,3}|[«»‹›<>…|.-]{1,3}|(?:trang )?(?:trước|sau|tiếp(?: theo)?|đầu|cuối)|next|previous)(?: |\Z))+"
)


def is_imprint(line: str) -> bool:
    """Whether a line at the foot of a page tells who makes the site, and what may be done with it.

    >>> is_imprint("Bản quyền thuộc về Báo Ví Dụ."), is_imprint("Tổng biên tập: Hà Thu"), is_imprint("Bản quyền là gì?")
    (True, True, False)
    """
    return tells_publisher(line) or (len(line) <= _LONGEST_IMPRINT and _CONTACT.match(fold(line)) is not None)


def tells_publisher(line: str) -> bool:
    """Whether a line of an imprint says more than where somebody is found."""
    return len(line) <= _LONGEST_IMPRINT and _PUBLISHER.match(fold(line)) is not None


def is_leftover(line: str, *, at_an_end: bool = True) -> bool:
    """Whether a line is part of the page's furniture, at an end of the text or wherever it stands.

    >>> lines = ("100%", ". .", "1", "Đăng ngày 04 - 10 - 2023", "AD Quảng cáo", "Năm 2023", "PV")
    >>> [line for line in lines if not is_leftover(line)]
    ['Năm 2023', 'PV']
    """
    if len(line) <= _LONGEST:
        key = fold(line)
        if _LEFTOVER.fullmatch(key) or (at_an_end and _TAGS.fullmatch(key)):
            return True
    if len(line) > _LONGEST_PROMOTION or _PROMOTES.match(line) is None:
        return False
    asks = _ASKS_TO_FOLLOW.match(line)
    if asks is not None:
        followed = line[asks.end() :]
        if not followed[:1].isupper() and _FOLLOWED.match(fold(followed)) is None:
            return False  # "Theo dõi giá lúa trên ứng dụng" tells of somebody
    return _PROMOTION.fullmatch(fold(line)) is not None


def is_label(line: str) -> bool:
    """Whether a line heads what is no article: links to others, the readers' comments.

    >>> is_label("Xem thêm:"), is_label("BÌNH LUẬN (3)"), is_label("Bình luận của tác giả về vụ việc")
    (True, True, False)
    """
    key = _key(line)
    return bool(key) and (_RELATED.fullmatch(key) is not None or _COMMENTS.fullmatch(key) is not None)


def introduces(line: str) -> bool:
    """Whether what follows a line belongs to it, whatever it looks like: "Tra cứu điểm thi tại:".

    >>> introduces("Tra cứu điểm thi tại:"), introduces("Xem thêm:"), introduces("Nước đã rút.")
    (True, False, False)
    """
    return line.endswith(":") and not is_label(line) and not is_leftover(line)


def without_leftovers(blocks: list[Block], is_other_article: Callable[[str], bool]) -> list[Block]:
    """Return the blocks that are an article's.

    What stands below a label is cut off at the end of the text only; in the middle of it only the links that follow the
    label are taken out. `is_other_article` tells whether a link leads to one.
    """
    kept: list[Block] = []
    last = next((place for place in reversed(range(len(blocks))) if blocks[place].runs), -1)
    below = ""  # the label that has just been left out
    counts = False  # the block before is a number that the article tells
    for place, block in enumerate(blocks):
        if block.kind == "caption" and is_label(block.text):  # in a table around a picture
            below = _key(block.text)
            continue
        if block.kind != "text":
            if not (below or (block.link and is_other_article(block.link))):
                kept.append(block)
            continue
        key = _key(block.text)
        is_first = all(each.kind != "text" for each in kept)
        if is_first and place < last and _RELATED.fullmatch(key) and not _HEADS.fullmatch(key):
            below = key
            continue
        if key and not is_first:
            if _COMMENT_BOX.fullmatch(key):
                while kept and not kept[-1].runs and is_label(kept[-1].text):
                    kept.pop()
                break
            heads_comments = _COMMENTS.fullmatch(key)
            if heads_comments and (key[-1] == ")" or _box_follows(blocks, place)):
                break
            if (heads_comments or _RELATED.fullmatch(key)) and not _heads_text(blocks, place, key):
                below = key
                continue
        if below:
            if block.linked > 0.5 and not block.runs:
                continue
            if place > last and not (_RELATED.fullmatch(below) and looks_like_byline(block.text)):
                continue
            below = ""
        counts = _NUMBER.fullmatch(block.text[:_LONGEST]) is not None and (
            counts or block.box.tag in _ROWS or bool(kept and introduces(kept[-1].text))
        )
        at_an_end = place > last or (is_first and not block.runs)
        if is_pointer(block, is_other_article):
            continue
        if is_leftover(block.text, at_an_end=at_an_end) and not counts and not _credits_picture(block, kept):
            continue
        kept.append(block)
    return _with_bylines_apart(kept)


def _with_bylines_apart(blocks: list[Block]) -> list[Block]:
    """Return the blocks, with the author's line at the end of the last one as a block of its own."""
    end = next((place for place in reversed(range(len(blocks))) if blocks[place].kind == "text"), -1)
    if end < 0 or len(lines := blocks[end].lines) < 2:
        return blocks
    named = len(lines)
    while named > 1 and len(lines) - named < 2 and " " in lines[named - 1] and looks_like_byline(lines[named - 1]):
        named -= 1
    if named == len(lines) or not is_running(lines[named - 1]):
        return blocks
    parts = [" ".join(lines[:named]), *lines[named:]]
    return [*blocks[:end], *(replace(blocks[end], text=part, lines=()) for part in parts), *blocks[end + 1 :]]


def _credits_picture(block: Block, kept: list[Block]) -> bool:
    """Whether a line in brackets stands below a picture and its caption, and says whose it is."""
    return _CREDIT.match(block.text) is not None and any(above.kind == "picture" for above in kept[-2:])


def _key(line: str) -> str:
    return fold(line).rstrip(" :.…") if len(line) <= _LONGEST else ""


def _heads_text(blocks: list[Block], place: int, key: str) -> bool:
    """Whether a line that may be a label heads a part of the article: text follows it, and no link."""
    block = blocks[place]
    if _HEADS.fullmatch(key) is None or not (block.strong or block.text.endswith(":")):
        return False
    return any(
        following.kind == "text" and not following.link and (following.runs or len(following.text) >= _SENTENCE)
        for following in blocks[place + 1 : place + 2]
    )


def _box_follows(blocks: list[Block], place: int) -> bool:
    """Whether one of the next lines is a control of the comment box, or of one of the comments."""
    return any(
        _COMMENT_BOX.fullmatch(key) or _COMMENT_CONTROL.fullmatch(key)
        for block in blocks[place + 1 : place + 4]
        if (key := _key(block.text))
    )


def is_pointer(block: Block, is_other_article: Callable[[str], bool]) -> bool:
    """Whether a paragraph is but a link to another article, links behind a label, or to further pages."""
    if not block.link:
        return False
    key = fold(block.text[:_LONGEST])
    if block.linked >= 0.5 and len(block.text) <= _LONGEST and _PAGER.fullmatch(key):
        return True
    label = _POINTER.match(key)
    linked = block.linked * len(block.text)
    if label is not None and 2 * linked > len(_DAY.sub("", block.text)) - label.end():
        return True
    if block.linked > 0.9:
        return is_other_article(block.link) and not is_running(block.text)
    return block.linked > 0.5 and linked > 0.9 * len(_DAY.sub("", block.text)) and is_other_article(block.link)
