"""How much of what a page showed when it was captured it shows in replay: its text, and its picture."""

from __future__ import annotations

import re
import struct
import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from itertools import chain
from typing import Final

from playwright.async_api import Page

_WORD: Final = re.compile(r"\w+")
#: Words that are looked for together; single words are on every page.
_TOGETHER: Final = 3
#: Characters of a text that are compared.
_LONGEST: Final = 200_000
_PNG: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
#: Pixels of a side, and bytes, of a picture that is decoded.
_WIDEST: Final = 4_000
_LARGEST: Final = 20 << 20
#: Draws both pictures and returns the share of pixels, of the larger one, that are of one colour in both: within a
#: tenth of each channel, as letters are smoothed differently from time to time. Null if one is damaged.
_COMPARE: Final = """async (both) => {
  const draw = async (text) => {
    const image = new Image();
    image.src = 'data:image/png;base64,' + text;
    try { await image.decode(); } catch { return null; }
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const context = canvas.getContext('2d', {willReadFrequently: true});
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, canvas.width, canvas.height);
  };
  const [a, b] = [await draw(both[0]), await draw(both[1])];
  if (!a || !b) return null;
  let same = 0;
  for (let y = 0; y < Math.min(a.height, b.height); y++) for (let x = 0; x < Math.min(a.width, b.width); x++) {
    const i = 4 * (y * a.width + x), j = 4 * (y * b.width + x);
    same += [0, 1, 2].every(n => Math.abs(a.data[i + n] - b.data[j + n]) <= 25);
  }
  return same / Math.max(a.width * a.height, b.width * b.height);
}"""


def text_share(kept: str, shown: str) -> float:
    """Return how much of a text a page shows: the share of its runs of three words; 1 of a text without words.

    Case, punctuation and spaces do not count, nor what else there is on the page.

    >>> text_share("Lũ về trong đêm.", "TIN MỚI Lũ  về trong đêm, bà con lên đồi"), text_share("", "x")
    (1.0, 1.0)
    >>> text_share("Lũ về trong đêm. Bà con", "Lũ về trong đêm.")
    0.5
    """
    lines = map(_words, kept[:_LONGEST].splitlines())
    wanted = [run for line in lines if line for run in _runs(line, min(len(line), _TOGETHER))]
    if not wanted:
        return 1.0
    words = _words(shown)
    # Short lines are runs of fewer words.
    there = set(wanted).intersection(chain.from_iterable(_runs(words, size) for size in range(1, _TOGETHER + 1)))
    return sum(run in there for run in wanted) / len(wanted)


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def _runs(words: list[str], size: int) -> Iterator[tuple[str, ...]]:
    """Yield the runs of so many words."""
    return (tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def is_picture(block: bytes) -> bool:
    """Return whether a screenshot is one that may be decoded: a PNG of a bounded size."""
    if not block.startswith(_PNG) or not len(_PNG) + 8 <= len(block) <= _LARGEST:
        return False
    width, height = struct.unpack_from(">II", block, len(_PNG))
    return 0 < width <= _WIDEST and 0 < height <= _WIDEST


async def picture_share(kept: bytes, shown: bytes, page: Page) -> float | None:
    """Return the share of pixels that two screenshots have in common; None if one of them is damaged.

    :param page: an empty one of the browser, which draws them: no other program is needed to read PNG.
    :raises Error: of Playwright's, if the browser dies.
    """
    share: float | None = await page.evaluate(_COMPARE, [b64encode(kept).decode(), b64encode(shown).decode()])
    return share
