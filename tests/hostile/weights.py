"""What the heaviest pages cost that are still read in place: `python -m tests.hostile.weights` prints each.

The bounds of `newsbot.reading.limits` come from here: a page below them costs at most a second and 200 MB.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable
from time import process_time

from newsbot.reading.limits import is_light
from tests.harness.pages import make_spider, reply
from tests.hostile.site import HOST, SENTENCE
from tests.hostile.spiders import BaothudichSpider

TAGS = 3_900
URL = f"http://{HOST}/bai-1.html"
Maker = Callable[[int], str]


def wide(before: str, unit: Maker, behind: str = "") -> Maker:
    """Make a text of parts that differ."""
    return lambda count: before + "".join(map(unit, range(count))) + behind


def repeated(text: str) -> Maker:
    """Make a text that says the same until there are so many tags."""
    return lambda tags: text * (tags // text.count("<"))


def filled(text: str) -> Maker:
    """Make one paragraph of nearly the greatest length."""
    return lambda _: f"<p>{text * (900_000 // len(text.encode()))}"


#: What is repeated until a page has as many tags as one that is read in place may have.
REPEATED: dict[str, str] = {
    "options": "<option>a", "groups": "<optgroup><option>", "selects": "<select>", "ends": "</b>",
    "ends of p": "</p>", "tables": "<table><tr><td>", "table in table": "<table>", "captions": "<table><caption>",
    "bold": "<b>", "bold italic": "<b><i>", "bold p": "<b><p>", "font p": "<font><p>", "adoption": "<a><div></a>",
    "adoption of p": "<b><p></b>", "reopened": "<b><b><b><p>x</b>",
    "reopened by class": "<b a><i b><u c><s d><p>x</p>", "links": "<a href=x>", "nobr": "<nobr>", "div": "<div>",
    "span": "<span>", "lists": "<ul><li>", "items": "<li>a", "terms": "<dl><dd>", "p": "<p>a", "breaks": "a<br>",
    "pictures": "<img src=a.jpg>", "comments": "<!--a-->", "svg": "<svg><p>", "math": "<math><mi>",
    "foreign": "<svg><foreignObject>", "templates": "<template>", "frames": "<frameset>", "forms": "<form>",
    "buttons": "<button>", "rules": "<hr>", "headings": "<h1>a</h1>", "ruby": "<ruby><rt>", "objects": "<object>",
    "marquees": "<marquee>", "sections": "<section><article>", "plaintext": "<plaintext><b>",
    "noscript": "<noscript>", "ins": "<ins>a</ins>", "emphasis": "<p><em>a</em></p>",
    "hidden": "<div style='display:none'>a</div>", "dates": "<p>12/10/2026 14:30</p>", "titles": "<p>Lũ về</p>",
    "names": "<p>Lan Chi</p>", "related": "<p>&gt;&gt; Xem thêm: a</p>", "quotes": "<blockquote>a",
    "json": '<script type="application/ld+json">{"@type":"NewsArticle","headline":"a"}</script>',
    "meta": "<meta property=article:tag content=a>", "canonical": "<link rel=canonical href=/a>",
    "figures": "<figure><img src=a.jpg><figcaption>a</figcaption></figure>",
    "cells": "<table><tr><td>a</td></tr></table>", "frames of pictures": "<table><tr><td><img src=a.jpg>",
    "sentences": f"<p>{SENTENCE}</p>", "base": "<base href=/a/>", "labels": "<p>Tags: a, b</p>",
    "crumbs": "<nav class=breadcrumb><a href=/a>a</a></nav>", "authors": "<p class=tacgia>a",
}  # fmt: skip
#: Texts that go on to the greatest length of a page.
LONG = (
    "a", " ", "1", "1/", "- ", "(", "Lan Chi ", "A, ", ".", ": ", "12/10/2026 ", "ngày ", "1 phút ", "\u0301", "\xa0",
    "&amp;", "&", "Theo ", "Bài, ảnh: ", "Ð", "oà", "HĐND", "\n", "_", "@", "“", "\u200b", "\u200d", "&gt;", "| ", "» ",
)  # fmt: skip
MAKERS: dict[str, Maker] = {
    **{name: repeated(text) for name, text in REPEATED.items()},
    **{f"text {text!r}": filled(text) for text in LONG},
    "attributes": lambda _: " ".join(["<p", *(f"a{n}" for n in range(600))]) + ">" + "<p>a",
    "all with attributes": lambda _: (" ".join(["<p", *(f"a{n}" for n in range(600))]) + ">") * 250,
    "html with attributes": wide("", lambda n: f"<html a{n}=1>"),
    "different pictures": wide("", lambda n: f"<img src=/{n}.jpg alt=a>"),
    "different links": wide("", lambda n: f"<a href=/bai-{n}.html>a</a>"),
    "different authors": wide("", lambda n: f"<meta name=author content='Tên {n}'>"),
    "bold by number": wide("", lambda n: f"<b x={n}>"),
    "deep, then wide": lambda tags: "<div>" * (tags // 2) + "<p>a" * (tags // 2),
}


def page_of(name: str, tags: int = TAGS, *, fits: bool) -> bytes:
    """Return a page; one that fits the layout, or is to be read without knowing its design."""
    body = MAKERS[name](tags)
    box = f"<div id={'noidung' if fits else 'khac'}><p>{SENTENCE}</p>{body}</div>"
    head = "<html><head><title>Lũ về</title></head><body><h1>Lũ về</h1><p class=ngay>22/11/2026 07:13</p>"
    made = f"{head}{box}</body></html>".encode()
    while not is_light(made):
        return page_of(name, int(0.9 * tags), fits=fits) if tags > 100 else made[:900_000]
    return made


def main() -> None:
    spider = make_spider(BaothudichSpider)
    list(spider.parse_article(reply(URL, page_of("sentences", 40, fits=True))))
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name in MAKERS:
        for fits in (True, False):
            if os.fork():
                os.wait()
                continue
            body = page_of(name, fits=fits)
            started = process_time()
            spider.read_page_here(reply(URL, body))
            took, size = process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base
            print(f"{took:6.2f} s {size // 1024:5} MB {len(body):8} bytes  {name}{'' if fits else ', no layout'}")
            sys.stdout.flush()
            os._exit(0)


if __name__ == "__main__":
    main()
