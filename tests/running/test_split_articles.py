"""Articles that their site has split into pages are joined, in the crawl and by whatever reads the archive."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from newsbot.spider import Layout, NewsSpider
from newsbot.state.resources import Resource, Resources
from newsbot.state.state import State
from tests.harness.commands import Done, against, run_scrapy
from tests.harness.durability import lines
from tests.harness.example_paper import OTHER, SENTENCE, page
from tests.harness.small_server import Answer, SmallServer, small_server
from tests.harness.warc_reading import read_records
from tests.replica.papers import small_papers
from tests.replica.server import Replica
from tests.replica.sites import NOW

HTML = {"Content-Type": "text/html; charset=utf-8"}
LEAD = "Bài dài đăng trên nhiều trang, mỗi trang một phần của câu chuyện về con đê."
THIRD = "Sau trận lũ, xã lập đội xung kích hai mươi người, thay nhau canh đê suốt ba đêm liền cho đến khi nước rút hẳn."
FOURTH = "Ông Nguyễn Văn An, người canh đê từ năm 1971, kể lại rằng chưa năm nào nước lên nhanh như năm nay."
DATE = "<p class=ngay>09:30 28/11/2026</p>"


class BaonhieutrangSpider(NewsSpider):
    """Báo Nhiều Trang, http://baonhieutrang.vn."""

    name = "baonhieutrang"
    province = "Hải Dương"
    allowed_domains = ["baonhieutrang.vn"]
    sections = ("http://baonhieutrang.vn/tin",)
    article_url = (r"^/moi/(?P<id>\d+)$", r"-(?P<id>\d+)\.html$")
    layouts = (Layout(name="v1", body="#noidung", published=".ngay", sapo=".sapo", author=".tacgia"),)


def text(*paragraphs: str, pages: str = "", before: str = DATE) -> Answer:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    html = page(body, before=f"<p class=sapo>{LEAD}</p>{before}").replace("</body>", f"<div>{pages}</div></body>")
    return 200, HTML, html.encode()


def to(url: str, status: int = 302) -> Answer:
    return status, HTML | {"Location": url}, b""


def links(*numbers: int) -> str:
    return " ".join(f"<a href='?page={number}'>{number}</a>" for number in numbers)


