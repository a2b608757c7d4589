"""`scrapy qa`: pages are opened from the archive alone; what would not replay is named, and asked for again."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path

import pytest

from archive.quality.alike import text_share
from archive.quality.held import HeldAnswers
from archive.records.members import members
from newsbot.replaying.looked_at import LookedAt
from tests.harness.commands import said_by, scrapy, start, wait_until
from tests.harness.durability import lines
from tests.harness.processes import chromium, descendants, running
from tests.harness.qa_archive import SOURCE, asked_of_the_next_crawl, crawl, picture, remove, replica, score
from tests.harness.small_server import Answer, small_server
from tests.harness.warc_making import collection, exchange, response, write

pytestmark = pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium")


def test_pages_without_a_browser_at_capture_replay(data: Path) -> None:
    said = said_by("qa", "--source", SOURCE, "--sample", "20", data=data)
    assert " of the text as it was; 0 addresses missing, " in said
    assert " of the picture" not in said
    score = json.loads((data / "qa" / f"{SOURCE}.json").read_text())
    assert score["opened"] == score["well"] > 3
    assert score["unseen"] > 0, "what only scripts ask for"


def test_what_was_captured_replays_and_the_report_says_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with replica() as playing:
        crawl(data, playing, "articles")
    said = said_by("qa", "--source", SOURCE, "--sample", "20", data=data)
    there = len([line for line in lines(data) if line["change"] != "removed"])
    assert f"{SOURCE}: {there} of {there} pages replay ({there} looked up)" in said
    assert ", none left the archive" in said
    score = json.loads((data / "qa" / f"{SOURCE}.json").read_text())
    assert (score["opened"], score["well"], score["missing"], score["faults"]) == (there, there, 0, [])
    assert score["text"] > 0.99
    assert score["view"] > 0.99
    assert score["requests"] > 5 * there
    assert score["refused"]["ad or tracker"] > 0
    said_by("report", data=data)
    assert f"Replay: {there} of {there} captured pages are shown as they were" in (data / "report.html").read_text()
    assert said_by("qa", "--source", SOURCE, "--new", data=data) == f"{SOURCE}: no pages to look at\n"


def test_a_picture_that_is_gone_is_named_and_the_next_crawl_has_it_again(data: Path) -> None:
    url = picture(data)
    remove(data, url)
    said = said_by("qa", "--source", SOURCE, "--sample", "3", data=data, status=1)
    faults = [line for line in said.splitlines() if f": missing {url}" in line]
    assert len(faults) == 1, said
    assert " 2 of 3 pages replay" in said, "a page that lacks something is among those opened"
    assert url in (data / "qa" / f"{SOURCE}.json").read_text()
    assert "2 of 3 pages replay" in said_by("qa", "--source", SOURCE, "--sample", "3", "--least", "50", data=data)
    assert "3 of 3 pages replay" in said_by("qa", "--source", SOURCE, "--sample", "3", "--missing", "1", data=data)
    with replica() as playing:
        crawl(data, playing)
    assert [*collection(data).index.captures(url)]
    assert "3 of 3 pages replay" in said_by("qa", "--source", SOURCE, "--sample", "3", data=data)


def test_pages_opened_beside_others_are_told_of_in_the_same_order(data: Path) -> None:
    remove(data, picture(data))
    said = {}
    for jobs in ("1", "3"):
        shutil.rmtree(data / "qa", ignore_errors=True)
        said[jobs] = said_by("qa", "--source", SOURCE, "--new", "--jobs", jobs, data=data, status=1)
        assert score(data)["opened"] > 3
    assert said["1"] == said["3"]


def test_what_only_scripts_ask_for_is_there_after_the_next_crawl(tmp_path: Path) -> None:
    paper, data = "haiduongtv", tmp_path / "data"
    with replica() as playing:
        crawl(data, playing, source=paper)
        said_by("qa", "--source", paper, data=data)
        wanted = asked_of_the_next_crawl(data)
        ajax = [url for url in wanted if "/ajax/" in url]
        assert len([url for url in ajax if "/ajax/comments?id=" in url]) > 1
        assert len([url for url in ajax if "/ajax/most-read?_=" in url]) == 1, "not once more for each page"
        assert score(data, paper)["unseen"] > len(ajax)
        playing.forget_counters()
        crawl(data, playing, source=paper)
        asked = playing.counters()
    assert {url.removeprefix("https://") for url in wanted} <= {*asked}
    said_by("qa", "--source", paper, data=data)
    assert asked_of_the_next_crawl(data) == []
    assert score(data, paper)["unseen"] == 0


def test_faults_are_told_where_a_source_is_below_what_is_wanted(data: Path) -> None:
    url = picture(data)
    remove(data, url)
    told: list[str] = []

    def hear(path: str, before: int) -> Answer:
        told.append(path)
        return 200, {}, b""

    with small_server(hear) as ear:
        words = ("--sample", "1", "--tell", "-s", f"NOTIFY_URLS=json://127.0.0.1:{ear.port}/hook?method=get")
        said_by("qa", "--source", SOURCE, "--least", "0", *words, data=data)
        assert told == []
        said_by("qa", "--source", SOURCE, *words, data=data, status=1)
        assert len(told) == 1


def test_what_is_redacted_is_neither_missed_nor_named(data: Path) -> None:
    url = picture(data)
    remove(data, url)
    said = said_by("qa", "--source", SOURCE, "--sample", "1", data=data, status=1)
    page = next(line for line in said.splitlines() if f": missing {url}" in line).split()[1]
    said_by("redact", page, "--reason", "a test", "--by", "me", "--yes", data=data)
    assert page not in (data / "qa" / f"{SOURCE}.json").read_text()
    said = said_by("qa", "--source", SOURCE, "--sample", "9", data=data)
    assert page not in said
    assert url not in said


def test_a_page_that_says_something_else_is_a_fault(data: Path) -> None:
    (path,) = (data / "articles" / SOURCE).glob("*.jsonl")
    first, *others = path.read_text().splitlines(keepends=True)
    line = json.loads(first)
    path.write_text("".join([json.dumps(line | {"body": "Nothing of this is there. " * 200}) + "\n", *others]))
    said = said_by("qa", "--source", SOURCE, "--new", data=data, status=1)
    assert f"{SOURCE}: {line['url']} (" in said
    assert "of its text is as it was" in said
    path.write_text("".join([first.replace('"offset":', '"offset":1'), *others]))
    said = said_by("qa", "--source", SOURCE, "--sample", "1", data=data, status=1)
    assert "its capture is not there" in said


def test_pages_that_take_long_to_read_are_compared_all_the_same(data: Path) -> None:
    """A parser compares each attribute with all before it: this would take hours."""
    heavy = b"<p " + b" ".join(b"a%d" % number for number in range(400_000)) + b">Nothing else.</p>"
    path = write(data, [exchange("/heavy.html", response(heavy))], SOURCE)
    member = next(each for each in members(path) if each.type == "response")
    capture = {"file": path.name, "offset": member.offset, "length": 1, "record_id": member.get("WARC-Record-ID")}
    line = {"url": member.url, "fetched_at": "2026-11-22T03:04:05Z", "title": "", "body": "Nothing else."}
    shutil.rmtree(data / "articles" / SOURCE)
    (data / "articles" / SOURCE).mkdir()
    (data / "articles" / SOURCE / "a.jsonl").write_text(json.dumps(line | {"capture": capture}) + "\n")
    assert f"{SOURCE}: 1 of 1 pages replay" in said_by("qa", "--source", SOURCE, data=data)


def test_a_text_of_many_short_lines_is_soon_compared() -> None:
    kept = "\n".join(f"zq{number % 7}" for number in range(40_000))
    shown = " ".join(f"zq9{number % 1000}" for number in range(280_000))
    assert text_share(kept, shown) == 0, "this took minutes"
    assert text_share("Lũ về\ntrong", "đêm lũ  về,") == 0.5


def test_what_was_looked_at_is_forgotten_where_the_database_is_damaged(tmp_path: Path) -> None:
    LookedAt(tmp_path).add(f"<urn:uuid:{number:032}>" for number in range(2000))
    (path,) = tmp_path.rglob("*.sqlite")
    content = path.read_bytes()
    path.write_bytes(content[:4096].ljust(len(content), b"\xff"))
    assert LookedAt(tmp_path).all() == set()
    LookedAt(tmp_path).add(["<urn:uuid:1>"])
    assert LookedAt(tmp_path).all() == {"<urn:uuid:1>"}


def test_the_twin_of_another_moment_is_found_whatever_else_there_is(tmp_path: Path) -> None:
    front = [exchange("/", response(b"front"), after) for after in range(600)]
    lists = [exchange(f"/?_=176440800{number}123", response(b"list %d" % number), 700 * number) for number in range(3)]
    write(tmp_path, [*front, *lists, exchange("/a.js", response(b"plain"))])
    held = HeldAnswers(collection(tmp_path))
    for at, says in (("2026-11-22T03:00:00Z", b"list 0"), ("2026-11-22T03:17:00Z", b"list 1")):
        found = held.answer("http://a.test/?_=1764999999999", at)
        assert found and found.reply.body == says
    found = held.answer("http://a.test/a.js?0.8351423123", "2026-11-22T03:00:00Z")
    assert found and found.reply.body == b"plain"


def test_what_cannot_be_done_is_said_in_one_line(data: Path) -> None:
    for words, status, says in (
        (["--sample", "3", "--new"], 2, "not allowed with"),
        (["--source", "nobody"], 2, "there is no source 'nobody'; known: "),
        (["--sample", "0"], 2, "not a number from 1"),
        (["--text", "101"], 2, "more than 100"),
        (["baosonla"], 2, "--source NAME"),
        (["-s", "BROWSER_PATH=/nowhere/chromium"], 3, "no page can be opened: there is no /nowhere/chromium"),
    ):
        ended, said = scrapy("qa", *words, data=data)
        assert (ended, says in said, len(said.splitlines())) == (status, True, 1), said


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_stopped_it_leaves_no_browser_behind(data: Path, how: signal.Signals) -> None:
    """Nor does anybody rewrite the archive as long as it runs."""
    command = start("qa", "--sample", "20", environment=os.environ | {"NEWSBOT_DATA": str(data)})
    wait_until("a browser", lambda: chromium(command.pid))
    family = descendants(command.pid)
    command.kill(signal.SIGSTOP)
    said_by("redact", lines(data)[0]["url"], "--reason", "a test", "--by", "me", "--yes", data=data, status=75)
    command.kill(signal.SIGCONT)
    command.kill(how)
    assert command.wait() in (130, -signal.SIGINT, -signal.SIGKILL), command.said()
    wait_until("the end of the browser", lambda: not running(family))
    assert not (data / "qa" / f"{SOURCE}.json").exists()
