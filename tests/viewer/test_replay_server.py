"""`scrapy replay`: who may ask it, what it leaves alone, how it begins and ends."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import shutil
import signal
import socket
import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import BytesIO
from pathlib import Path
from threading import Event
from urllib.parse import quote, urlsplit
from zipfile import ZipFile

import pytest

from tests.harness.commands import run_scrapy, said_by
from tests.harness.replay_server import ReplayServer, replay_server
from tests.harness.replay_tools import replay_tool
from tests.harness.two_papers import Archive

REFUSED = ("evil.test", "127.0.0.1", "127.0.0.1:1", "localhost.evil.test", "[::1]", "")


def digests(data: Path) -> dict[str, str]:
    """The files of a data folder but for what `replay` may change."""
    files = (path for path in sorted(data.rglob("*")) if path.is_file() and "locks" not in path.parts)
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if not path.name.startswith("search.sqlite")
    }


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_one_address_and_ends_well(archive: Archive, how: signal.Signals) -> None:
    with replay_server(data=archive.data) as server:
        assert "baosonla" in server.page()
        assert server.end(how) == 0
        assert server.command.said() == f"{server.address}/ (Ctrl-C ends it)\n"


def test_only_its_own_names_are_answered(archive: Archive) -> None:
    with replay_server(data=archive.data) as server:
        player, key = server.player()
        for origin in (server.address, player):
            port = urlsplit(origin).port
            for host in (*REFUSED, "localhost"):
                assert server.get("/", address=origin, Host=host).status == 403, host
            assert server.get("/", address=origin, Host=f"evil.test:{port}").status == 403
            assert server.get("/", address=origin, Host=f"localhost:{port}").status == 200
            assert server.get("/", "POST", address=origin).status == 405
            assert server.get("/", "HEAD", address=origin).status == 200
        forwarded = server.get("/", Host="evil.test", X_Forwarded_Host=f"127.0.0.1:{urlsplit(server.address).port}")
        assert forwarded.status == 403
        # To a browser the player is always another site.
        own = server.get("/", Host=f"localhost:{urlsplit(server.address).port}").text
        assert f"http://127.0.0.1:{urlsplit(player).port}/?source=/archive-{key}.json" in own


def test_cookies_of_captured_scripts_lock_nobody_out(archive: Archive) -> None:
    """As many as a browser keeps for a name, each as long as it may be."""
    with replay_server(data=archive.data) as server:
        cookies = "; ".join(f"c{number}={'x' * 4090}" for number in range(180))
        for origin in (server.address, server.player()[0]):
            assert server.get("/", address=origin, Cookie=cookies).status == 200


def test_other_origins_get_nothing(archive: Archive) -> None:
    with replay_server(data=archive.data) as server:
        for site in ("same-site", "cross-site"):
            asked = server.get("/", Sec_Fetch_Site=site, Sec_Fetch_Mode="cors", Sec_Fetch_Dest="empty")
            framed = server.get("/", Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="iframe")
            followed = server.get("/", Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document")
            assert (asked.status, framed.status, followed.status) == (403, 403, 200)
        headers = server.get("/").headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
        assert "<script" not in server.page()


def test_it_changes_nothing_but_its_index(own_archive: Archive) -> None:
    before = digests(own_archive.data)
    with replay_server(data=own_archive.data) as server:
        player, key = server.player()
        server.page("/search?q=xa")
        assert server.get(f"/wacz/{key}.wacz", address=player).status == 200
        server.end()
    assert digests(own_archive.data) == before
    assert (own_archive.data / "search.sqlite").exists()


def test_what_is_redacted_is_shown_no_more(own_archive: Archive) -> None:
    """Also by viewers that run meanwhile; none of them keeps a redaction out."""
    line = next(line for line in own_archive.lines("new") if line["source"] == "baosonla")
    path = f"/article/{line['id'].replace(':', '%3A')}"
    with replay_server(data=own_archive.data) as one, replay_server(data=own_archive.data) as two:
        old = [server.player() for server in (one, two)]
        for server, (player, key) in zip((one, two), old, strict=True):
            assert server.get(path).status == 200
            assert line["url"] in indexed(server, player, key)
        said_by("redact", line["url"], "--all-versions", "--reason=x", "--yes", data=own_archive.data)
        assert not [*own_archive.data.glob("search.sqlite*")]
        for server, (player, key) in zip((one, two), old, strict=True):
            assert server.get(f"/wacz/{key}.wacz", address=player).status == 404
            assert server.get(path).status == 404
            assert f'href="{path}"' not in server.page(f"/search?q={quote(line['title'])}")
            assert line["url"] not in indexed(server, *server.player())
            assert server.get(f"/article/{own_archive.lines('new')[-1]['id'].replace(':', '%3A')}").status == 200
            assert "Traceback" not in server.command.said()
        with closing(sqlite3.connect(own_archive.data / "search.sqlite")) as database:
            given, left = database.execute("SELECT max(number), count(*) FROM versions").fetchone()
            assert given == left == len(own_archive.lines())
        for file in own_archive.data.glob("search.sqlite*"):
            assert line["id"].encode() not in file.read_bytes()


def indexed(server: ReplayServer, player: str, key: str) -> str:
    """The index of the package that the player plays."""
    with ZipFile(BytesIO(server.get(f"/wacz/{key}.wacz", address=player).body)) as package:
        return gzip.decompress(package.read("indexes/index.cdx.gz")).decode()


def test_what_is_retired_meanwhile_is_replayed_from_where_it_is(own_archive: Archive, tmp_path: Path) -> None:
    line = own_archive.lines("headline")[0]
    file, article = str(line["capture"]["file"]), f"/article/{quote(str(line['id']), safe='')}"
    other = tmp_path / "other disk"
    with replay_server(data=own_archive.data) as server:
        player, before = server.player()
        assert f"{own_archive.data}/warc/{file}" in server.page(article)
        said_by("retire", "--before", "2030-01-01", "--to", other, "--yes", data=own_archive.data)
        assert not [*(own_archive.data / "warc").glob("*.warc.gz")]
        page = server.page(article)
        assert f"{own_archive.data}/warc/{file}" not in page
        assert f"retired to <code><bdi>{other}/warc</bdi>" in page
        assert f"NEWSBOT_DATA=&#39;{other}&#39; .venv/bin/scrapy index lookup" in page
        _, key = server.player()
        assert key != before
        assert str(line["url"]) in indexed(server, player, key)
        shutil.rmtree(other)
        gone = server.page(article)
        assert "its capture is not here any more" in gone
        assert "replay version" not in gone


def test_many_readers_keep_no_redaction_out(own_archive: Archive) -> None:
    url = own_archive.lines("new")[0]["url"]
    done = Event()
    with replay_server(data=own_archive.data) as server:

        def read() -> set[int]:
            found = set()
            while not done.is_set():
                found.add(server.get("/").status)
            return found

        with ThreadPoolExecutor() as pool:
            readers = [pool.submit(read) for _ in range(3)]
            try:
                said_by("redact", url, "--all-versions", "--reason=x", "--yes", data=own_archive.data)
            finally:
                done.set()
            assert set().union(*(reader.result() for reader in readers)) == {200, 503}
        assert "Traceback" not in server.command.said()


def test_nothing_is_shown_while_it_is_rewritten(own_archive: Archive) -> None:
    with replay_server(data=own_archive.data) as server:
        player, key = server.player()
        asked = [(server.address, "/"), (server.address, "/search?q=a"), (server.address, "/captures?url=http://a.vn/")]
        asked += [(player, "/pages"), (player, f"/archive-{key}.json"), (player, f"/wacz/{key}.wacz")]
        with (own_archive.data / "locks" / "archive.rewriting.lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for address, path in asked:
                answer = server.get(path, address=address)
                assert (answer.status, "load this page again" in answer.text) == (503, True), path
        assert server.get("/").status == 200
        (own_archive.data / "redaction").mkdir()
        (own_archive.data / "redaction" / "plan.json").write_text("{}")
        assert "a redaction was cut short" in server.get("/").text


def test_an_index_that_is_removed_is_made_again(own_archive: Archive) -> None:
    with replay_server(data=own_archive.data) as server:
        before = server.page()
        (own_archive.data / "search.sqlite").unlink()
        assert server.page() == before
        assert (own_archive.data / "search.sqlite").exists()


def test_an_index_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "search.sqlite").mkdir()
    done = run_scrapy("replay", "--port", "0", data=data)
    assert done.returncode == 3
    assert f"cannot use {data / 'search.sqlite'}: " in done.stderr
    assert "`scrapy replay FILE…`" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_crawl_meanwhile_is_seen(own_archive: Archive) -> None:
    known = {line["id"] for line in own_archive.lines()}
    (own_archive.data / "articles" / "baosonla" / "baosonla-20990101000000000-00000000.jsonl.open").write_text("{")
    with replay_server(data=own_archive.data) as server:
        _, key = server.player()
        own_archive.data.joinpath("articles/baosonla/baosonla-20990101000000000-00000000.jsonl.open").unlink()
        own_archive.crawl(2)
        new = [line for line in own_archive.lines() if line["id"] not in known]
        assert new
        for line in new:
            assert f"version-{line['version']}" in server.page(f"/article/{line['id'].replace(':', '%3A')}")
        _, later = server.player()
        assert later != key


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--port", "70000"], 2, "70000 is more than 65534"),
        (["--source", "nobody"], 2, "there is no source 'nobody'; known: "),
        (["--since", "2027", "--until", "2026"], 2, "there is nothing before it"),
        (["nowhere.warc.gz"], 2, "no such file: nowhere.warc.gz"),
        (["--pywb", "--source", "baosonla"], 2, "--pywb shows all there is"),
    ],
)
def test_mistakes_are_named_in_one_line(tmp_path: Path, words: list[str], status: int, said: str) -> None:
    done = run_scrapy("replay", *words, data=tmp_path)
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_taken_port_is_named(archive: Archive) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for words in ((), ("--pywb",)):
            done = run_scrapy("replay", "--port", str(port), *words, data=archive.data)
            assert (done.returncode, done.stdout) == (3, ""), "no address, at which somebody else answers"
            assert f"--port: cannot listen on 127.0.0.1:{port}" in done.stderr


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with replay_server(data=tmp_path) as server:
        assert "There is no article yet" in server.page()
        assert "Type one word or more" in server.page("/search")


def test_only_a_source_or_a_time(archive: Archive) -> None:
    first = min(str(line["fetched_at"]) for line in archive.lines())
    second = max(str(line["fetched_at"]) for line in archive.lines())[:10]
    with replay_server("--source", "baosonla", "--until", second, data=archive.data) as server:
        start = server.page()
        assert "/source/baosonla" in start
        assert "haiduongtv" not in start
        assert f"/day/{second}" not in start
        assert first[:4] in start
        gone = next(line for line in archive.lines() if line["source"] == "haiduongtv")
        assert server.get(f"/article/{gone['id'].replace(':', '%3A')}").status == 404


def test_the_whole_package_is_valid(archive: Archive, tmp_path: Path) -> None:
    package = tmp_path / "whole.wacz"
    with replay_server(data=archive.data) as server:
        player, key = server.player()
        path = f"/wacz/{key}.wacz"
        end = server.get(path, address=player, Range="bytes=-200").body
        whole = server.get(path, address=player).body
        again = server.get(path, address=player).body
        assert len(end) == 200
    package.write_bytes(whole)
    assert again == whole
    with ZipFile(package) as file:
        assert file.testzip() is None
        warcs = {path.name: path.read_bytes() for path in (archive.data / "warc").iterdir()}
        assert {name[8:]: file.read(name) for name in file.namelist() if name.startswith("archive/")} == warcs
    done = subprocess.run(
        [replay_tool("wacz"), "validate", "-f", package], capture_output=True, text=True, check=False, timeout=120
    )
    assert "Validation succeeded" in done.stdout, done.stdout + done.stderr


def test_the_package_is_served_in_ranges(archive: Archive) -> None:
    with replay_server(data=archive.data) as server:
        _check_ranges(server)


def _check_ranges(server: ReplayServer) -> None:
    player, key = server.player()
    path = f"/wacz/{key}.wacz"
    whole = server.get(path, address=player)
    size = len(whole.body)
    assert (whole.status, whole.headers["content-length"]) == (200, str(size))
    for asked, start, end in (
        ("bytes=0-0", 0, 1), ("bytes=10-99", 10, 100), (f"bytes={size - 5}-", size - 5, size),
        ("bytes=-7", size - 7, size), (f"bytes=-{size + 99}", 0, size), (f"bytes=100-{size + 99}", 100, size),
    ):  # fmt: skip
        part = server.get(path, address=player, Range=asked)
        assert (part.status, part.body) == (206, whole.body[start:end]), asked
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
    for nothing in (f"bytes={size}-", "bytes=-0"):
        beyond = server.get(path, address=player, Range=nothing)
        assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{size}"), nothing
    head = server.get(path, "HEAD", address=player)
    assert (head.status, head.headers["content-length"], head.body) == (200, str(size), b"")
    assert server.get("/wacz/0123456789abcdef.wacz", address=player).status == 404
    assert server.get("/wacz/..%2f..%2fetc%2fpasswd.wacz", address=player).status == 404
    assert server.get("/replay/../../../etc/passwd", address=player).status == 404