SIGNED = DATE + "<p class=tacgia>Trần Bình</p>"
PICTURE = "<img src=/anh/de.jpg></p><p>Văn bản: <a href=/vb/kh-17.pdf>Kế hoạch số 17</a>"
PAPER = {
    "/ke-dai-17.html": text(SENTENCE, OTHER, pages=links(2, 3)),
    "/ke-dai-17.html?page=2": text(SENTENCE, THIRD + PICTURE, pages=links(2, 3)),
    "/ke-dai-17.html?page=3": text(FOURTH, before=SIGNED, pages=links(2, 3)),
    "/ke-dai-18.html": text(SENTENCE, OTHER, pages=links(2, 9)),
    "/ke-dai-18.html?page=2": text(SENTENCE, OTHER, pages=links(2, 9)),
    "/ke-dai-19.html": text(SENTENCE, THIRD, pages=links(2)),
    "/ke-dai-20.html": text(SENTENCE, FOURTH, pages=links(2, 3)),
    "/ke-dai-20.html?page=2": text(THIRD, pages=links(2, 3)),
    "/ke-dai-21.html": text(THIRD, OTHER, pages="<a href='/ke-dai-21-trang-2.html'>Tiếp</a>"),
    "/ke-dai-21-trang-2.html": text(FOURTH),
    "/ke-dai-22.html": text(FOURTH, OTHER),
    # The third page is named on the second alone.
    "/ke-dai-23.html": text(SENTENCE, OTHER, pages=links(2)),
    "/ke-dai-23.html?page=2": text(THIRD, pages=links(1, 3)),
    "/ke-dai-23.html?page=3": text(FOURTH, pages=links(1, 2)),
    # In a page's place: a wall; ways to the same page, to itself, to a login, to the first page; bytes of another code.
    "/ke-dai-24.html": text(SENTENCE, THIRD, OTHER, pages=links(2)),
    "/ke-dai-24.html?page=2": (200, HTML, b"<title>Just a moment...</title><h1>Just a moment</h1>"),
    "/ke-dai-25.html": text(SENTENCE, FOURTH, OTHER, pages=links(2)),
    "/ke-dai-25.html?page=2": to("/ke-dai-25-trang-2.html", 301),
    "/ke-dai-25-trang-2.html": text(THIRD),
    "/ke-dai-26.html": text(OTHER, FOURTH, pages=links(2)),
    "/ke-dai-26.html?page=2": to("/ke-dai-26.html?page=2"),
    "/ke-dai-27.html": text(OTHER, THIRD, pages=links(2)),
    "/ke-dai-27.html?page=2": to("/dang-nhap"),
    "/ke-dai-28.html": text(OTHER, SENTENCE, pages=links(2, 3)),
    "/ke-dai-28.html?page=2": to("/ke-dai-28.html"),
    "/ke-dai-29.html": text(FOURTH, SENTENCE, pages=links(2)),
    "/ke-dai-29.html?page=2": (200, HTML, gzip.compress(text(THIRD)[2], mtime=0)),
}
LIST = "".join(f"<li><a href=/ke-dai-{number}.html>Kể dài {number}</a>" for number in range(17, 30))
#: Of each article: its paragraphs, and what it says of its further pages (0: not had).
JOINED = {
    "17": ([SENTENCE, OTHER, THIRD, "Văn bản: Kế hoạch số 17", FOURTH], [2, 3]),
    "18": ([SENTENCE, OTHER], [2]),
    "19": ([SENTENCE, THIRD], [2]),
    "20": ([SENTENCE, FOURTH, THIRD], [2, 0]),
    "21": ([THIRD, OTHER, FOURTH], [2]),
    "22": ([FOURTH, OTHER], []),
    "23": ([SENTENCE, OTHER, THIRD, FOURTH], [2, 3]),
    "24": ([SENTENCE, THIRD, OTHER], [0]),
    "25": ([SENTENCE, FOURTH, OTHER, THIRD], [2]),
    "26": ([OTHER, FOURTH], [0]),
    "27": ([OTHER, THIRD], [0]),
    "28": ([OTHER, SENTENCE], [2]),
    "29": ([FOURTH, SENTENCE, THIRD], [2]),
}


def answer(path: str, before: int) -> Answer:
    if path == "/tin":
        return 200, HTML, f"<h1>Tin</h1><ul>{LIST}</ul><p>{SENTENCE}</p>".encode()
    if path == "/ke-dai-20.html?page=3":
        return (503, HTML, b"busy") if before == 0 else text(OTHER)
    if path.endswith(".pdf"):
        return 200, {"Content-Type": "application/pdf"}, b"%PDF-1.7"
    return PAPER.get(path, (404, HTML, b"none"))


@dataclass
class Crawled:
    """An archive of that paper, and commands on it."""

    server: SmallServer
    data: Path

    def run(self, *words: str) -> Done:
        settings = {
            "SPIDER_MODULES": __name__,
            "CONNECT_TO": f"baonhieutrang.vn:80:127.0.0.1:{self.server.port}",
            "ARCHIVE_ALLOW_PRIVATE": "1",
            "DOWNLOAD_DELAY": "0",
            "REQUISITES_DELAY": "0",
            "RETRY_ENABLED": "0",
        }
        given = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
        return run_scrapy(*words, *given, data=self.data)

    def crawl(self) -> Done:
        done = self.run("crawl", "baonhieutrang")
        assert done.returncode in (0, 1), done.stderr
        return done

    def articles(self) -> dict[str, dict[str, Any]]:
        return {line["id"].partition(":")[2]: line for line in lines(self.data)}

    def warcs(self) -> list[str]:
        return [str(path) for path in sorted((self.data / "warc").glob("*.warc.gz"))]

    def rebuilt(self) -> list[bytes]:
        return [each for path in sorted((self.data / "rebuilt").rglob("*.jsonl")) for each in path.read_bytes().split()]

    def published(self) -> list[bytes]:
        return [
            each for path in sorted((self.data / "articles").rglob("*.jsonl")) for each in path.read_bytes().split()
        ]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with small_server(answer) as server:
        crawled = Crawled(server, tmp_path_factory.mktemp("split") / "data")
        crawled.crawl()
        yield crawled


