"""Lines that stand among an article's paragraphs and are none: zoom controls, comment boxes, counters.

What the sources print was seen in stored text of real articles (SITES.md section 10).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from newsbot.vietnamese.text import fold

#: No leftover is longer, so that only short lines are looked at.
_LONGEST: Final = 70

_LEFTOVER: Final = re.compile(
    r"[\W_]*"  # ".", ". .", "°"
    r"|\d{1,2}"  # number of a picture
    r"|\d{1,3} ?%"
    r"|a[+-]?( a[+-]?)*"
    r"|đăng ngày [\d /-]{8,20}"
    r"|bút danh|tác giả|từ khóa:?"
    r"|(chia sẻ|in bài viết|lưu bài viết|nghe bài viết)( facebook| zalo)?"
    r"|.*\{\{.*\}\}.*"
)
#: From one of these lines on a page has left its article.
_END: Final = re.compile(
    r"tin mới( nhất| hơn)?|tin cùng chuyên mục|các tin khác|tin khác|tin đã đưa|(tin|bài) liên quan|bài đọc tiếp"
    r"|cùng chuyên mục|đọc thêm|xem thêm|comments?|bình luận( \(\d*\))?|gửi bình luận( của bạn)?|ý kiến bạn đọc"
    r"|ý kiến( của bạn)?( \(\d*\))?|bạn còn \d+/\d+ ký tự|\d+ ?/ ?\d+ ký tự"
    r"|bạn vui lòng nhập từ \d+ ký tự trở lên ?!*|vui lòng nhập tiếng việt có dấu"
    r"|\d+ người đang online"
)


def is_leftover(line: str) -> bool:
    """Whether a line is part of the page's furniture.

    >>> [line for line in ("100%", ". .", "1", "Đăng ngày 04 - 10 - 2023", "Năm 2023", "PV") if not is_leftover(line)]
    ['Năm 2023', 'PV']
    """
    return len(line) <= _LONGEST and _LEFTOVER.fullmatch(fold(line)) is not None


def without_leftovers(lines: Iterable[str]) -> list[str]:
    """Return the lines that are an article's, up to where its page goes on to other things.

    >>> without_leftovers([".", "Mưa to.", "1", "Gió lớn.", "Tin mới nhất", "Bài khác"])
    ['Mưa to.', 'Gió lớn.']
    """
    kept: list[str] = []
    for line in lines:
        if len(line) <= _LONGEST:
            key = fold(line)
            if kept and _END.fullmatch(key.rstrip(":")):
                break
            if _LEFTOVER.fullmatch(key):
                continue
        kept.append(line)
    return kept
