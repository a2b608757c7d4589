"""The pages of `scrapy replay`: what they show of an archive, what is found, and what hostile lines do to them."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Iterator
from functools import partial
from html import unescape
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest

from tests.documents.tables import example
from tests.harness.commands import wait_until
from tests.harness.replay_server import ReplayServer, replay_server
from tests.harness.two_papers import SOURCES, Archive
from tests.project import ROOT

NAME = "baosonla-20261122032011123-0123abcd.jsonl"
QUERIES = (
    '"', '""', '"""', "*", "a*", "-a", "^a", "a AND", "AND", "NOT a", "a OR", "NEAR(a b, 5)", "title:a", "{a b}:c",
    "a + b", "(((((", "'; DROP TABLE versions; --", "\\", "%", "_", "\x00", "\ud7ff", "\u202e", "a" * 100_000,
    " ".join(["a"] * 5000), '"' + "a " * 3000 + '"', "đ" * 600, "e\u0301" * 300, "<script>alert(1)</script>", "👩‍👩‍👧",
)  # fmt: skip
#: Where a capture of a line may be, by somebody who is out for another file, or for an error.
POINTERS = [
    {"file": file, "offset": offset, "length": 1, "record_id": "<urn:x:1>", "payload_digest": "sha256:x"}
    for file, offset in (
        ("../../../etc/passwd", 0), ("", 0), (".", 0), ("..", 0), ("\x00", 0), ("x" * 5000, 0), ("a.warc.gz", -1),
        ("a.warc.gz", 1e400), ("a.warc.gz", 1 << 70),
    )
]  # fmt: skip


@pytest.fixture(scope="module")
def server(archive: Archive) -> Iterator[ReplayServer]:
    with replay_server(data=archive.data) as found:
        yield found


def lines_written(data: Path, *lines: dict[str, Any], name: str = NAME) -> Path:
    """Put a finished file of lines into a data folder, as a run or a redaction does."""
    folder = data / "articles" / "baosonla"
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f"{name}.tmp"
    temporary.write_text("".join(json.dumps(line, ensure_ascii=True) + "\n" for line in lines), "utf-8")
    temporary.replace(folder / name)
    return folder / name


def article(number: int = 1, **fields: Any) -> dict[str, Any]:
    line = example() | {"id": f"baosonla:{number}", "source": "baosonla", "version": 1, "change": "new"}
    return line | {"url": f"https://baosonla.vn/a-{number}.html", "duplicate_of": None} | fields


def found(server: ReplayServer, query: str) -> list[str]:
    """The ids of the articles that a search shows, in order."""
    page = server.page(f"/search?q={quote(query)}")
    parts = page.split('<h3 lang="vi"><a href="/article/')[1:]
    return [part.partition('"')[0].replace("%3A", ":") for part in parts]


def test_start_page(server: ReplayServer, archive: Archive) -> None:
    page = server.page()
    for source in SOURCES:
        own = [line for line in archive.lines() if line["source"] == source]
        articles = len({line["id"] for line in own})
        row = page.partition(f'<a href="/source/{source}">')[2].partition("</tr>")[0]
        assert f'data-label="articles">{articles}<' in row
        assert f'data-label="versions">{len(own)}<' in row
    newest = max(archive.lines(), key=lambda line: str(line["fetched_at"]))
    assert str(newest["title"]) in unescape(page)
    assert "2026-10-31" in page


def test_day_source_and_list(server: ReplayServer, archive: Archive) -> None:
    day = server.page("/day/2026-10-31?source=baosonla")
    titles = [str(line["title"]) for line in archive.lines("new") if line["source"] == "baosonla"]
    assert sum(title in unescape(day) for title in titles) >= 8
    assert 'href="/day/2026-11-01?source=baosonla"' in day
    source = server.page("/source/baosonla")
    listed = "https://baosonla.vn/kinh-te.html"
    assert f"/captures?url={quote(listed, safe='')}" in source
    captures = server.page(f"/captures?url={quote('https://baosonla.vn/rss/home.rss', safe='')}")
    assert "2026-11-01" in captures
    assert "month=2026-10" in captures
    assert "2026-10-31" in server.page(
        f"/captures?url={quote('https://baosonla.vn/rss/home.rss', safe='')}&month=2026-10"
    )
    for path in ("/source/nobody", "/day/2026-02-30", "/article/baosonla%3Anone", "/captures?url=x", "/captures", "/x"):
        answer = server.get(path)
        assert (answer.status, "There is no such page" in answer.text) == (404, True), path


