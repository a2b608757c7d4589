"""Every awkward response of the web, fetched through the archive, against the bytes that the server logged."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import _ScrapyAgent
from scrapy.settings import BaseSettings

from archive.crawling import handler
from archive.crawling.wire_tee import TeeAgent
from archive.verify.verification import Verification
from tests.harness.cdxj_agreement import assert_lines_agree
from tests.harness.replay_tools import replay_tool
from tests.harness.small_crawl import ARCHIVED, small_crawl
from tests.harness.small_server import same_page, small_server
from tests.harness.warc_reading import Exchange, Record, assert_fastwarc_passes, read_exchanges, read_records
from tests.harness.wire_agreement import assert_agreement, wire_bytes
from tests.replica.awkward import AWKWARD
from tests.replica.awkward_case import Awkward
from tests.replica.server import Replica
from tests.replica.wirelog import WireExchange, read_wire_log

MAXSIZE = 1 << 20
CASES = [(scheme, case) for scheme in ("http", "https") for case in AWKWARD.values()]
NAMES = [f"{scheme}-{case.name}" for scheme, case in CASES]
TRUNCATED = {"cut": "disconnect", "reset": "disconnect", "malformed": "disconnect", "slow": "time"}


@dataclass(frozen=True)
class Crawl:
    """What a crawl of all awkward cases left behind."""

    outcomes: dict[str, dict[str, Any]]
    stats: dict[str, Any]
    file: Path
    records: list[Record]
    exchanges: list[Exchange]
    wire: list[WireExchange]

    def exchange(self, scheme: str, case: Awkward) -> Exchange:
        """The last exchange of a case: the pool may have sent a request twice."""
        url = case.url.replace("http:", f"{scheme}:", 1)
        return [exchange for exchange in self.exchanges if exchange.metadata["WARC-Target-URI"] == url][-1]


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    folder = tmp_path_factory.mktemp("awkward")
    requests = [
        {
            "name": name,
            "url": case.url.replace("http:", f"{scheme}:", 1),
            "method": case.method,
            "headers": dict(case.headers),
            "body": case.body.decode(),
        }
        for (scheme, case), name in zip(CASES, NAMES, strict=True)
    ]
    with Replica(articles=0, wire_log=folder / "wire") as replica:
        settings = replica.settings | {
            "ARCHIVE_DIR": str(folder / "warc"),
            "ARCHIVE_REDACT_HEADERS": [],  # requests shall be the wire's bytes, cookies too
            "DOWNLOAD_TIMEOUT": 2,
            "DOWNLOAD_MAXSIZE": MAXSIZE,
            "DOWNLOAD_WARNSIZE": 0,
            "URLLENGTH_LIMIT": 20_000,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        }
        report = small_crawl(requests, ARCHIVED | settings, os.environ | replica.environment)
    (file,) = (folder / "warc").iterdir()
    return Crawl(
        report["outcomes"],
        report["stats"],
        file,
        read_records(file),
        list(read_exchanges(file)),
        read_wire_log(folder / "wire"),
    )


class PastTheTee:
    """An add-on under which Scrapy reaches sites on connections of its own."""

    def update_settings(self, settings: BaseSettings) -> None:
        class Agent(TeeAgent):
            def _get_agent(self, request: Request, timeout: float) -> Any:
                return _ScrapyAgent._get_agent(self, request, timeout)

        vars(handler)["TeeAgent"] = Agent  # of this process alone, the crawl's


def test_an_answer_that_came_past_the_archive_reaches_no_spider(tmp_path: Path) -> None:
    addons = {"ADDONS": {"archive.addon.ArchiveAddon": 100, f"{__name__}.PastTheTee": 200}}
    settings = {"ARCHIVE_DIR": str(tmp_path / "warc"), "ARCHIVE_ALLOW_PRIVATE": True, "ARCHIVE_DISK_FLOOR": 0}
    with small_server(same_page) as server:
        report = small_crawl([{"name": "page", "url": server.url("/page")}], ARCHIVED | settings | addons)
        assert len(server.times("/page")) == 1
    outcome = report["outcomes"]["page"]
    assert outcome["error"] == "ArchiveError"
    assert outcome["why"].endswith("was answered, but nothing of it was recorded: it cannot be archived")


def test_every_request_has_its_exchange(crawl: Crawl) -> None:
    assert set(crawl.outcomes) == set(NAMES)
    assert crawl.stats["archive/exchanges"] == crawl.stats["archive/written_exchanges"] == len(crawl.exchanges)


def test_warc_and_wire_log_agree(crawl: Crawl) -> None:
    assert assert_agreement(crawl.exchanges, crawl.wire) >= len(CASES)


@pytest.mark.parametrize(("scheme", "case"), CASES, ids=NAMES)
def test_response(crawl: Crawl, scheme: str, case: Awkward) -> None:
    exchange = crawl.exchange(scheme, case)
    outcome = crawl.outcomes[f"{scheme}-{case.name}"]
    notes = exchange.metadata.notes()
    assert exchange.request is not None
    assert exchange.request.block.startswith(f"{case.method} {case.target} HTTP/1.1\r\n".encode())
    assert notes["capture-method"] == "wire"
    assert ("tls-version" in notes) == (scheme == "https" and bool(wire_bytes(exchange)))
    if case.status is None or case.name in ("slow-head", "silent"):
        assert exchange.response is None
        assert exchange.metadata["WARC-Concurrent-To"] == exchange.request["WARC-Record-ID"]
        assert "error" in notes and "error" in outcome
        return
    response = exchange.response
    assert response is not None
    expected = _payload(case)
    head, payload = _split(exchange.block)
    assert head.split(b" ")[1][:3] == str(case.status).encode()
    assert b"\r\ntransfer-encoding:" not in head.lower()
    large = len(expected) > MAXSIZE
    if case.outcome == "complete" and not large:
        assert payload == expected
        assert response.get("WARC-Truncated") == ("length" if response.type == "revisit" else None)
    else:
        assert expected.startswith(payload)
        assert response["WARC-Truncated"] == ("length" if large else TRUNCATED[case.outcome])
    assert response["WARC-Payload-Digest"] == f"sha256:{hashlib.sha256(payload).hexdigest()}"
    if "capture" in outcome:
        _check_pointer(outcome["capture"], response, crawl.file)


@pytest.mark.parametrize(("scheme", "case"), CASES, ids=NAMES)
def test_spider_gets_the_page(crawl: Crawl, scheme: str, case: Awkward) -> None:
    """What is complete and can be decoded reaches the spider; what is not ends as an error, or as it came."""
    outcome = crawl.outcomes[f"{scheme}-{case.name}"]
    if case.name == "gzip-without-header":
        pytest.skip("Scrapy hands such a body on as it is; newsbot.reading.page decodes it")
    if case.outcome == "complete" and case.decoded is not None:
        assert outcome.get("status") == case.status
        assert outcome["body"] == hashlib.sha256(case.decoded).hexdigest()
    elif case.outcome != "complete" or len(_payload(case)) > MAXSIZE or "bomb" in case.name:
        assert "error" in outcome


def test_members(crawl: Crawl) -> None:
    """The gzip members lie side by side, one a record, and the file begins with its warcinfo."""
    position = 0
    for record in crawl.records:
        assert record.offset == position
        position += record.length
    assert position == crawl.file.stat().st_size
    assert crawl.records[0].type == "warcinfo"
    assert crawl.records[0]["WARC-Filename"] == crawl.file.name
    gzip.decompress(crawl.file.read_bytes())


ALLOWED = {
    "warcinfo": {"WARC-Filename"},
    "metadata": {"WARC-Target-URI", "WARC-IP-Address", "WARC-Concurrent-To", "WARC-Warcinfo-ID", "WARC-Truncated"},
    "request": {
        "WARC-Target-URI",
        "WARC-IP-Address",
        "WARC-Concurrent-To",
        "WARC-Warcinfo-ID",
        "WARC-Payload-Digest",
    },
    "revisit": {
        "WARC-Target-URI",
        "WARC-IP-Address",
        "WARC-Concurrent-To",
        "WARC-Warcinfo-ID",
        "WARC-Payload-Digest",
        "WARC-Truncated",
        "WARC-Profile",
        "WARC-Refers-To",
        "WARC-Refers-To-Target-URI",
        "WARC-Refers-To-Date",
    },
    "response": {
        "WARC-Target-URI",
        "WARC-IP-Address",
        "WARC-Concurrent-To",
        "WARC-Warcinfo-ID",
        "WARC-Payload-Digest",
        "WARC-Truncated",
    },
}
ALWAYS = {"WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Block-Digest", "Content-Type", "Content-Length"}


def test_record_headers(crawl: Crawl) -> None:
    """Only the fields of each type (ISO 28500), each once, all digests right, every record linked to its warcinfo."""
    warcinfo = crawl.records[0]["WARC-Record-ID"]
    ids = [record["WARC-Record-ID"] for record in crawl.records]
    assert len(set(ids)) == len(ids)
    for record in crawl.records:
        names = [name for name, _ in record.fields]
        assert len(set(names)) == len(names)
        assert set(names) >= ALWAYS
        assert set(names) - ALWAYS <= ALLOWED[record.type]
        assert record["WARC-Block-Digest"] == f"sha256:{hashlib.sha256(record.block).hexdigest()}"
        assert int(record["Content-Length"]) == len(record.block)
        if record.type != "warcinfo":
            assert record["WARC-Warcinfo-ID"] == warcinfo
        if target := record.get("WARC-Target-URI"):
            assert target.isascii() and not set(target) & set(" <>#")
        if concurrent := record.get("WARC-Concurrent-To"):
            assert concurrent in ids


def test_stats(crawl: Crawl) -> None:
    counts = {kind: sum(record.type == kind for record in crawl.records) for kind in ("request", "response", "revisit")}
    assert crawl.stats["archive/records/request"] == counts["request"]
    assert crawl.stats["archive/records/response"] == counts["response"]
    assert crawl.stats["archive/records/revisit"] == counts["revisit"] > 0
    assert crawl.stats["archive/files"] == [crawl.file.name]


def test_index_lines_are_those_of_cdxj_indexer(crawl: Crawl) -> None:
    assert assert_lines_agree(crawl.file) >= crawl.stats["archive/records/response"]


def test_fastwarc_check(crawl: Crawl) -> None:
    assert_fastwarc_passes(crawl.file)


def test_verify(crawl: Crawl) -> None:
    """Whatever a site sent, the file that keeps it is sound; what is odd about the site is a note."""
    verification = Verification()
    findings = [finding for report in verification.check([crawl.file]) for finding in report.findings]
    assert [str(finding) for finding in (*findings, *verification.findings()) if not finding.is_note] == []
    assert {finding.rule for finding in findings} == {"encoding-on-wire"}


def test_warcio_check(crawl: Crawl) -> None:
    """In pywb's environment: with the brotli that others install, warcio 1.8.1 cannot read a br body."""
    _run(replay_tool("warcio"), "check", crawl.file)


def test_gzip(crawl: Crawl) -> None:
    _run(Path("/bin/gzip"), "-t", crawl.file)


def _run(program: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done


def _payload(case: Awkward) -> bytes:
    """The body before its content coding is taken off; large ones are not in the registry, but all of one byte."""
    if case.payload is not None:
        return case.payload
    if case.name == "large-chunked":
        return b"x" * (4 << 20)
    return case.wire().partition(b"\r\n\r\n")[2]


def _split(block: bytes) -> tuple[bytes, bytes]:
    ends = [(block.find(end), len(end)) for end in (b"\r\n\r\n", b"\n\n") if end in block]
    at, length = min(ends)
    return block[: at + length], block[at + length :]


def _check_pointer(capture: dict[str, Any], response: Record, file: Path) -> None:
    assert (capture["offset"], capture["length"]) == (response.offset, response.length)
    assert (capture["file"], capture["record_id"]) == (file.name, response["WARC-Record-ID"])
    assert (capture["url"], capture["date"]) == (response["WARC-Target-URI"], response["WARC-Date"])
    assert capture["payload_digest"] == response["WARC-Payload-Digest"]
