"""The product, whole: all sources crawled in the replica, and all that was left behind held against the truth."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from jsonschema import Draft202012Validator

from archive.records.record import digest
from newsbot.items import SCHEMA_FILE
from tests.harness.commands import Done, against, run_scrapy
from tests.harness.connect_proxy import connect_proxy
from tests.harness.replay_tools import replay_tool
from tests.harness.story_truth import truth
from tests.harness.warc_reading import assert_fastwarc_passes, read_exchanges, read_records
from tests.harness.wire_agreement import assert_agreement, wire_bytes
from tests.replica.foreign import FOREIGN_URLS
from tests.replica.news import Story
from tests.replica.newspaper import Newspaper
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites
from tests.replica.wirelog import read_wire_log

ARTICLES = 40
ENOUGH = 30
SITES: dict[str, Newspaper] = {site.name: site for site in sites(articles=ARTICLES)}

Line = dict[str, Any]


@dataclass(frozen=True)
class Crawl:
    """What `scrapy crawlall` left behind, and what it printed."""

    data: Path
    status: int
    output: str
    wire_log: Path

    def warcs(self) -> list[Path]:
        found = sorted((self.data / "warc").iterdir())
        assert len(found) >= len(SITES)
        return found

    def lines(self, source: str) -> list[Line]:
        found = [json.loads(line) for line in self.text(source).splitlines()]
        assert len(found) >= ENOUGH
        return found

    def text(self, source: str, folder: str = "articles") -> str:
        """All lines of a source, in the order of its runs."""
        return "".join(path.read_text() for path in sorted((self.data / folder / source).iterdir()))


@pytest.fixture(scope="module")
def replica(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replica]:
    wire_log = tmp_path_factory.mktemp("wire") / "log"
    with Replica(articles=ARTICLES, now=NOW, wire_log=wire_log) as replica:
        yield replica


@pytest.fixture(scope="module")
def crawl(replica: Replica, tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    data = tmp_path_factory.mktemp("data")
    words = against(replica, LOG_LEVEL="WARNING", REQUISITES="all")
    done = scrapy("crawlall", *SITES, *words, data=data, replica=replica)
    wire_log = next(Path(option.partition("=")[2]) for option in replica._options if option.startswith("--wire-log"))
    return Crawl(data, done.returncode, done.stdout + done.stderr, wire_log)


def scrapy(*arguments: str, data: Path, replica: Replica | None = None) -> Done:
    return run_scrapy(*arguments, data=data, environment=os.environ | (replica.environment if replica else {}))


def articles(source: str) -> dict[str, Story]:
    """The stories that must give a line, by article id."""
    return {story.key: story for story in SITES[source].stories if story.kind == "article"}


def test_crawl_is_healthy(crawl: Crawl) -> None:
    assert crawl.status == 0, crawl.output
    assert all(source in crawl.output for source in SITES)
    assert {path.name.partition("-")[0] for path in crawl.warcs()} == set(SITES)
    assert not list(crawl.data.rglob("*.open"))


@pytest.mark.parametrize("source", SITES)
def test_every_article_gives_its_line(crawl: Crawl, source: str) -> None:
    """Each story once, under whatever address, every field as its author meant it."""
    lines = crawl.lines(source)
    stories = articles(source)
    assert sorted(line["id"] for line in lines) == sorted(stories)
    for line in lines:
        story = stories[line["id"]]
        expected = truth(story) | {"url": line["url"], "version": 1, "change": "new"}
        assert {name: line[name] for name in expected} == expected
        assert line["url"] in story.urls


@pytest.mark.parametrize("source", SITES)
def test_lines_are_valid(crawl: Crawl, source: str) -> None:
    validator = Draft202012Validator(json.loads(SCHEMA_FILE.read_text()))
    for line in crawl.lines(source):
        validator.validate(line)


@pytest.mark.parametrize("source", SITES)
def test_captures_hold_what_lines_say(crawl: Crawl, source: str) -> None:
    """File, offset and length alone lead to a response record with that id, digest and URL."""
    for line in crawl.lines(source):
        capture = line["capture"]
        data = (crawl.data / "warc" / capture["file"]).read_bytes()
        member = gzip.decompress(data[capture["offset"] : capture["offset"] + capture["length"]])
        head, _, block = member.partition(b"\r\n\r\n")
        fields = dict(field.split(": ", 1) for field in head.decode().split("\r\n")[1:])
        payload = block[: int(fields["Content-Length"])].partition(b"\r\n\r\n")[2]
        assert fields["WARC-Type"] == "response", "each page of the replica is met once"
        assert fields["WARC-Record-ID"] == capture["record_id"]
        assert fields["WARC-Target-URI"] == line["url"]
        assert fields["WARC-Date"] == line["fetched_at"]
        assert fields["WARC-Payload-Digest"] == capture["payload_digest"] == digest(payload)


def test_syndicated_stories_point_at_the_first(crawl: Crawl) -> None:
    lines = {line["id"]: line for source in SITES for line in crawl.lines(source)}
    twins = [
        (lines[story.key], lines[SITES[source].stories[index].key])
        for site in SITES.values()
        for story in site.stories
        for source, index in story.same_text_as
        if story.key in lines
    ]
    assert len(twins) >= 4
    for line, twin in twins:
        first, second = sorted((line, twin), key=lambda each: each["fetched_at"])
        assert line["content_digest"] == twin["content_digest"]
        assert (first["duplicate_of"], second["duplicate_of"]) == (None, first["id"])
    marked = {line["id"] for line in lines.values() if line["duplicate_of"]}
    assert marked <= {line["id"] for pair in twins for line in pair}


def test_warc_and_wire_log_agree(crawl: Crawl) -> None:
    exchanges = [exchange for path in crawl.warcs() for exchange in read_exchanges(path, *crawl.warcs())]
    assert assert_agreement(exchanges, read_wire_log(crawl.wire_log)) == len(exchanges)


def test_nothing_foreign_was_asked_for(crawl: Crawl) -> None:
    asked = {record["WARC-Target-URI"] for path in crawl.warcs() for record in read_records(path)}
    assert not asked & set(FOREIGN_URLS)
    assert not [url for url in asked if "/noi-bo/" in url], "robots.txt forbids it"
    hosts = {host for site in SITES.values() for host in site.hosts}
    exchanges = (exchange for path in crawl.warcs() for exchange in read_exchanges(path, *crawl.warcs()))
    pages = {each.metadata["WARC-Target-URI"] for each in exchanges if not re.search("[EP]", each.hops)}
    assert {urlsplit(url).hostname for url in pages} <= hosts


def test_robots_txt_is_archived_before_pages(crawl: Crawl) -> None:
    for path in crawl.warcs():
        targets = [record["WARC-Target-URI"] for record in read_records(path) if record.type == "response"]
        assert targets[0].endswith("/robots.txt")


def test_warcinfo(crawl: Crawl) -> None:
    for path in crawl.warcs():
        info, settings = read_records(path)[:2]
        notes = info.notes()
        assert (info.type, notes["isPartOf"]) == ("warcinfo", path.name.partition("-")[0])
        assert notes["http-header-user-agent"].startswith("newsbot/")
        assert notes["robots"] == "classic"
        assert json.loads(settings.block)["CONCURRENT_REQUESTS_PER_DOMAIN"] == 1


def test_accepted_encodings(crawl: Crawl) -> None:
    requests = [record for path in crawl.warcs() for record in read_records(path) if record.type == "request"]
    assert requests
    assert all(b"\r\nAccept-Encoding: gzip, deflate\r\n" in record.block for record in requests)


def test_checkers_pass(crawl: Crawl) -> None:
    for path in crawl.warcs():
        done = subprocess.run([replay_tool("warcio"), "check", path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert_fastwarc_passes(path)
        subprocess.run(["/bin/gzip", "-t", path], check=True)


def test_verify_finds_nothing_wrong(crawl: Crawl) -> None:
    """Files, manifest, index and every line against its record."""
    done = scrapy("verify", "--json", data=crawl.data)
    report = json.loads(done.stdout)
    assert [finding for finding in report["findings"] if not finding["note"]] == []
    assert (done.returncode, report["faults"]) == (0, 0)
    assert (report["files"], report["line_files"]) == (len(crawl.warcs()), len(SITES))
    assert report["records"] == sum(len(read_records(path)) for path in crawl.warcs())


def test_rebuild_gives_the_same_lines(crawl: Crawl) -> None:
    """Line for line and byte for byte: reading is a function of the capture alone."""
    done = scrapy("rebuild", *map(str, crawl.warcs()), data=crawl.data)
    assert done.returncode == 0, done.stdout + done.stderr
    for source in SITES:
        assert crawl.text(source, "rebuilt") == crawl.text(source)


def test_second_crawl_publishes_nothing_again(crawl: Crawl, replica: Replica, tmp_path: Path) -> None:
    """What has not changed gives no line, and its capture a revisit, from which the same line could be read."""
    data = tmp_path / "data"
    shutil.copytree(crawl.data, data)
    lines = crawl.lines("baosonla")
    options = ["-a", "refetch=yes", *against(replica, LOG_LEVEL="WARNING")]
    done = scrapy("crawl", "baosonla", *options, data=data, replica=replica)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path.name for path in (data / "articles/baosonla").iterdir()] == [
        path.name for path in (crawl.data / "articles/baosonla").iterdir()
    ]
    first, second = sorted((data / "warc").glob("baosonla-*"))
    again = [record for record in read_records(second) if record.type in ("response", "revisit")]
    articles_again = [record for record in again if record["WARC-Target-URI"] in {line["url"] for line in lines}]
    assert {record.type for record in articles_again} == {"revisit"}
    assert len(articles_again) >= ENOUGH
    assert second.stat().st_size < first.stat().st_size / 2
    originals = {record["WARC-Record-ID"] for path in crawl.warcs() for record in read_records(path)}
    assert {record["WARC-Refers-To"] for record in articles_again} <= originals
    exchanges = list(read_exchanges(second, *crawl.warcs()))
    wire = read_wire_log(crawl.wire_log)
    asked = {exchange.request.block for exchange in exchanges if exchange.request}
    for exchange in exchanges:
        assert exchange.request is not None
        assert wire_bytes(exchange) in [each.sent for each in wire if each.received == exchange.request.block]
    assert len(asked) == len(exchanges)
    files = map(str, (data / "warc").glob("*.warc.gz"))
    rebuilt = scrapy("rebuild", f"--output={tmp_path / 'lines'}", *files, data=data)
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    assert next((tmp_path / "lines/baosonla").iterdir()).read_text() == crawl.text("baosonla")
    alone = scrapy("rebuild", f"--output={tmp_path / 'alone'}", str(second), data=data)
    assert alone.returncode == 0, alone.stdout + alone.stderr
    (path,) = (tmp_path / "alone/baosonla").iterdir()
    own = {"fetched_at", "capture", "duplicate_of"}
    again_read = {line["id"]: _without(line, own) for line in map(json.loads, path.read_text().splitlines())}
    assert again_read == {line["id"]: _without(line, own) for line in lines}


def test_rebuild_of_wgets_warc(crawl: Crawl, replica: Replica, tmp_path: Path) -> None:
    """Another crawler's captures give the same fields, but for the capture and the time of fetching."""
    wget = shutil.which("wget")
    if wget is None:
        pytest.skip("wget is not installed: `make test` installs it")
    lines = sorted((line for source in SITES for line in crawl.lines(source)), key=lambda line: line["fetched_at"])
    with connect_proxy(replica.http_port, replica.https_port) as port:
        proxy = f"http://127.0.0.1:{port}/"
        command = [
            wget, "--quiet", "--input-file=-", "--warc-file=wget", "--output-document=pages", "--tries=1",
            "--max-redirect=0", f"--ca-certificate={replica.ca_file}", "--header=Accept-Encoding: gzip",
        ]  # fmt: skip
        done = subprocess.run(
            command,
            input="\n".join(line["url"] for line in lines),
            text=True,
            cwd=tmp_path,
            env=os.environ | {"http_proxy": proxy, "https_proxy": proxy},
            check=False,
            timeout=120,
        )
    assert done.returncode == 0
    rebuilt = scrapy("rebuild", f"--output={tmp_path / 'lines'}", str(tmp_path / "wget.warc.gz"), data=tmp_path)
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    for source in SITES:
        (path,) = (tmp_path / "lines" / source).iterdir()
        ours = {line["id"]: line for line in crawl.lines(source)}
        theirs = [json.loads(line) for line in path.read_text().splitlines()]
        assert len(theirs) == len(ours)
        for line in theirs:
            own = ours[line["id"]]
            times = {"fetched_at", "capture", *(("published_at",) if "trước" in (own["published_raw"] or "") else ())}
            assert {name: line[name] for name in line if name not in times} == {
                name: own[name] for name in own if name not in times
            }
            assert line["capture"]["payload_digest"].startswith("sha256:")


