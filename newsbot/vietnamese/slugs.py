"""The slug of an agency before a lead: "(TTXVN) - Sáng nay…", "(Baonghean.vn) - …", "ĐNO - …"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from newsbot.vietnamese.outlets import is_known_outlet

_BRACKETED: Final = re.compile(r"\(\s*(?P<name>[^()\s][^()]{0,38}[^()\s])\s*\)\s*[-–—:]+\s*")
_CAPITALS: Final = re.compile(r"[A-ZĐ][A-ZĐ0-9&.\- ]{1,14}")
#: Without brackets: a name, a dash, and a new sentence.
_BARE: Final = re.compile(r"(?P<name>[A-ZĐ&]{2,8}|[\w.-]{2,30}\.(?:vn|com|net|org))\s?[-–—]\s+(?=[\"“‘(]?[^\W_a-z])")
#: In characters.
_LONGEST_SLUG: Final = 60
_DASHES: Final = frozenset("-–—:")
#: "ĐNO", "SGGPO": a paper's letters and an O for "online". These are other bodies, of which an article can speak.
_ONLINE: Final = re.compile("[A-ZĐ&]{1,6}O")
_NOT_ONLINE: Final = frozenset((
    "ASEO", "CEO", "CFO", "COO", "EURO", "FAO", "ICAO", "ILO", "IMO", "IPO", "ISO", "NATO", "NGO", "UFO", "UNESCO",
    "UNIDO", "WHO", "WIPO", "WMO", "WTO",
))  # fmt: skip


def strip_slug(sapo: str, source_tags: Iterable[str] = ()) -> str:
    """Return the sapo without the slug of an agency at its start.

    A slug in brackets goes with the dash behind it if it is in capitals, a paper's name or a host name; without
    brackets it must be a known paper's or end in an O for "online". One of ``source_tags`` goes in any case, its dash
    or its brackets may be missing, not both. A sapo that is nothing but a slug is kept.

    >>> [strip_slug(sapo, ["SK&MT", "CTO"]) for sapo in ("(SK&MT) - Mưa.", "(TTXVN) – Mưa.", "(cto) Mưa.", "CTO- Mưa.")]
    ['Mưa.', 'Mưa.', 'Mưa.', 'Mưa.']
    >>> [strip_slug(sapo) for sapo in ("(Baonghean.vn) - Mưa.", "ĐNO - Mưa.", "SKĐS - Mưa.", "(Dân trí)- Mưa.")]
    ['Mưa.', 'Mưa.', 'Mưa.', 'Mưa.']
    >>> [strip_slug(sapo, ["CTO"]) for sapo in ("(Ảnh minh họa) - Mưa.", "CTO mưa to.", "(CTO) -", "WHO - Mưa.")]
    ['(Ảnh minh họa) - Mưa.', 'CTO mưa to.', '(CTO) -', 'WHO - Mưa.']
    """
    if not sapo.startswith("(") and _DASHES.isdisjoint(sapo[:_LONGEST_SLUG]):
        return sapo
    match = _BRACKETED.match(sapo)
    if match and not (_CAPITALS.fullmatch(match["name"]) or is_known_outlet(match["name"])):
        match = None
    if match is None and (bare := _BARE.match(sapo)) and _is_bare_slug(bare["name"]):
        match = bare
    for tag in source_tags:
        match = match or _slug_of(tag).match(sapo)
    return (sapo[match.end() :] or sapo) if match else sapo


def slug_of_name(outlet: str) -> str:
    """Return the letters by which a paper calls itself before a lead; empty where they would be too few to tell.

    >>> [slug_of_name(name) for name in ("Báo Sơn La điện tử", "Báo Đắk Lắk", "Báo Huế", "baovidu")]
    ['BSL', 'BĐL', '', '']
    """
    words = outlet[:_LONGEST_SLUG].split()
    letters = "".join(word[0] for word in words if word[0].isalpha() and word[0].isupper())
    return letters if len(words) > 2 and len(letters) > 2 else ""


def _is_bare_slug(name: str) -> bool:
    return is_known_outlet(name) or (_ONLINE.fullmatch(name) is not None and name not in _NOT_ONLINE)


def _slug_of(tag: str) -> re.Pattern[str]:
    name = re.escape(tag)
    return re.compile(rf"\(\s*{name}\s*\)\s*[-–—:]*\s*|{name}\s*[-–—:]+\s*", re.IGNORECASE)
