"""Two papers that are read by many processes: spiders, some of whose pages are hard on the process that reads them."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path
from time import sleep

from scrapy.http import Response

from newsbot.items import Article
from newsbot.reading.page_kinds import PageKind
from newsbot.spider import Layout, NewsSpider
from tests.harness.foreign_warc import http, record

#: Names a folder in which pages leave signs.
SIGNS = "HARD_PAPERS_SIGNS"
_WORDS = (
    *("bản", "chợ", "nước", "rừng", "lúa", "đường", "trường", "sông", "núi", "mưa", "nắng"),
    *("nhà", "trẻ", "già", "đông", "xa", "gần", "cao", "thấp", "mới", "cũ", "vui"),
)


class _Paper(NewsSpider):
    province = "Sơn La"
    sections = ("",)
    article_url = (r"-(?P<id>\d+)\.html$",)
    layouts = (Layout(name="only", body="div.body"),)

    def read_page_here(self, response: Response) -> Article | PageKind:
        _be_hard(response.body)
        return super().read_page_here(response)


class BaomotSpider(_Paper):
    name = "baomot"
    allowed_domains = ["baomot.vn"]


class BaohaiSpider(_Paper):
    name = "baohai"
    allowed_domains = ["baohai.vn"]


def _be_hard(page: bytes) -> None:
    signs = Path(os.environ.get(SIGNS, "/"))
    if b"kills every process" in page or (b"kills one process" in page and not (signs / "killed").exists()):
        (signs / "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if b"takes for ever" in page and not (signs / "go-on").exists():
        (signs / f"reading-{os.getpid()}").touch()
        while not (signs / "go-on").exists():
            sleep(0.01)


def text(seed: int, words: int = 120) -> str:
    """A text that nobody else has printed."""
    return " ".join(random.Random(seed).choices(_WORDS, k=words))


def page(title: str, body: str) -> bytes:
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
        f'<div class="body"><p>{body}</p></div></body></html>'
    ).encode()


def url(paper: str, number: int) -> str:
    return f"https://{paper}.vn/tin-{number}.html"


def capture(paper: str, number: int, date: str, body: str = "", status: str = "200 OK", **fields: str) -> bytes:
    """A response record of an article's page."""
    content = page(f"Tin số {number} của {paper}", body or text(number)) if status.startswith("2") else b"<h1>404</h1>"
    block = http(content, "Content-Type: text/html; charset=utf-8", status=status)
    return record("response", block, date=date, Target_URI=url(paper, number), **fields)