def test_pywb_replays(crawl: Crawl, tmp_path: Path) -> None:
    """pywb indexes every file and gives each article's page back as the site sent it."""
    manager, server = replay_tool("wb-manager"), replay_tool("wayback")
    run = {"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 120}
    subprocess.run([manager, "init", "news"], check=True, **run)  # type: ignore[call-overload]
    done = subprocess.run([manager, "add", "news", *crawl.warcs()], check=True, **run)  # type: ignore[call-overload]
    assert "Traceback" not in done.stderr
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen(
        [server, "--bind=127.0.0.1", f"--port={port}"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_for(port)
            for source in SITES:
                for line in crawl.lines(source)[:5]:
                    stamp = re.sub(r"\D", "", line["fetched_at"])[:14]
                    with urlopen(f"http://127.0.0.1:{port}/news/{stamp}id_/{line['url']}") as answer:
                        body = answer.read()
                        if answer.headers.get("Content-Encoding") == "gzip" or body.startswith(b"\x1f\x8b"):
                            body = gzip.decompress(body)
                    assert _words(line["title"])[0].encode() in body
        finally:
            process.terminate()


def _without(line: Line, names: set[str]) -> Line:
    return {name: value for name, value in line.items() if name not in names}


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]{2,}", text) or [text]


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("pywb did not start within 30 s")
