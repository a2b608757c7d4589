"""Pictures drawn from their own addresses: a landscape, the number and the name, so that a person knows which it is.

The same address gives the same bytes. Pillow is imported at the first picture: most tests ask for none.
"""

from __future__ import annotations

import io
import re
from colorsys import hsv_to_rgb
from functools import lru_cache
from html import escape
from random import Random
from typing import TYPE_CHECKING
from zlib import crc32

from tests.replica.picture_sizes import picture_size

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

TYPES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "ico": "image/x-icon",
    "webp": "image/webp", "avif": "image/avif", "svg": "image/svg+xml",
}  # fmt: skip
_SMALL = 64  # pixels of height below which no words fit
_Colour = tuple[int, int, int]


@lru_cache(maxsize=2000)
def picture(path: str, site: str = "") -> tuple[str, bytes] | None:
    """The media type and bytes of the picture at a path, signed by its site; None if the path names no picture.

    >>> media_type, data = picture("/a/anh_1.jpg")
    >>> media_type, data[:3], 2_000 < len(data) < 20_000
    ('image/jpeg', b'\\xff\\xd8\\xff', True)
    """
    extension = path.rpartition(".")[2].lower()
    media_type = TYPES.get(extension)
    if media_type is None:
        return None
    if extension == "svg":
        return media_type, _vector(path, site)
    drawn = _draw(path, site)
    file = io.BytesIO()
    match extension:
        case "jpg" | "jpeg":
            drawn.save(file, "JPEG", quality=78)
        case "webp":
            drawn.save(file, "WEBP", quality=75, method=2)
        case "avif":
            drawn.save(file, "AVIF", quality=60, speed=9)
        case "ico":
            drawn.save(file, "ICO", sizes=[drawn.size])
        case "gif":
            drawn.quantize(64).save(file, "GIF")
        case _:
            drawn.quantize(64).save(file, "PNG")
    return media_type, file.getvalue()


def _draw(path: str, site: str) -> Image:
    from PIL import Image, ImageDraw

    width, height = picture_size(path)
    chance = Random(crc32(path.encode()))
    hue = chance.random()
    image = Image.new("RGB", (width, height), _colour(hue, 0.25, 0.97))
    draw = ImageDraw.Draw(image)
    if height < _SMALL:
        _draw_mark(draw, width, height, hue, dark="menu" in path or "title" in path)
    elif "logo" in path or path.endswith("/334.png"):
        _draw_logo(draw, width, height, site)
    else:
        _draw_landscape(draw, width, height, hue, chance)
        _write_name(draw, width, height, path, site)
    return image


def _draw_mark(draw: ImageDraw, width: int, height: int, hue: float, *, dark: bool) -> None:
    """An icon, a dot, a tile of a background, dark where white letters stand on it."""
    saturation, value = (0.7, 0.42) if dark else (0.05, 0.97)
    draw.rectangle((0, 0, width, height), fill=_colour(hue, saturation, value))
    box = (width // 8, height // 8, width * 7 // 8, height * 7 // 8)
    draw.ellipse(box, fill=_colour(hue, saturation + 0.04, value - 0.04))


def _draw_logo(draw: ImageDraw, width: int, height: int, site: str) -> None:
    draw.rectangle((0, 0, width, height), fill=(255, 255, 255))
    draw.rounded_rectangle((0, height // 8, height * 3 // 4, height * 7 // 8), height // 8, fill=(190, 30, 45))
    draw.text((height * 3 // 8, height // 2), site[:1].upper(), (255, 255, 255), _font(height // 2), anchor="mm")
    size = min(height // 3, (width - height) * 3 // (2 * max(1, len(site))))
    draw.text((height, height // 2), site.upper(), (190, 30, 45), _font(size), anchor="lm")


def _draw_landscape(draw: ImageDraw, width: int, height: int, hue: float, chance: Random) -> None:
    """Sky, sun, two ranges of hills, fields."""
    radius = height // 7
    sun = chance.randrange(width // 6, width * 5 // 6)
    draw.ellipse((sun - radius, height // 4 - radius, sun + radius, height // 4 + radius), fill=_colour(0.13, 0.5, 1))
    for row, share in enumerate((0.45, 0.62)):
        peaks = [(0, height)]
        for step in range(9):
            peaks.append((width * step // 8, int(height * (share + chance.uniform(-0.12, 0.08)))))
        draw.polygon([*peaks, (width, height)], fill=_colour(hue + 0.3, 0.35 + row * 0.2, 0.75 - row * 0.2))
    for row in range(5):
        top = height * (80 + row * 4) // 100
        draw.rectangle((0, top, width, height), fill=_colour(hue + 0.55, 0.5, 0.62 - row * 0.06))


def _write_name(draw: ImageDraw, width: int, height: int, path: str, site: str) -> None:
    name = path.rpartition("/")[2]
    numbers = re.findall(r"\d+", name)
    number = next((number for number in reversed(numbers) if len(number) < 3), numbers[-1] if numbers else "")
    font = _font(height // 3)
    draw.text((width // 2 + 2, height * 2 // 5 + 2), number[-5:], (60, 60, 60), font, anchor="mm")
    draw.text((width // 2, height * 2 // 5), number[-5:], (255, 255, 255), font, anchor="mm")
    line = f"{site} {name} {width} x {height}".strip()
    draw.rectangle((0, height - height // 9, width, height), fill=(20, 24, 32))
    size = max(8, min(height // 14, width * 5 // (3 * len(line))))
    draw.text((width // 2, height - height // 18), line, (235, 235, 235), _font(size), anchor="mm")


@lru_cache(maxsize=100)
def _font(size: int) -> FreeTypeFont | ImageFont:
    from PIL.ImageFont import load_default

    return load_default(max(8, size))


def _vector(path: str, site: str) -> bytes:
    width, height = picture_size(path)
    red, green, blue = _colour(Random(crc32(path.encode())).random(), 0.7, 0.7)
    name = escape(site or path.rpartition("/")[2]) if height >= _SMALL else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<rect width="{width}" height="{height}" rx="{height // 8}" fill="rgb({red},{green},{blue})"/>'
        f'<text x="50%" y="60%" text-anchor="middle" font-size="{height // 3}" fill="#fff">{name}</text></svg>\n'
    ).encode()


def _colour(hue: float, saturation: float, value: float) -> _Colour:
    red, green, blue = hsv_to_rgb(hue % 1, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)