@pytest.fixture
def archive(crawled: Crawled, tmp_path: Path) -> Crawled:
    """A copy of that archive, to do anything with."""
    shutil.copytree(crawled.data, tmp_path / "data")
    return Crawled(crawled.server, tmp_path / "data")


def numbers(line: dict[str, Any], records: dict[str, str]) -> list[int]:
    """The number of the page that each of a line's pointers leads to; 0 for none."""
    found = [page and records[page["record_id"]] for page in line["pages"]]
    addresses = BaonhieutrangSpider.addresses
    return [of.number if url and (of := addresses.page_at(url)) else 0 for url in found]


def test_a_line_has_the_text_of_all_pages(archive: Crawled) -> None:  # the first, as it looks at what was asked
    articles = archive.articles()
    (warc,) = map(Path, archive.warcs())
    records = {each["WARC-Record-ID"]: each["WARC-Target-URI"] for each in read_records(warc)}
    found = {name: (line["body"].split("\n\n"), numbers(line, records)) for name, line in articles.items()}
    assert found == JOINED
    whole = articles["17"]
    assert (whole["sapo"], whole["authors"]) == (LEAD, ["Trần Bình"])
    assert [image["url"] for image in whole["images"]] == ["http://baonhieutrang.vn/anh/de.jpg"]
    assert [document["title"] for document in whole["documents"]] == ["Kế hoạch số 17"]
    assert "http://baonhieutrang.vn/vb/kh-17.pdf" in records.values()
    asked = [path for _, _, path in archive.server.log if "page=" in path and path < "/ke-dai-21"]
    assert sorted(asked) == [f"/ke-dai-{each}" for each in (
        "17.html?page=2", "17.html?page=3", "18.html?page=2", "19.html?page=2", "20.html?page=2", "20.html?page=3",
    )]  # fmt: skip


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_rebuild_joins_the_same(archive: Crawled, jobs: str) -> None:
    done = archive.run("rebuild", *archive.warcs(), "--jobs", jobs)
    assert done.returncode == 0, done.stderr
    assert archive.rebuilt() == archive.published()


def test_a_difference_in_which_pages_were_had_is_told(archive: Crawled, tmp_path: Path) -> None:
    articles = archive.articles()
    for pointer in articles["17"]["pages"]:  # as if the records had been moved
        pointer["offset"] += 1
    articles["18"]["pages"] = [None]  # which adds nothing to its text
    articles["19"]["pages"] = 7
    old = tmp_path / "old.jsonl"
    old.write_text("".join(f"{json.dumps(line)}\n" for line in articles.values()))
    found = json.loads(archive.run("rebuild", "--json", "--diff", str(old), *archive.warcs()).stdout)
    assert found["lines"] == {"same": len(articles) - 2, "changed": 2}
    (pages,) = found["fields"]
    assert pages["field"] == "pages"
    assert {each["id"].partition(":")[2]: (each["old"], each["new"]) for each in pages["examples"]} == {
        name: (old, [f"http://baonhieutrang.vn/ke-dai-{name}.html?page=2"]) for name, old in (("18", []), ("19", 7))
    }


