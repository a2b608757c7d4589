"""How large each picture of the replica is, told by its address alone: pages and pictures agree without asking."""

from __future__ import annotations

import re

#: Width and height in pixels by what stands in the path; the first that fits.
_SIZES: tuple[tuple[re.Pattern[str], tuple[int, int]], ...] = tuple(
    (re.compile(pattern), size)
    for pattern, size in (
        (r"/(blank|spacer|pixel)\.", (1, 1)),
        (r"/loading\.", (24, 24)),
        (r"favicon|/icons?[/_-]", (32, 32)),
        (r"logo|/334\.png", (320, 80)),
        (r"banner", (1200, 160)),
        (r"/bg[_-]?\w*\.", (40, 40)),
        (r"/adv/|/ads/", (300, 250)),
        (r"/thumb(s|nail)?/|/normal/|avatar", (240, 160)),
        (r"/medium/", (599, 399)),
        (r"/dataimages/.*/original/", (920, 613)),
        (r"/public/", (1280, 853)),
        (r"/Uploads/", (640, 480)),
        (r"/updload_ubt/|/PublishingImages/", (720, 480)),
        (r"/\d{4}/\d\d/\d\d/", (800, 533)),
    )
)
_WRITTEN = re.compile(r"/(\d{2,4})x(\d{2,4})/|/w_(\d{2,4}),h_(\d{2,4})")
_WIDTH = re.compile(r"/w(\d{2,4})/")
_USUAL = (600, 400)


def picture_size(path: str) -> tuple[int, int]:
    """Width and height in pixels of the picture at a path; `@2x` before the extension is twice as large.

    >>> picture_size("/thumbs/600x400/2026/10/30/7.jpg"), picture_size("/upload/image/202610/medium/7_anh_1@2x.jpg")
    ((600, 400), (1198, 798))
    >>> picture_size("/thumbs/w_320,h_200,c_fill/7.jpg")
    (320, 200)
    """
    if written := _WRITTEN.search(path):
        numbers = [int(number) for number in written.groups() if number]
        width, height = min(numbers[0], 4000), min(numbers[1], 4000)
    elif width_alone := _WIDTH.search(path):
        width = min(int(width_alone[1]), 4000)
        height = width * 2 // 3
    else:
        width, height = next((size for pattern, size in _SIZES if pattern.search(path)), _USUAL)
    times = 2 if "@2x." in path else 1
    return width * times, height * times
