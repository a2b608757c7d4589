"""Files attached to an article are captured with its page."""

from __future__ import annotations

import json
from pathlib import Path

from newsbot.spider import Layout, NewsSpider
from tests.harness.commands import run_scrapy
from tests.harness.durability import lines
from tests.harness.example_paper import OTHER, SENTENCE, page
from tests.harness.small_server import Answer, small_server
from tests.harness.warc_reading import read_records

HTML = {"Content-Type": "text/html; charset=utf-8"}
TEXT = f"<p>{SENTENCE}</p><p>{OTHER}</p><p>Chi tiết xem <a href='/vb/kh 17.pdf'>tại đây</a>.</p>"
FOOT = "<footer><a href='/vb/quy-che.pdf'>Quy chế</a></footer>"


class BaodinhkemSpider(NewsSpider):
    """Báo Đính Kèm, http://baodinhkem.vn."""

    name = "baodinhkem"
    province = "Hải Dương"
    allowed_domains = ["baodinhkem.vn"]
    sections = ("http://baodinhkem.vn/tin",)
    article_url = (r"^/moi/(?P<id>\d+)$", r"-(?P<id>\d+)\.html$")
    layouts = (Layout(name="v1", body="#noidung", published=".ngay"),)


def paper(path: str, before: int) -> Answer:
    if path == "/tin":
        return 200, HTML, b"<h1>Tin</h1><ul><li><a href=/ke-hoach-17.html>Tin</a></ul><p>%s</p>" % SENTENCE.encode()
    if path == "/ke-hoach-17.html":
        html = page(TEXT, before="<p class=ngay>09:30 28/11/2026</p>").replace("</body>", f"{FOOT}</body>")
        return 200, HTML, html.encode()
    if path.endswith(".pdf"):
        return 200, {"Content-Type": "application/pdf"}, b"%PDF-1.7 " + path.encode()
    return 404, HTML, b"none"


def test_they_are_captured_and_named(tmp_path: Path) -> None:
    with small_server(paper) as server:
        settings = {
            "SPIDER_MODULES": __name__,
            "CONNECT_TO": f"baodinhkem.vn:80:127.0.0.1:{server.port}",
            "ARCHIVE_ALLOW_PRIVATE": "1",
            "DOWNLOAD_DELAY": "0",
            "REQUISITES_DELAY": "0",
        }
        given = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
        done = run_scrapy("crawl", "baodinhkem", *given, data=tmp_path)
    assert done.returncode == 0, done.stderr
    (line,) = lines(tmp_path)
    assert line["body"].split("\n\n")[:2] == [SENTENCE, OTHER]
    url = "http://baodinhkem.vn/vb/kh%2017.pdf"
    assert line["documents"] == [{"url": url, "title": "kh 17.pdf", "format": "pdf"}]
    (warc,) = (tmp_path / "warc").glob("*.warc.gz")
    records = list(read_records(warc))
    assert {each["WARC-Target-URI"] for each in records if each.type == "response"} >= {url, line["url"]}
    assert not [each for each in records if each["WARC-Target-URI"].endswith("quy-che.pdf")]
    (info,) = (json.loads(each.block) for each in records if each["WARC-Target-URI"] == f"urn:pageinfo:{line['url']}")
    assert info["urls"][url]["status"] == 200
    done = run_scrapy("rebuild", str(warc), *given, data=tmp_path)
    assert done.returncode == 0, done.stderr
    (rebuilt,) = (tmp_path / "rebuilt").rglob("*.jsonl")
    assert [json.loads(each) for each in rebuilt.read_text().splitlines()] == [line]
