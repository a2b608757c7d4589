"""A paper that splits long articles into pages, with a picture on each, and archives of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsbot.spider import Layout, NewsSpider
from tests.harness.commands import HURRY, Done, options, run_scrapy
from tests.harness.durability import lines
from tests.harness.example_paper import OTHER, SENTENCE, page
from tests.harness.illustrated import GIF
from tests.harness.small_server import Answer, Script, SmallServer, small_server

SOURCE = "baotrangdai"
HTML = {"Content-Type": "text/html; charset=utf-8"}
#: The text of each page of the long article; of another, whose third page is not to be had; and of a short one.
LONG = (
    SENTENCE,
    f"Trang hai. {OTHER}",
    "Trang ba. Ba đêm liền, hai mươi người thay nhau canh đê đến khi nước rút.",
)
LACKING = (OTHER, f"Tiếp theo. {SENTENCE}", "")
SHORT = (f"{OTHER} {SENTENCE}",)
#: An article whose second page leads on to another address of it.
_LED_ON = "/lu-rut-20"
_FOOTER = "Báo Trang Dài, cơ quan của những bài dài. " * 30
_ARTICLES = {"/lu-ve-17.html": LONG, f"{_LED_ON}.html": LACKING, "/nang-len-22.html": SHORT}


class BaotrangdaiSpider(NewsSpider):
    """Báo Trang Dài, http://baotrangdai.vn."""

    name = SOURCE
    province = "Hải Dương"
    allowed_domains = ["baotrangdai.vn"]
    sections = ("http://baotrangdai.vn/tin",)
    #: In the second form, since addresses in the first are asked for by https.
    article_url = (r"^/moi/(?P<id>\d+)$", r"-(?P<id>\d+)\.html$")
    layouts = (Layout(name="v1", body="#noidung", published=".ngay"),)


def long_paper(path: str, before: int) -> Answer:
    """What the paper answers."""
    if path == "/tin":
        links = "".join(f"<li><a href={address}>{address[1:-5]}</a>" for address in _ARTICLES)
        return 200, HTML, f"<h1>Tin</h1><ul>{links}</ul><p>{SENTENCE}</p>".encode()
    if path.startswith("/anh/"):
        return 200, {"Content-Type": "image/gif"}, GIF
    if path == f"{_LED_ON}.html?page=2":
        return 301, HTML | {"Location": f"{_LED_ON}-trang-2.html"}, b""
    address, _, number = path.replace("-trang-2.html", ".html?page=2").partition("?page=")
    texts = _ARTICLES.get(address, ())
    shown = int(number or "1")
    if shown > len(texts):
        return 404, HTML, b"none"
    return article_page(texts[shown - 1], shown, len(texts)) if texts[shown - 1] else (503, HTML, b"busy")


def article_page(text: str, number: int = 1, pages: int = 1) -> Answer:
    """A page of an article, with its picture, and long enough neither to be kept twice nor to look like a wall."""
    links = " ".join(f"<a href='?page={each}'>{each}</a>" for each in range(2, pages + 1))
    made = page(f"<p>{text}</p><img src=/anh/{number}.gif>", before="<p class=ngay>09:30 28/11/2026</p>")
    return 200, HTML, made.replace("</body>", f"<div>{links}</div><footer>{_FOOTER}</footer></body>").encode()


@dataclass
class LongPaper:
    """An archive of the paper, and commands on it."""

    server: SmallServer
    data: Path

    def run(self, *words: str | Path) -> Done:
        settings = HURRY | {
            "SPIDER_MODULES": __name__,
            "CONNECT_TO": f"baotrangdai.vn:80:127.0.0.1:{self.server.port}",
            "ARCHIVE_ALLOW_PRIVATE": "1",
            "REQUISITES": "all",
            "RETRY_ENABLED": "0",
        }
        return run_scrapy(*words, *options(settings), data=self.data)

    def crawl(self) -> None:
        """Crawl it, all articles anew."""
        done = self.run("crawl", SOURCE, "-a", "refetch=yes")
        assert done.returncode in (0, 1), done.stderr

    def copy(self, folder: Path) -> LongPaper:
        """Return a copy to do anything with."""
        return LongPaper(self.server, Path(shutil.copytree(self.data, folder / "data")))

    def lines(self, number: str) -> list[dict[str, Any]]:
        """The lines of an article."""
        return [line for line in lines(self.data) if line["id"] == f"{SOURCE}:{number}"]

    def say(self, number: str, **fields: Any) -> None:
        """Have an article's line say something else."""
        (path,) = (self.data / "articles").rglob("*.jsonl")
        found: Sequence[dict[str, Any]] = [json.loads(line) for line in path.read_text().splitlines()]
        for line in found:
            if line["id"] == f"{SOURCE}:{number}":
                line.update(fields)
        path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in found))


@contextmanager
def long_paper_archive(folder: Path, answer: Script = long_paper) -> Iterator[LongPaper]:
    """Play the paper, and crawl it once."""
    with small_server(answer) as server:
        archive = LongPaper(server, folder / "data")
        archive.crawl()
        yield archive