def test_an_article_and_its_versions(server: ReplayServer, archive: Archive) -> None:
    changed = next(line for line in archive.lines("headline"))
    before = next(line for line in archive.lines("new") if line["id"] == changed["id"])
    page = unescape(server.page(f"/article/{quote(changed['id'], safe='')}"))
    assert f'<h1 lang="vi" dir="auto">{changed["title"]}</h1>' in page
    assert "<ins>" in page
    first, second = before["capture"], changed["capture"]
    for capture in (first, second):
        assert capture["file"] in page
        assert f"<code>{capture['offset']}</code>" in page
        assert capture["payload_digest"] in page
    for line in (before, changed):
        stamp = "".join(filter(str.isdigit, line["fetched_at"]))[:14]
        assert f"url={quote(line['url'], safe='')}&ts={stamp}" in page
    removed = archive.lines("removed")[0]
    assert "Taken down by its site" in server.page(f"/article/{quote(removed['id'], safe='')}")


def test_the_commands_that_prove_a_capture_do(server: ReplayServer, archive: Archive) -> None:
    line = archive.lines("body")[0]
    page = unescape(server.page(f"/article/{quote(line['id'], safe='')}"))
    commands = [part.partition("</code>")[0] for part in page.split('<pre tabindex="0"><code>')[1:5]]
    lookup, head, _, verify = commands
    said = subprocess.run(["/bin/sh", "-c", lookup], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert f"{line['capture']['file']} at {line['capture']['offset']}" in said
    said = subprocess.run(["/bin/sh", "-c", head], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "\nHTTP/1.1 200" in said
    subprocess.run(["/bin/sh", "-c", verify], cwd=ROOT, capture_output=True, check=True)


def test_search_with_and_without_diacritics(tmp_path: Path) -> None:
    texts = {
        1: ("Khánh thành cầu dân sinh", "Bà con đi lại thuận tiện."),
        2: ("Họp dân", "Việc cau sinh ra ở đâu, dân bàn."),
        3: ("Chợ phiên", "Câu dân sinh hoạt, cầu nối."),
        4: ("Đường tránh lũ", "Đèo dốc, không có gì."),
    }
    for number, (title, body) in texts.items():
        lines_written(tmp_path, article(number, title=title, sapo=None, body=body), name=f"baosonla-{number}.jsonl")
    with replay_server(data=tmp_path) as server:
        assert found(server, "cau dan sinh")[0] in ("baosonla:1", "baosonla:3")
        assert {*found(server, "cau dan sinh")} == {"baosonla:1", "baosonla:2", "baosonla:3"}
        assert found(server, "cầu dân sinh")[0] == "baosonla:1"
        assert found(server, "CẦU DÂN SINH") == found(server, "cầu dân sinh")
        assert found(server, "câu dân sinh")[0] == "baosonla:3"
        assert found(server, '"cau dan sinh"') == found(server, '"CAU dan SINH"')
        assert {*found(server, '"cau dan sinh"')} == {"baosonla:1", "baosonla:3"}
        assert found(server, "duong") == found(server, "đường") == ["baosonla:4"]
        assert "<mark>Khánh thành" not in server.page("/search?q=cau")
        assert found(server, "khongcogi") == []
        player, _ = server.player()
        asked = json.loads(server.get("/pages?search=cau+dan+sinh&page=1&pageSize=2", address=player).body)
        assert (asked["total"], len(asked["items"])) == (3, 2)


def test_paging(tmp_path: Path) -> None:
    moments = (f"2026-11-22T03:{number:02}:00Z" for number in range(60))
    lines_written(tmp_path, *(article(number, fetched_at=moment) for number, moment in enumerate(moments)))
    with replay_server(data=tmp_path) as server:
        for path in ("/source/baosonla?", "/day/2026-11-22?", "/search?q=cho&"):
            pages = [server.page(f"{path}page={number}") for number in (1, 2, 3)]
            ids = [{part.partition('"')[0] for part in page.split("/article/")[1:]} for page in pages]
            assert [len(each) for each in ids] == [25, 25, 10], path
            assert len(set().union(*ids)) == 60
            assert ['rel="next"' in page for page in pages] == [True, True, False]
        for number in ("0", "-1", "x", "9" * 50, "10001", "²"):
            server.page(f"/search?q=cho&page={quote(number)}")


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_no_query_is_an_order(server: ReplayServer, query: str) -> None:
    player, _ = server.player()
    for origin, path in ((server.address, "/search?q="), (player, "/pages?search=")):
        answer = server.get(path + quote(query[:20_000]), address=origin)
        assert answer.status == 200, answer
        assert b"<script" not in answer.body
    assert server.page().count('class="entry"') == 12


def test_hostile_lines(tmp_path: Path) -> None:
    markup = "<script>alert(1)</script>\"'><img src=//evil.test/x>{{ 7*7 }}"
    long = "lũ " * 350_000
    lines_written(
        tmp_path,
        article(1, title=markup, sapo=markup, body=markup, authors=[markup], url=f"https://a.vn/{markup}",
                images=[{"url": markup, "caption": markup}]),
        article(2, title="\u202eđảo ngược\u202d", body="\u2067" * 50),
        article(3, title=long, body=long),
        article(4, title="\x00\x01", body="\ufffe"),
        article(5, id="baosonla:../../../etc/passwd?a=b#c%00", title="Đường dẫn lạ"),
        article(6, language='vi" onload="x', section="không phải danh sách", tags={"a": 1}, images="x", authors=None),
        article(7, capture=None),
        article(8, capture={"file": "../../../etc/passwd", "offset": "x", "length": [], "record_id": 1}),
        article(9, version=10**30), article(10, fetched_at="hôm qua"), {"id": "baosonla:11"},
        article(15, pages=7), article(16, pages=[[], {}, "x", 1e400], further_pages=[markup, {}, None, "x://[", 5]),
        *(article(number, capture=pointer, pages=[pointer, pointer], further_pages=[markup, "http://a.vn/2"])
          for number, pointer in enumerate(POINTERS, 17)),
        article(12, title="\ud800"), article(13, change=markup), article(14, duplicate_of="baosonla:1"),
    )  # fmt: skip
    path = tmp_path / "articles" / "baosonla" / NAME
    path.write_bytes(path.read_bytes() + b"no JSON\n[1]\n" + b"[" * 100_000 + b"\n" + b'{"id": "cut off')
    with replay_server(data=tmp_path) as server:
        start = server.page()
        assert "<script" not in start
        assert len(start) < 100_000
        for number in (1, 2, 3, 4, 6, 7, 8, 13, 14, 15, 16, *range(17, 17 + len(POINTERS))):
            page = server.page(f"/article/baosonla%3A{number}")
            assert "<script" not in page, number
            assert "<img" not in page
            assert 'onload="' not in page
            assert len(page) < 3_000_000
        assert server.get(f"/article/{quote('baosonla:../../../etc/passwd?a=b#c%00', safe='')}").status == 200
        assert "49" not in server.page("/article/baosonla%3A1").partition("<h1")[2].partition("</h1>")[0]
        assert "Printed again" in server.page("/article/baosonla%3A1")
        assert "First printed" in server.page("/article/baosonla%3A14")
        for number in (9, 10, 11):
            assert server.get(f"/article/baosonla%3A{number}").status == 404
        assert "a line that is no article's" in server.command.said()


def test_versions_that_take_long_to_compare_are_shown_whole(tmp_path: Path) -> None:
    """Each paragraph would take seconds, and whoever rewrites the archive would wait as long."""
    few = Random(1)
    bodies = ["\n\n".join(" ".join(few.choices("ab", k=1450)) + f"\n\nMục {part}" for part in range(60)) for _ in "12"]
    first, second = (f"Cầu cũ.\n\n{bodies[0]}", f"Cầu mới.\n\n{bodies[1]}")
    lines_written(tmp_path, article(1, body=first), article(1, body=second, version=2, change="body"))
    with replay_server(data=tmp_path) as server:
        page = server.page("/article/baosonla%3A1")
        assert "<del>cũ.</del><ins>mới.</ins>" in page
        assert page.count("<ins>") < 1000


def test_an_article_without_a_title_is_called_by_its_address(tmp_path: Path) -> None:
    lines_written(tmp_path, article(1, title=""), article(2, title=" \u3000 "))
    with replay_server(data=tmp_path) as server:
        for number in (1, 2):
            page = server.page(f"/article/baosonla%3A{number}")
            assert page.count("<h1") == 1
        assert "<title>https://baosonla.vn/a-1.html – " in server.page("/article/baosonla%3A1")


def test_half_a_character_is_shown_as_a_mark(tmp_path: Path) -> None:
    lines_written(tmp_path, article(body="Trước \udfff sau."))
    with replay_server(data=tmp_path) as server:
        page = server.page("/article/baosonla%3A1")
        assert "Trước ? sau." in page


def test_dates_that_are_odd(tmp_path: Path) -> None:
    dates = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "0999-05-05T00:00:00Z")
    lines_written(
        tmp_path,
        *(article(number, fetched_at=date) for number, date in enumerate(dates)),
        article(3, published_at="9999-12-31T23:59:59Z", modified_at="0001-01-01T00:00:00+14:00"),
    )
    with replay_server(data=tmp_path) as server:
        assert server.page().count('class="entry"') == 4
        assert "0999-05-05 07:00" in server.page("/day/0999-05-05")
        assert "9999-12-31T23:59:59Z" in server.page("/article/baosonla%3A3")


def test_no_command_does_what_it_does_not_show(tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    (tmp_path / "warc" / "a.warc.gz").write_bytes(b"")
    capture = example()["capture"] | {"file": "a.warc.gz"}
    url = "https://baosonla.vn/\x1b[201~\n\u202e'; touch here '"
    lines_written(tmp_path, article(1, url=url, capture=capture, fetched_at="2026-11-22;03:04:05"))
    with replay_server(data=tmp_path) as server:
        page = unescape(server.page("/article/baosonla%3A1"))
    commands = [part.partition("</code>")[0] for part in page.split('<pre tabindex="0"><code>')[1:]]
    assert len(commands) == 4
    assert all(command.isprintable() for command in commands)
    words = shlex.split(commands[0])
    assert words[-3:] == ["https://baosonla.vn/%1B[201~%0A%E2%80%AE'; touch here '", "--at", "2026-11-22;03:04:05"]


def test_a_file_written_anew_is_read_anew(tmp_path: Path) -> None:
    lines_written(tmp_path, article(1, body="con voi"), article(2, body="con trâu"))
    with replay_server(data=tmp_path) as server:
        assert found(server, "con voi") == ["baosonla:1"]
        lines_written(tmp_path, article(2, body="con trâu"), article(3, body="con ngựa"))
        wait_until("it is seen", lambda: found(server, "con ngua") == ["baosonla:3"], 30)
        assert found(server, "con voi") == []
        assert server.get("/article/baosonla%3A1").status == 404
        with (tmp_path / "articles" / "baosonla" / NAME).open("a") as file:
            file.write(json.dumps(article(4, body="con dê")) + "\n")
        os.utime(tmp_path / "articles" / "baosonla")
        wait_until("it is seen", lambda: found(server, "con de") == ["baosonla:4"], 30)
        assert len(found(server, "con")) == 3
        (tmp_path / "articles" / "baosonla" / NAME).unlink()
        wait_until("it is seen", lambda: found(server, "con") == [], 30)


def test_many_lines_that_go_leave_no_words(tmp_path: Path) -> None:
    lines_written(tmp_path, *(article(number, body="bí mật") for number in range(1500)))
    lines_written(tmp_path, article(2000, body="công khai"), name="baosonla-2.jsonl")
    with replay_server(data=tmp_path) as server:
        assert len(found(server, "bi mat")) == 25
        (tmp_path / "articles" / "baosonla" / NAME).unlink()
        wait_until("it is seen", lambda: found(server, "bi mat") == [], 30)
        assert found(server, "cong khai") == ["baosonla:2000"]
    assert "mật".encode() not in (tmp_path / "search.sqlite").read_bytes()


def test_a_damaged_index_is_made_again(tmp_path: Path) -> None:
    lines_written(tmp_path, *(article(number, body=f"con voi {number}") for number in range(300)))
    for damage in (b"no database at all", b"SQLite format 3\0" + b"x" * 5000):
        (tmp_path / "search.sqlite").write_bytes(damage)
        with replay_server(data=tmp_path) as server:
            assert found(server, "voi 17") == ["baosonla:17"]
            server.end()
    sound = (tmp_path / "search.sqlite").read_bytes()
    (tmp_path / "search.sqlite").write_bytes(sound[:8192] + b"\xff" * (len(sound) - 8192))
    with replay_server(data=tmp_path) as server:
        assert found(server, "voi 17") == ["baosonla:17"]
        assert "Sources" in server.page()


def test_too_common_a_word_gives_the_newest(tmp_path: Path) -> None:
    minutes = (f"2026-11-{1 + number // 1440:02}T{number // 60 % 24:02}:{number % 60:02}:00Z" for number in range(5200))
    lines_written(tmp_path, *(article(number, fetched_at=moment, body="nước") for number, moment in enumerate(minutes)))
    with replay_server(data=tmp_path) as server:
        page = server.page("/search?q=nuoc")
        assert "5,000 or more articles" in page
        assert "the newest come first" in page
        assert found(server, "nước")[0] == "baosonla:5199"


def test_two_at_once_share_the_index(tmp_path: Path) -> None:
    lines_written(tmp_path, *(article(number, body="con voi") for number in range(20)))
    with replay_server(data=tmp_path) as one, replay_server(data=tmp_path) as two:
        for number in range(20, 30):
            lines_written(tmp_path, article(number, body=f"con trâu {number}"), name=f"baosonla-{number}.jsonl")
            for server in (one, two, two, one):
                server.page()
        for server in (one, two):
            wait_until("all is seen", partial(_sees, server, "con trau", 10), 30)
            assert server.page().count('class="entry"') == 12
            assert server.command.said().count("\n") == 1


def _sees(server: ReplayServer, query: str, count: int) -> bool:
    return len(found(server, query)) == count
