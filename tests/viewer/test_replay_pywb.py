"""`scrapy replay --pywb`: captures, and those that say that nothing has changed, with Memento (RFC 7089)."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple
from urllib.request import Request, urlopen

from tests.harness.commands import wait_until
from tests.harness.illustrated import illustrated
from tests.harness.replay_server import pywb_server
from tests.harness.two_papers import Archive
from tests.harness.warc_making import collection, gz, record, response, warcinfo
from tests.harness.warc_reading import Record, read_records

LINK = re.compile(r'<([^>]*)>; rel="(\w+)"(?:; type="[^"]*")?(?:; datetime="([^"]*)")?')


class Memento(NamedTuple):
    body: str
    moment: datetime
    #: Addresses and dates by relation.
    links: dict[str, tuple[str, str]]


def memento(address: str, at: datetime | None = None) -> Memento:
    """What an address gives, if it is a memento."""
    headers = {"Accept-Datetime": format_datetime(at, usegmt=True)} if at else {}
    with urlopen(Request(address, headers=headers), timeout=60) as answer:
        body = answer.read()
        body = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        moment = parsedate_to_datetime(answer.headers["Memento-Datetime"])
        links = {relation: (url, date) for url, relation, date in LINK.findall(answer.headers["Link"])}
        return Memento(body.decode("utf-8", "replace"), moment, links)


def moment_of(record: Record) -> datetime:
    return datetime.fromisoformat(record["WARC-Date"]).replace(microsecond=0)


def captures(data: Path) -> list[Record]:
    """Responses and revisits of pages, lists and files, in the order of time."""
    records = (each for path in (data / "warc").glob("*.warc.gz") for each in read_records(path))
    held = (each for each in records if each.type in ("response", "revisit"))
    answered = (each for each in held if re.match(rb"HTTP/1.1 (200|304)", each.block))
    # Two runs may fall into one second: WARC-Dates are finer.
    return sorted(answered, key=lambda each: datetime.fromisoformat(each["WARC-Date"]))


def test_files_are_served(tmp_path: Path) -> None:
    html = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
    block = response("<title>Lành</title><p>chợ phiên</p>".encode(), html.encode())
    of_page = {"warc_target_uri": "http://a.test/", "warc_date": "2026-11-22T03:04:05Z"}
    (tmp_path / "a.warc.gz").write_bytes(gz(warcinfo(), record("response", block, **of_page)))
    with pywb_server(tmp_path / "a.warc.gz") as base:
        assert "chợ phiên" in memento(f"{base}mp_/http://a.test/").body


def test_each_version_is_had_by_its_time_and_nothing_is_changed(archive: Archive) -> None:
    changed = archive.lines("headline")[0]
    first = next(line for line in archive.lines("new") if line["id"] == changed["id"])
    before = {path: path.stat().st_mtime_ns for path in archive.data.rglob("*") if path.is_file()}
    with pywb_server(data=archive.data) as base:
        for line in (first, changed):
            moment = datetime.fromisoformat(str(line["fetched_at"])).replace(microsecond=0)
            found = memento(f"{base}mp_/{line['url']}", moment + timedelta(hours=2))
            assert str(line["title"]) in found.body
            assert found.moment == moment
            stamp = f"{moment:%Y%m%d%H%M%S}"
            assert found.links == {
                "original": (line["url"], ""),
                "timegate": (f"{base}{line['url']}", ""),
                "timemap": (f"{base}timemap/link/{line['url']}", ""),
                "memento": (f"{base}{stamp}mp_/{line['url']}", format_datetime(moment, usegmt=True)),
            }
            with urlopen(found.links["timemap"][0], timeout=60) as answer:
                assert f'<{found.links["memento"][0]}>; rel="memento"' in answer.read().decode()
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_what_had_not_changed_is_shown_as_it_was(tmp_path: Path) -> None:
    with illustrated(tmp_path / "data") as site:
        for _ in range(2):
            site.crawl("/lu", "/cho", REQUISITES_RECHECK_DAYS=0)
    full: dict[str, Record] = {}
    seen = {"identical-payload-digest": 0, "server-not-modified": 0}
    with pywb_server(data=site.data) as base:
        for capture in captures(site.data):
            url, profile = capture["WARC-Target-URI"], capture["WARC-Profile"].rpartition("/")[2]
            if profile != "server-not-modified":
                full[url] = capture
            if not profile:
                continue
            seen[profile] += 1
            found = memento(f"{base}{moment_of(capture):%Y%m%d%H%M%S}id_/{url}")
            assert found.body, capture.fields
            assert found.moment == moment_of(full[url]), capture.fields
    assert all(seen.values()), seen


def test_what_is_indexed_later_is_seen(own_archive: Archive) -> None:
    line = own_archive.lines("headline")[0]
    held = collection(own_archive.data)
    file = own_archive.data / "warc" / str(line["capture"]["file"])
    held.index.remove(file.name)
    with pywb_server(data=own_archive.data) as base:
        address = f"{base}mp_/{line['url']}"
        assert str(line["title"]) not in memento(address).body
        held.add(file)
        wait_until("the new capture", lambda: str(line["title"]) in memento(address, datetime.now(UTC)).body, 30)
