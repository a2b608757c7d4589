"""A font of the replica's own: digits in the manner of a pocket calculator, each of another width than any system's.

A number shown in it is as wide as `digits_width` says, which no other font would give: a test sees that it was loaded.
fontTools is imported at the first use.
"""

from __future__ import annotations

import io
from functools import lru_cache

UNITS = 1000  # to the em
_HEIGHT, _THICK = 700, 90
#: The lit segments of each digit: top, upper left, upper right, middle, lower left, lower right, bottom.
_SEGMENTS = ("abcefg", "cf", "acdeg", "acdfg", "bcdf", "abdfg", "abdefg", "acf", "abcdefg", "abcdfg")


def digit_width(digit: int) -> int:
    """The advance of a digit in thousandths of the em.

    >>> [digit_width(digit) for digit in range(3)]
    [731, 768, 805]
    """
    return 731 + 37 * digit


def digits_width(text: str, size: float) -> float:
    """How wide a number is in pixels, in letters of a size.

    >>> digits_width("10", 100)
    149.9
    """
    return sum(digit_width(int(digit)) for digit in text) * size / UNITS


@lru_cache(maxsize=1)
def woff2() -> bytes:
    """The font as a WOFF2 file.

    >>> woff2()[:4]
    b'wOF2'
    """
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    names = [".notdef", "space", *(f"digit{digit}" for digit in range(10))]
    widths = {".notdef": 500, "space": 300} | {f"digit{digit}": digit_width(digit) for digit in range(10)}
    glyphs = {name: TTGlyphPen(None).glyph() for name in names[:2]}
    for digit, segments in enumerate(_SEGMENTS):
        pen = TTGlyphPen(None)
        for left, bottom, right, top in _bars(digit_width(digit), segments):
            pen.moveTo((left, bottom))
            for point in ((left, top), (right, top), (right, bottom)):
                pen.lineTo(point)
            pen.closePath()
        glyphs[f"digit{digit}"] = pen.glyph()
    builder = FontBuilder(UNITS, isTTF=True)
    builder.font.recalcTimestamp = False  # the same bytes every day
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x20: "space"} | {0x30 + digit: f"digit{digit}" for digit in range(10)})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (width, 60) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Replica Digits", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    builder.setupHead(unitsPerEm=UNITS, created=3_600_000_000, modified=3_600_000_000)
    builder.font.flavor = "woff2"
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


def _bars(width: int, segments: str) -> list[tuple[int, int, int, int]]:
    """Left, bottom, right, top of each lit segment."""
    left, right, middle = 60, width - 60, _HEIGHT // 2
    bars = {
        "a": (left, _HEIGHT - _THICK, right, _HEIGHT),
        "b": (left, middle, left + _THICK, _HEIGHT),
        "c": (right - _THICK, middle, right, _HEIGHT),
        "d": (left, middle - _THICK // 2, right, middle + _THICK // 2),
        "e": (left, 0, left + _THICK, middle),
        "f": (right - _THICK, 0, right, middle),
        "g": (left, 0, right, _THICK),
    }
    return [bars[segment] for segment in segments]
