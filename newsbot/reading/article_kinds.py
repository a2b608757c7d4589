"""What an article is made of: text, pictures with captions, a film, or entries that follow an event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import dropwhile, islice
from typing import Final

from selectolax.lexbor import LexborNode

from newsbot.reading.blocks import Listed
from newsbot.reading.surroundings import Surroundings
from newsbot.reading.walk import CELL_MARK

#: Maximum length, in characters, of the text beside a film that is what the page is for.
_LONGEST_BESIDE_FILM: Final = 400
#: Minimum number of pictures of a gallery that has some text, too.
_FEWEST_PICTURES: Final = 3
#: How far behind the title a film can be, in nodes.
_FURTHEST: Final = 150
_FILMS: Final = re.compile(
    r"youtube|youtu\.be|vimeo|dailymotion|facebook\.com/plugins/video|tiktok|/embed|video|player|\.m3u8", re.IGNORECASE
)
#: The time of an entry, alone in its line: "10:25", "9h40", "08:00 12/9/2024".
_TIME: Final = re.compile(
    r"(?:ngày )?(?:\d{1,2}/\d{1,2}(?:/\d{4})?,? ?[-–|]? ?)?(?:lúc )?"
    r"\d{1,2}(?::\d{2}(?::\d{2})?| ?(?:h|giờ) ?(?:\d{2})?(?: ?phút)?)"
    r"(?:,? ?[-–|]? ?(?:ngày )?\d{1,2}[/-]\d{1,2}(?:[/-]\d{4})?)?:?",
    re.IGNORECASE,
)
_LONGEST_TIME: Final = 30
_FEWEST_ENTRIES: Final = 3
_CALLED_LIVE: Final = re.compile(
    r"\W{0,3}(?:trực tiếp|tường thuật|cập nhật liên tục|live(?:blog| blog)?)\b", re.IGNORECASE
)


def captions_of(images: Iterable[dict[str, str | None]]) -> list[str]:
    """Return the captions of pictures, each once.

    >>> captions_of([{"caption": "Lũ về."}, {"caption": None}, {"caption": "Lũ về."}])
    ['Lũ về.']
    """
    return [*dict.fromkeys(image["caption"] for image in images if image["caption"])]


def is_gallery(images: Sequence[dict[str, str | None]], paragraphs: Iterable[str]) -> bool:
    """Whether pictures and what is said of each are most of an article.

    >>> images = [{"url": "a", "caption": "Người dân dọn bùn."}] * 3
    >>> is_gallery(images, ["Lũ về."]), is_gallery(images, ["Lũ về lúc nửa đêm, nước dâng quá mái nhà." * 9])
    (True, False)
    """
    letters = sum(len(image["caption"] or "") for image in images)
    return len(images) >= _FEWEST_PICTURES and letters > sum(map(len, paragraphs))


def may_be_film(paragraphs: Iterable[str]) -> bool:
    """Whether an article has so little text that a film on its page is what it is for."""
    return sum(map(len, paragraphs)) < _LONGEST_BESIDE_FILM


def has_film(root: LexborNode | None, around: Surroundings) -> bool:
    """Whether there is a film in an article: in the element of its text, or right behind its title."""
    if root is not None and any(map(_is_film, root.css("video, iframe, embed"))):
        return True
    first = next(iter(around.titles), None)
    tree = around.page.tree.root
    if first is None or tree is None:
        return False
    start = around.texts[first].mem_id
    behind = dropwhile(lambda node: node.mem_id != start, tree.traverse(include_text=True))
    return any(node.tag in ("video", "iframe", "embed") and _is_film(node) for node in islice(behind, _FURTHEST))


def _is_film(node: LexborNode) -> bool:
    if node.tag == "video":
        return True
    attributes = node.attributes
    return _FILMS.search(attributes.get("src") or attributes.get("data-src") or "") is not None


def is_called_live(title: str) -> bool:
    """Whether a title says that an event is followed.

    >>> is_called_live("[TRỰC TIẾP] Bão số 3 đổ bộ"), is_called_live("Bà con xem trực tiếp")
    (True, False)
    """
    return _CALLED_LIVE.match(title) is not None


def with_times(paragraphs: Sequence[str]) -> list[str]:
    """Return paragraphs in which the times of entries, alone in their lines, stand before what happened then.

    >>> with_times(["10:25", "Bão vào bờ.", "Gió giật cấp 12.", "9h40", "Mưa to.", "08:00 7/9", "Trời quang."])
    ['10:25 | Bão vào bờ.', 'Gió giật cấp 12.', '9h40 | Mưa to.', '08:00 7/9 | Trời quang.']
    """
    return [*_joined(paragraphs)] if has_times(paragraphs) else [*paragraphs]


def has_times(paragraphs: Sequence[str]) -> bool:
    """Whether paragraphs are entries with their times above."""
    times = [place for place, paragraph in enumerate(paragraphs) if _is_time(paragraph)]
    followed = [place for place in times if place + 1 < len(paragraphs) and not _is_time(paragraphs[place + 1])]
    return len(followed) == len(times) >= _FEWEST_ENTRIES


def _joined(paragraphs: Sequence[str]) -> Iterator[str]:
    time: str | None = None
    for paragraph in paragraphs:
        if time is None and _is_time(paragraph):
            time = paragraph
        elif time is None:
            yield paragraph
        else:
            line = f"{time.rstrip(':')}{CELL_MARK}{paragraph}"
            yield Listed(line, time.mark) if isinstance(time, Listed) else line
            time = None


def _is_time(paragraph: str) -> bool:
    return len(paragraph) <= _LONGEST_TIME and _TIME.fullmatch(paragraph) is not None