def test_lines_are_verified_and_proven_on_all_pages(archive: Crawled, tmp_path: Path) -> None:
    done = archive.run("verify")
    assert done.returncode == 0, done.stdout
    bundle = tmp_path / "17.wacz"
    done = archive.run("prove", "http://baonhieutrang.vn/ke-dai-17.html?page=2", "--bundle", str(bundle))
    assert (done.returncode, "record of page 3" in done.stdout) == (0, True), done.stdout + done.stderr
    done = archive.run("prove", str(bundle))
    assert done.returncode == 0, done.stdout + done.stderr


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the line of article 17."""
    found = [json.loads(line) for line in path.read_text().splitlines()]
    for line in found:
        if line["id"].endswith(":17"):
            change(line)
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False, separators=(',', ':'))}\n" for line in found))


#: Commands that read lines: what they make of one that is none may differ, but not in that they say it.
OTHERS = (
    ["history", "http://baonhieutrang.vn/ke-dai-17.html?page=2"],
    ["wacz"],
    ["redact", "http://baonhieutrang.vn/ke-dai-17.html", "--reason", "tòa", "--dry-run"],
    ["rebuildstate"],
)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda line: line["pages"].reverse(), "line-content"),
        (lambda line: line["pages"].pop(), "line-content"),
        (lambda line: line.update(body=line["body"].rpartition("\n\n")[0]), "line-content"),
        (lambda line: line["pages"][0].update(offset=line["capture"]["offset"]), "line-capture"),
        (lambda line: line["pages"][1].update(payload_digest="sha256:" + "0" * 64), "line-capture"),
        (lambda line: line.update(pages=[{"file": "x"}, None]), "line-form"),
        (lambda line: line.update(pages=7), "line-form"),
        (lambda line: line.update(pages={}), "line-form"),
        (lambda line: line.update(pages=None), "line-form"),
        (lambda line: line.update(pages=["", 0]), "line-form"),
        (lambda line: line["pages"][0].pop("record_id"), "line-form"),
        (lambda line: line["pages"][0].update(offset="0"), "line-form"),
        (lambda line: line["pages"].append(line["pages"][0]), "line-content"),
    ],
)
def test_a_line_with_other_pages_is_found_out(archive: Crawled, change: Any, rule: str) -> None:
    (path,) = (archive.data / "articles").rglob("*.jsonl")
    changed(path, change)
    done = archive.run("verify")
    assert (done.returncode, f": {rule}: " in done.stdout) == (1, True), done.stdout
    done = archive.run("prove", "baonhieutrang:17")
    assert done.returncode == 1, done.stdout


@pytest.mark.parametrize("pages", [7, {}, ["x"], [{"file": "x"}, None]])
def test_whatever_reads_lines_meets_one_whose_pages_are_none(archive: Crawled, pages: Any) -> None:
    (path,) = (archive.data / "articles").rglob("*.jsonl")
    changed(path, lambda line: line.update(pages=pages))
    for words in OTHERS:
        done = archive.run(*words)
        assert (done.returncode in (0, 1, 3), "Traceback" in done.stderr) == (True, False), (words, done.stderr)
        assert done.stderr.count("\n") == 1 or done.returncode != 3, (words, done.stderr)


def test_what_was_lacking_is_had_the_next_time_and_is_a_new_version(archive: Crawled) -> None:
    archive.run("rebuild", *archive.warcs())
    archive.run("crawl", "baonhieutrang", "-a", "refetch=yes")
    found = [line for line in lines(archive.data) if line["version"] > 1]
    assert [(line["id"], line["change"], line["body"].split("\n\n")) for line in found] == [
        ("baonhieutrang:20", "body", [SENTENCE, FOURTH, THIRD, OTHER])
    ]
    archive.run("rebuild", *archive.warcs(), "--output", str(archive.data / "again"))
    again = [each for path in sorted((archive.data / "again").rglob("*.jsonl")) for each in path.read_bytes().split()]
    assert again == archive.published()


def test_a_killed_run_publishes_what_it_has_had(archive: Crawled) -> None:
    (path,) = (archive.data / "articles").rglob("*.jsonl")
    published = path.read_bytes()
    first, *_ = published.splitlines(keepends=True)
    path.with_name(f"{path.name}.open").write_bytes(first)
    path.unlink()
    for state in archive.data.glob("state.sqlite*"):
        state.unlink()
    done = archive.run("recover")
    assert done.returncode == 0, done.stderr
    assert sorted(archive.published()) == sorted(published.split())


def test_a_redacted_page_leaves_no_text_on_the_line(archive: Crawled) -> None:
    done = archive.run("redact", "http://baonhieutrang.vn/ke-dai-17.html?page=2", "--reason", "tòa", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    line = archive.articles()["17"]
    assert (line["body"], line["pages"]) == (f"{SENTENCE}\n\n{OTHER}", [None])
    assert archive.run("verify").returncode == 0
    done = archive.run("redact", "http://baonhieutrang.vn/ke-dai-17.html", "--reason", "tòa", "--dry-run")
    assert "another page of the article stays: http://baonhieutrang.vn/ke-dai-17.html?page=3" in done.stdout


def test_a_package_points_to_all_pages(archive: Crawled, tmp_path: Path) -> None:
    package = tmp_path / "all.wacz"
    done = archive.run("wacz", *archive.warcs(), "--output", str(package))
    assert done.returncode == 0, done.stderr
    done = archive.run("rebuild", str(package), "--output", str(tmp_path / "from-package"))
    assert done.returncode == 0, done.stderr
    found = [
        json.loads(line)
        for path in (tmp_path / "from-package").rglob("*.jsonl")
        for line in path.read_text().splitlines()
    ]
    assert {line["id"].partition(":")[2]: line["body"].split("\n\n") for line in found} == {
        name: paragraphs for name, (paragraphs, _) in JOINED.items()
    }


def test_a_removed_article_keeps_the_text_of_all_pages(archive: Crawled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(PAPER, "/ke-dai-17.html")
    archive.run("crawl", "baonhieutrang", "-a", "refetch=yes")
    (line,) = (line for line in lines(archive.data) if line["change"] == "removed")
    assert (line["body"].split("\n\n"), line["pages"]) == (JOINED["17"][0], [])
    done = archive.run("rebuild", *archive.warcs())
    assert done.returncode == 0, done.stderr
    assert archive.rebuilt() == archive.published()
    assert archive.run("verify").returncode == 0


def one_article(path: str, before: int) -> Answer:
    """A paper of one article, whose pages have validators; robots.txt forbids its further pages from the third look."""
    if path == "/robots.txt":
        return 200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /*page=" if before else b""
    if path == "/tin":
        return 200, HTML, f"<h1>Tin</h1><ul><li><a href=/ke-dai-17.html>Kể dài</a></ul><p>{SENTENCE}</p>".encode()
    changing = text(SENTENCE, OTHER if before < 2 else FOURTH, pages=links(2))
    status, headers, body = changing if path.endswith("html") else PAPER.get(path, (404, HTML, b"none"))
    return status, headers | {"ETag": f'"{path}-{before}"'}, body


def known(data: Path) -> Resource:
    with closing(State(f"sqlite:///{data / 'state.sqlite'}")) as state:
        return Resources(state).get(["baonhieutrang:17"])["baonhieutrang:17"]


def test_an_article_that_lacks_pages_is_asked_for_in_full(tmp_path: Path) -> None:
    with small_server(one_article) as server:
        archive = Crawled(server, tmp_path / "data")
        early = [
            "-s",
            "CLOSESPIDER_PAGECOUNT=4",
            "-s",
            "CONCURRENT_REQUESTS=1",
            "-s",
            "RECHECK_GAPS=1h",
            "-a",
            "since=2020-01-01",
        ]
        archive.run("crawl", "baonhieutrang", *early)
        asked = [path for _, _, path in server.log if "ke-dai" in path]
        assert (asked, known(archive.data).etag) == (
            ["/ke-dai-17.html"],
            None,
        )  # it ended before the second
        assert archive.articles()["17"]["pages"] == [None]
        assert known(archive.data).next_check  # old as it is
        for _ in range(2):  # forbidden from now on: its versions are told by the first page
            archive.run("crawl", "baonhieutrang", "-a", "refetch=yes")
        assert known(archive.data).etag is None
        found = lines(archive.data)
        assert [(line["change"], line["pages"]) for line in found] == [("new", [None]), ("body", [None])]
        done = archive.run("rebuild", *archive.warcs(), "--jobs", "2")
        assert (done.returncode, archive.rebuilt()) == (0, archive.published()), done.stderr


def test_the_validators_of_a_whole_article_are_kept(tmp_path: Path) -> None:
    def answer(path: str, before: int) -> Answer:
        return (404, {}, b"") if path == "/robots.txt" else one_article(path, before)

    with small_server(answer) as server:
        archive = Crawled(server, tmp_path / "data")
        archive.run(
            "crawl",
            "baonhieutrang",
            "-a",
            "limit=1",
            "-s",
            "ARCHIVE_MAX_BYTES=1500",
            "-s",
            "RECHECK_GAPS=1h",
            "-a",
            "since=2020-01-01",
        )
        assert known(archive.data).next_check is None
        assert len(archive.warcs()) > 2
        assert (known(archive.data).etag, None in archive.articles()["17"]["pages"]) == ('"/ke-dai-17.html-0"', False)
        done = archive.run("rebuild", *archive.warcs())
        assert (done.returncode, archive.rebuilt()) == (0, archive.published()), done.stderr


def test_a_paper_of_the_replica_is_read_as_it_was_meant(tmp_path: Path) -> None:
    (site,) = (site for site in small_papers(12, 1, NOW) if site.name == "baolaichau")
    meant = {story.key: story for story in site.stories if "split" in story.traps}
    assert meant
    with Replica(articles=12, now=NOW) as replica:
        words, order = against(replica, RETRY_ENABLED="False"), {"environment": os.environ | replica.environment}
        done = run_scrapy("crawl", site.name, *words, data=tmp_path, **order)
        assert done.returncode in (0, 1), done.stderr
        files = [str(path) for path in sorted((tmp_path / "warc").glob("*.warc.gz"))]
        done = run_scrapy("rebuild", *files, *words, data=tmp_path, **order)
        assert done.returncode in (0, 1), done.stderr
    found = {line["id"]: line for line in lines(tmp_path)}
    for key, story in meant.items():
        said = {name: found[key][name] for name in ("body", "authors", "images", "pages")}
        images = [{"url": url, "caption": caption} for url, caption in story.images]
        assert said | {"pages": len(said["pages"])} == {
            "body": story.body,
            "authors": list(story.authors),
            "images": images,
            "pages": 2,
        }
    (rebuilt,), (published,) = (list((tmp_path / folder).rglob("*.jsonl")) for folder in ("rebuilt", "articles"))
    assert rebuilt.read_bytes() == published.read_bytes()


def test_a_further_page_is_shown_as_its_articles(archive: Crawled) -> None:
    page = "http://baonhieutrang.vn/ke-dai-17.html?page=2"
    done = archive.run("inspect", page)
    assert "page: article, baonhieutrang:17" in done.stdout.splitlines(), done.stdout + done.stderr
    assert f"further page: {page}" in done.stdout.splitlines()
    done = archive.run("parse", "--nolog", page)
    assert "'id': 'baonhieutrang:17'" in done.stdout, done.stdout + done.stderr
    done = archive.run("history", "http://baonhieutrang.vn/ke-dai-20.html?page=2")
    line = archive.articles()["20"]
    assert f"page 2: {line['pages'][0]['file']} at {line['pages'][0]['offset']}, " in done.stdout
    assert "page 3: not had" in done.stdout
