"""Pages that break off, and walls: no line is made of either, and both are named, in a crawl as in a rebuild."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from newsbot.cms.vnpt import VnptSpider
from newsbot.reading.limits import LIGHT_BYTES, ReadingLimitError
from tests.harness.commands import run_scrapy
from tests.harness.crawl_play import Play
from tests.harness.foreign_warc import http, record, write
from tests.harness.pages import make_spider, reply
from tests.replica.faults import instead
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites

SOURCE = "haiduongtv"
SITE = next(site for site in sites(articles=20) if site.name == SOURCE)
HOST = "haiduongtv.vn"
STORIES = [story for story in SITE.stories if story.kind == "article" and "noarchive" not in story.traps]
HEAD = "<html><head><title>Mùa gặt sớm ở vùng cao</title></head><body><h1>Mùa gặt sớm ở vùng cao</h1>"
TEXT = "<p>Sáng nay bà con các bản xuống đồng từ khi trời chưa rõ mặt người để gặt cho kịp.</p>"
PAGE = HEAD + TEXT * 6
WALL = "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"


class SearchedSpider(VnptSpider):
    """Báo Ví Dụ, https://baovidu.vn"""

    name = "baovidu"
    province = "Hải Dương"
    allowed_domains = ["baovidu.vn"]


@pytest.mark.parametrize(
    ("end", "place"),
    [
        ("<p>Nước lũ".encode()[:-1], "inside a character"),
        (b"<p>N\xc6\xb0\xe1\xbb", "inside a character"),
        (b"<p>ng\xe1\x0a" + "Vụ lúa ở".encode()[:-2], "inside a character"),
        (b'<p>Xem <a href="/kinh-te', "inside a tag"),
        (b"<p>N</p", "inside a tag"),
        (b"<!-- " + b"x" * LIGHT_BYTES + b" --><p", "inside a tag"),
    ],
)
def test_a_page_that_breaks_off_is_no_article(end: bytes, place: str) -> None:
    spider = make_spider(SOURCE)
    response = reply(STORIES[0].urls[0], PAGE.encode() + end)
    with pytest.raises(ReadingLimitError, match=f"it breaks off {place}"):
        list(spider.parse_article(response))
    section = spider.read_section(reply(f"https://{HOST}/kinh-te", PAGE.encode() + end))
    assert section.breaks_off == place


@pytest.mark.parametrize(
    "end",
    [
        b"",
        b"<p>1 < 2",
        b"</body></html",
        b"</BODY>" + b"<script>ads()</script>" * 99 + b"<script",
        "<p>Nước".encode(),
        "<p>Lũ 🌊".encode(),
        b"<!-- 0.2 s -- <p>",
        "<p>Điểm chuẩn: Sử <Địa".encode(),
        "<p>Điểm chuẩn: Sử <Lý".encode(),
    ],
)
def test_others_are(end: bytes) -> None:
    (article,) = make_spider(SOURCE).parse_article(reply(STORIES[0].urls[0], PAGE.encode() + end))
    assert article.title == "Mùa gặt sớm ở vùng cao"


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "text/html", ""])
def test_a_whole_answer_of_a_search_does_not_break_off(kind: str) -> None:
    docs = [{"url": f"/kinh-te/202601/mua-gat-{1000001 + n}/", "summary": "<p>Bà con <a href='/x"} for n in range(3)]
    call = f"getSearchData({json.dumps({'response': {'numFound': 3, 'docs': docs}})})"
    spider = make_spider(SearchedSpider)
    url = "https://baovidu.vn/search/select/?q=siteid%3A1&start=0&rows=50&wt=json&json.wrf=getSearchData"
    headers = [("Content-Type", kind)] if kind else []
    section = spider.read_section(reply(url, call, headers=headers))
    assert (len(section.links), section.breaks_off) == (3, "")
    cut = spider.read_section(reply(url, call[: call.rindex("<p>")], headers=headers))
    assert (list(cut.links), cut.breaks_off) == ([], "inside a search's answer")


def test_in_other_charsets_any_byte_may_be_the_last() -> None:
    body = f"<meta charset='windows-1252'>{TEXT * 6}<p>Ai cũng nói năm nay lúa bán cho thương lái có giá"
    response = reply(STORIES[0].urls[0], body.encode("cp1252", "ignore"))
    (article,) = make_spider(SOURCE).parse_article(response)
    assert (article.body or "").endswith("có giá")


def test_a_crawl_names_them(tmp_path: Path) -> None:
    with Replica(articles=20, now=NOW) as replica:
        cut, walled = STORIES[0], STORIES[1]
        page = PAGE.encode() + b"<p>N\xc6\xb0\xe1\xbb"
        replica.set_faults(
            instead(f"{HOST}/*{cut.key.partition(':')[2]}.html", page),
            instead(f"{HOST}/kinh-te*", WALL),
        )
        play = Play(replica, SOURCE, tmp_path)
        run = play.run(NOW)
        assert run.status == 1
        assert f"1 page was kept, but not read, first {cut.urls[0]}: it breaks off inside a character" in run.said
        assert (
            f"not read to its end: section https://{HOST}/kinh-te: a wall or an error stands in its place" in run.said
        )
        assert cut.key not in {line["id"] for line in run.lines}
        assert walled.key in {line["id"] for line in run.lines}
        replica.set_faults()
        again = play.run(NOW + timedelta(hours=2))
        assert again.status == 0, again.said
        assert [line["id"] for line in again.lines] == [cut.key]
        rebuilt = play.scrapy("rebuild", *map(str, (tmp_path / "warc").glob("*.warc.gz")))
        assert rebuilt.returncode == 1
        assert "not read: it breaks off inside a character" in rebuilt.stderr


def test_a_rebuild_names_walls_in_whose_place_no_article_was_captured(tmp_path: Path) -> None:
    first, second = STORIES[0].urls[0], STORIES[1].urls[0]
    moved = http(b"", f"Location: {second}", status="301 Moved Permanently")
    file = write(
        tmp_path / "a.warc.gz",
        [
            record("response", moved, Target_URI=STORIES[2].urls[0]),
            record("response", http(WALL.encode(), "Content-Type: text/html"), Target_URI=first),
            record("response", http(WALL.encode(), "Content-Type: text/html"), Target_URI=second),
            record("response", http(f"{PAGE}</body>".encode(), "Content-Type: text/html"), Target_URI=second),
        ],
    )
    done = run_scrapy("rebuild", "--output", tmp_path / "out", file, data=tmp_path / "data")
    assert "2 article pages were walls or block pages, not articles" in done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"rebuild: {first}, in a.warc.gz at ")
    assert line.endswith(": a wall stands in place of the article")
    assert done.returncode == 0  # as a crawl says it in its report
    walls = record("response", http(WALL.encode(), "Content-Type: text/html"), Target_URI=first)
    file = write(tmp_path / "walls.warc.gz", [walls])
    done = run_scrapy("rebuild", "--output", tmp_path / "none", file, data=tmp_path / "data")
    assert (done.returncode, done.stderr.count("a wall stands in place of the article")) == (1, 1)
