"""Removes copies of the sapo: sites print it above the body and again in it, cut mid-word or behind a slug."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from newsbot.vietnamese.outlets import strip_slug
from newsbot.vietnamese.text import fold

#: Minimum length of a copy, in characters; a shorter beginning may be the same by chance ("Sáng 5-8,").
_ENOUGH: Final = 40
#: Maximum number of copies of one sapo.
_MOST_COPIES: Final = 3
#: Maximum length, in characters, of the name of the site before a copy.
_LONGEST_LABEL: Final = 20
CUT_MARKS: Final = " .…"


def is_cut_copy(cut: str, whole: str) -> bool:
    """Whether one folded text is the beginning of another, cut in the middle of a word perhaps.

    Of the last word only the first letter counts: what is left of "thuỷ" may be folded differently.

    >>> is_cut_copy("mưa lớn k...", "mưa lớn kéo dài"), is_cut_copy("mưa to", "mưa lớn kéo dài")
    (True, False)
    """
    cut = cut.rstrip(CUT_MARKS)
    if whole.startswith(cut):
        return True
    last_word = cut.rfind(" ") + 1
    return last_word > 0 and whole.startswith(cut[: last_word + 1])


def without_repetition(sapo: str, paragraphs: list[str], slugs: Iterable[str] = ()) -> tuple[str, list[str]]:
    """Return the sapo as its fullest copy says it, and the paragraphs without it.

    >>> body = ["(SK&MT) - Mưa lớn kéo dài nhiều ngày làm ngập các xã ven sông Thao.", "Nước rút."]
    >>> without_repetition("Mưa lớn kéo dài nhiều ngày làm ngập các xã ven sô", body)
    ('Mưa lớn kéo dài nhiều ngày làm ngập các xã ven sông Thao.', ['Nước rút.'])
    >>> without_repetition("Mưa lớn.", ["Mưa lớn.", "Nước rút."])
    ('Mưa lớn.', ['Nước rút.'])
    """
    sapo = strip_slug(sapo, slugs)
    if not sapo and len(paragraphs) > 1 and len(paragraphs[0]) >= _ENOUGH:
        first, second = (fold(paragraph).rstrip(CUT_MARKS) for paragraph in paragraphs[:2])
        if not is_cut_copy(first, second):
            return sapo, paragraphs
        if first == second and len(paragraphs) > 2:  # what stands there twice is the lead
            return paragraphs[1], paragraphs[2:]
        return sapo, paragraphs[1:]
    for _ in range(_MOST_COPIES):
        before = len(paragraphs)
        sapo, paragraphs = _without_copy(sapo, paragraphs, slugs)
        if len(paragraphs) == before:
            break
    return sapo, paragraphs


def _without_copy(sapo: str, paragraphs: list[str], slugs: Iterable[str]) -> tuple[str, list[str]]:
    key = fold(sapo).rstrip(CUT_MARKS)
    if not key:
        return sapo, paragraphs
    for place, paragraph in enumerate(paragraphs[:3]):
        copy = strip_slug(paragraph, slugs)
        copy_key = fold(copy).rstrip(CUT_MARKS)
        rest = paragraphs[:place] + paragraphs[place + 1 :]
        if copy_key == key:
            return (sapo if _is_whole(sapo) else copy), rest
        if len(key) >= _ENOUGH and copy_key.endswith(key) and len(copy_key) - len(key) <= _LONGEST_LABEL:
            return sapo, rest  # the site's name stands before it, glued to it perhaps
        if len(key) >= _ENOUGH and len(key) <= len(copy_key) and is_cut_copy(key, copy_key):
            if not _is_whole(sapo):
                return copy, rest
            # The paragraph goes on after the sapo: keep what it adds.
            added = " ".join(copy.split()[len(sapo.split()) :])
            return sapo, [*paragraphs[:place], added, *paragraphs[place + 1 :]]
        if len(copy_key) >= _ENOUGH and key.startswith(copy_key):
            # The site filled the sapo up with what follows.
            return copy, rest
    return sapo, paragraphs


def _is_whole(sapo: str) -> bool:
    return sapo.endswith((".", "!", "?", "”", '"', ")")) and not sapo.endswith("...")
