"""Parses bylines: who wrote an article, and who is credited.

Vietnamese sites print the author last: with a role ("Tin và ảnh: …"), a credit ("Theo …", "…/Báo …"), or as a bare name
in any case. A name keeps its printed case. An outlet is never an author; a newsroom ("PV") is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from newsbot.vietnamese.names import has_surname, is_initials, is_name, is_newsroom, is_title_of_person, strip_title
from newsbot.vietnamese.outlets import is_outlet
from newsbot.vietnamese.provinces import is_province
from newsbot.vietnamese.text import clean

#: Maximum length of a byline, in characters.
_LONGEST: Final = 120
_MOST_WORDS: Final = 6

_WRITING: Final = (
    r"tin|bài viết|bài|chùm|phóng sự|(?:người |nhóm |tổ chức )?thực hiện|(?:nhóm )?tác giả|nội dung|phóng viên"
    r"|biên soạn|người viết|tổng hợp|pv|cộng tác viên|ctv|đăng bởi|người đăng|(?:biên |lược )?dịch|chuyển ngữ"
    r"|ghi(?: chép)?"
)
_PICTURES: Final = (
    r"(?:chùm |phóng sự )?ảnh|hình ảnh|video|clip|đồ họa|đồ hoạ|infographics?|thiết kế|trình bày|minh họa"
    r"|(?<!tổng )biên tập|kỹ thuật|kĩ thuật|đạo diễn|quay phim|dựng(?: phim| hình)?|chỉ đạo(?: sản xuất| nội dung)?"
    r"|(?:tổ chức )?sản xuất|giọng đọc|thuyết minh|người dẫn|mc|âm thanh"
)
_ROLE: Final = re.compile(
    rf"(?<!\w)(?P<role>(?:{_WRITING}|{_PICTURES})(?:(?:\s?(?:,|&|\+|/|-|–|\bvà\b)\s?|\s)(?:{_WRITING}|{_PICTURES})){{0,3}})\s?:\s?",
    re.IGNORECASE,
)
_IS_WRITING: Final = re.compile(rf"(?<!\w)(?:{_WRITING})(?!\w)", re.IGNORECASE)
_CREDIT: Final = re.compile(r"(?:tổng hợp )?(?:theo|nguồn(?: tin)?\s?:|từ)\s?:?\s(?=\S)", re.IGNORECASE)
#: Without a colon it is a credit only before a name that is known: "Nguồn nước" is not.
_SOURCE: Final = re.compile(r"nguồn(?: tin)?(?: từ)?\s(?=\S)", re.IGNORECASE)
#: Of a source's page; the host is its name.
_ADDRESS: Final = re.compile(r"\Ahttps?://(?:www\.)?([\w.-]{4,60})(?:/\S*)?\Z", re.IGNORECASE)
_ACRONYM: Final = re.compile("[A-ZĐ][A-ZĐ&]{1,7}")
_BRACKETS: Final = re.compile(r"\(([^()]{0,80})\)")
_DONE: Final = r"tổng hợp|lược ghi|ghi|thực hiện|biên soạn|sưu tầm|st|lược dịch|biên dịch|dịch|t/h|th|ctv|biên tập"
_DONE_ALONE: Final = re.compile(rf"(?:{_DONE})", re.IGNORECASE)
_DONE_BEHIND: Final = re.compile(rf"(?<=\w)\s+(?:[-–]\s)?(?:{_DONE})$")
_OTHERS: Final = re.compile(
    r"\s?(?:,|và|&)\s(?:\d{1,2}|nhiều|các|những)\s(?:tác giả|người|cộng sự)(?:\skhác)?$", re.IGNORECASE
)
_SEPARATOR: Final = re.compile(r"\s?[,;&/|]\s?|\s[-–—]\s|\svà\s")
_HYPHEN: Final = re.compile(r"(?<=\w\w)[-–](?=\w\w)")
_SENTENCE_END: Final = re.compile(r"[.!?…:;,\"”]$")


@dataclass(frozen=True, slots=True)
class Byline:
    """An author line, read. ``agency`` joins several credits by a comma."""

    authors: tuple[str, ...]
    agency: str | None
    #: The printed line, with single spaces.
    raw: str


def parse_byline(line: str) -> Byline:
    r"""Return the authors and the credited source of an author line, which may hold several printed lines.

    What is neither a name nor an outlet is left out; so are photographers of a line that names its writers.

    >>> parse_byline("Tạ Nguyên/Báo Tin tức")
    Byline(authors=('Tạ Nguyên',), agency='Báo Tin tức', raw='Tạ Nguyên/Báo Tin tức')
    >>> parse_byline("Tin và ảnh: Nam Giang").authors, parse_byline("NHẬT XUÂN và 1 tác giả khác").authors
    (('Nam Giang',), ('NHẬT XUÂN',))
    >>> parse_byline("Theo Hồ Hương\nTheo Đại Đoàn kết")
    Byline(authors=('Hồ Hương',), agency='Đại Đoàn kết', raw='Theo Hồ Hương Theo Đại Đoàn kết')
    """
    return _read(line) if len(line) <= 4 * _LONGEST else replace(_read(line[: 4 * _LONGEST]), raw=clean(line))


@lru_cache(maxsize=256)  # likewise
def _read(line: str) -> Byline:
    pieces = [piece for part in line.split("\n") for piece in _pieces(clean(part))]
    authors = dict.fromkeys(piece.name for piece in pieces if piece.kind == "author")
    agencies = dict.fromkeys(piece.name for piece in pieces if piece.kind == "agency")
    return Byline(tuple(authors), ", ".join(agencies) or None, clean(line))


#: A row of a list that says how many, or how much, of what has a name.
_COUNTS: Final = re.compile(r":\s*\d[\d.,/]*(?:\s\S+){0,2}\Z")


def looks_like_byline(line: str) -> bool:
    """Say whether a bare line at the end of an article is its author line, and not its last sentence or a caption.

    >>> [looks_like_byline(line) for line in ("PV", "AN VIỆT", "Khải Hoàn", "Tin, ảnh: P.Y", "Theo DTO")]
    [True, True, True, True, True]
    >>> [looks_like_byline(line) for line in ("Hội nghị kết thúc lúc 11 giờ.", "Vịnh Hạ Long", "Lớp học bản. Ảnh: PV")]
    [False, False, False]
    >>> looks_like_byline("Trường Nguyễn Du: 24,5"), looks_like_byline("Nguồn: https://baovidu.vn/mua-to-17.html")
    (False, True)
    """
    return _looks_like_byline(line[: 2 * _LONGEST])


@lru_cache(maxsize=256)  # a page's last lines are looked at for several reasons, and who writes today wrote yesterday
def _looks_like_byline(line: str) -> bool:
    text = clean(line)
    if not text or len(text) > _LONGEST or _COUNTS.search(text):
        return False
    role = _ROLE.match(text)
    if role:
        text = text.removesuffix(".")
    if _SENTENCE_END.search(text) and not is_initials(text.split()[-1]):
        return False
    pieces = list(_pieces(text))
    if not pieces or any(piece.kind == "unknown" for piece in pieces):
        return False
    return bool(role or _CREDIT.match(text)) or not any(
        piece.kind == "author" and is_province(piece.name) for piece in pieces
    )


def is_credited(line: str) -> bool:
    """Say whether a line says by itself that it names an author or a source: by a role, a credit, a newsroom.

    >>> [is_credited(line) for line in ("Tin, ảnh: P.Y", "Theo TTXVN", "PV", "Nam Giang")]
    [True, True, True, False]
    """
    if _ROLE.match(line) or _CREDIT.match(line) or is_newsroom(line):
        return True
    source = _SOURCE.match(line)
    return source is not None and is_outlet(line[source.end() :])


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str  # author, agency, picture (who took the pictures), done ("tổng hợp"), unknown
    name: str


def _pieces(text: str) -> Iterator[_Piece]:
    """Yield what a line is made of, cut at its roles: "Bài: … - Ảnh: …"."""
    roles = list(_ROLE.finditer(text))
    ends = [*(role.start() for role in roles), len(text)]
    yield from _credited(text[: ends[0]])
    for role, end in zip(roles, ends[1:], strict=True):
        writing = bool(_IS_WRITING.search(role["role"]))
        for piece in _credited(text[role.end() : end]):
            yield piece if writing or piece.kind == "unknown" else _Piece("picture", piece.name)


def _credited(text: str) -> Iterator[_Piece]:
    """Yield the pieces of a line without roles: names, and credits in brackets, behind "Theo" or behind a stroke."""
    bracketed = _BRACKETS.findall(text)
    text = _OTHERS.sub("", _BRACKETS.sub(" ", text).strip(" -–—,;/|"))
    credit = _CREDIT.match(text)
    source = _SOURCE.match(text)
    if credit is None and source and is_outlet(text[source.end() :]):
        credit = source
    if credit:
        text = _ADDRESS.sub(r"\1", text[credit.end() :])
    if _DONE_ALONE.fullmatch(text) and not is_newsroom(text):
        yield _Piece("done", text)
        text = ""
    text = _DONE_BEHIND.sub("", text)
    names = [text] if is_outlet(text) else [*_names(text)]
    kinds = [(_kind(name), name) for name in map(strip_title, names) if name]
    named_outlet = any(kind == "agency" for kind, _ in kinds) or any(map(is_outlet, bracketed))
    for kind, name in kinds:
        yield _Piece(_kind_of_credit(kind, name, named_outlet) if credit and kind != "agency" else kind, name)
    for note in bracketed:
        yield from _bracketed(note.strip())


def _names(text: str) -> Iterator[str]:
    """Yield what stands between separators; a hyphen is one between two names, not in "VOV-Tây Bắc"."""
    for name in _SEPARATOR.split(text):
        if is_title_of_person(name):
            continue  # "TS, BS Lê Hoa"
        yield from [name] if is_outlet(name) else _HYPHEN.split(name)


def _bracketed(note: str) -> Iterator[_Piece]:
    if _CREDIT.match(note) or _ROLE.match(note):
        yield from _pieces(note)
        return
    whole = is_outlet(note) or _DONE_ALONE.fullmatch(note)
    for name in [note] if whole else map(str.strip, re.split("[/,;]", note)):
        if is_outlet(name):
            yield _Piece("agency", name)
        elif _DONE_ALONE.fullmatch(name) or is_province(name) or is_newsroom(name):
            yield _Piece("done", name)
        else:
            # "(TTVH)": letters beside a name stand for its outlet, whichever that is.
            yield _Piece("agency" if _ACRONYM.fullmatch(name) else "unknown", name)


def _kind(name: str) -> str:
    if is_newsroom(name):
        return "author"
    if is_outlet(name):
        return "agency"
    return "author" if is_name(name) else "unknown"


def _kind_of_credit(kind: str, name: str, named_outlet: bool) -> str:
    """Return what "Theo" names: a person if it has a family name or an outlet stands beside it, else an outlet."""
    words = name.split()
    if is_newsroom(name):
        return kind
    if kind == "author":
        return "author" if has_surname(name) or (named_outlet and len(words) > 1) else "agency"
    capitals = sum(word[0].isupper() for word in words)
    return "agency" if words[0][0].isupper() and 2 * capitals >= len(words) and len(words) <= _MOST_WORDS else "unknown"
