"""`scrapy qa` on an archive of odd pages: each is bounded, and none ends the check or spoils that of another."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from archive.records.members import members
from tests.harness.commands import run_scrapy, start, wait_until
from tests.harness.processes import chromium, descendants, listening, running
from tests.harness.warc_making import collection, gz, record, response, warcinfo

pytestmark = pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium")

SOURCE = "baosonla"
TEXT = "Nước lên nhanh trong đêm, bà con lên đồi."
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
#: What each page does besides showing its text.
PAGES = {
    "flood": "<script>setInterval(() => { for (let n = 0; n < 300; n++) console.error('x'.repeat(500), n);"
    "throw 1 }, 1)</script>",
    "workers": "<script>const flood = () => setInterval(() => { for (let n = 0; n < 30; n++)"
    "console.error('x'.repeat(500), n) }, 10);"
    "new Worker(URL.createObjectURL(new Blob([`(${flood})()`])))</script>",
    "windows": "<script>for (let n = 0; n < 20; n++) { open('/w?' + n); alert(n); } onbeforeunload = () => 1; print();"
    "const a = document.createElement('a'); a.href = 'data:a/b,x'; a.download = 'x'; a.click();"
    "const go = () => fetch('/tick?' + Math.random()).then(go, go); go(); go()</script>",
}


def page(name: str) -> bytes:
    return response(f"<!doctype html><title>Lũ về</title><p>{TEXT}</p>{PAGES.get(name, '')}".encode(), HEAD)


def address(name: str) -> str:
    return f"http://a.test/{name}.html"


def archive(data: Path, records: list[bytes], **captures: Any) -> Path:
    """A data folder with one WARC file, and a line for each response and revisit of a page in it.

    :param captures: by the name of a page, what its line says of the capture instead.
    """
    path = data / "warc" / f"{SOURCE}-20261122030405000-00000-a.warc.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gz(warcinfo(), *records))
    collection(data).add(path)
    lines = []
    for member in members(path):
        if member.type in ("response", "revisit") and member.url.endswith(".html"):
            name = member.url.rpartition("/")[2].removesuffix(".html")
            capture = {"file": path.name, "offset": member.offset, "record_id": member.get("WARC-Record-ID")}
            line = {"id": f"{SOURCE}:{name}", "url": member.url, "fetched_at": member.get("WARC-Date"), "body": TEXT}
            lines.append(json.dumps(line | {"capture": capture | captures.get(name, {})}))
    (data / "articles" / SOURCE).mkdir(parents=True)
    (data / "articles" / SOURCE / "a.jsonl").write_text("".join(f"{line}\n" for line in lines))
    return data


def capture_of(name: str, **given: str) -> bytes:
    return record("response", page(name), **{"warc_target_uri": address(name)} | given)


def score(data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data / "qa" / f"{SOURCE}.json").read_text())
    return found


def test_what_pages_do_is_bounded(tmp_path: Path) -> None:
    data = archive(tmp_path / "data", [capture_of(name) for name in PAGES])
    done = run_scrapy("qa", "--source", SOURCE, "--sample", "99", "--missing", "9999", data=data)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{SOURCE}: 3 of 3 pages replay (3 looked up); 100.0% of the text" in done.stdout
    found = score(data)
    assert found["refused"]["requests"] > 1
    assert found["errors"] > 2000
    assert found["requests"] < 600


def test_a_browser_that_is_killed_costs_nothing(tmp_path: Path) -> None:
    """Nor does a picture of the page, taken at capture, that is damaged."""
    png = b"\x89PNG\r\n\x1a\n" + bytes.fromhex("0000000d49484452000000640000006408060000001f15c489") + bytes(300)
    view = record("resource", png, warc_target_uri=f"urn:view:{address('plain')}")
    data = archive(tmp_path / "data", [capture_of("plain"), view])
    with TemporaryDirectory() as temporary:  # the path of a socket must be short
        environment = os.environ | {"NEWSBOT_DATA": str(data), "TMPDIR": temporary}
        command = start("qa", "--missing=1", "--source", SOURCE, environment=environment)
        wait_until("a page to be opened", lambda: listening({command.pid}))
        family = descendants(command.pid)
        os.kill(chromium(command.pid) or 0, signal.SIGKILL)
        assert command.wait() == 0, command.said()
        assert f"{SOURCE}: 1 of 1 pages replay (1 looked up); 100.0% of the text as it was;" in command.said()
        wait_until("the end of the browser", lambda: not running(family))
        assert [*Path(temporary).iterdir()] == []


def test_captures_that_are_none_are_named_or_left_out(tmp_path: Path) -> None:
    records = [
        record("response", page("file"), warc_target_uri="file:///etc/passwd.html"),
        record("revisit", b"HTTP/1.1 304 Not Modified\r\n\r\n", warc_target_uri=address("revisit")),
        capture_of("elsewhere"),
        *(capture_of(f"odd{number}") for number in range(4)),
    ]
    odd = {f"odd{number}": {"offset": offset} for number, offset in enumerate((-1, 1e400, 1 << 70, "5"))}
    data = archive(tmp_path / "data", records, elsewhere={"offset": 5}, **odd)
    done = run_scrapy("qa", "--source", SOURCE, "--sample", "99", "--max-minutes", "0.2", data=data)
    assert done.returncode == 1, done.stdout + done.stderr
    faults = [line.partition("): ")[2] for line in done.stdout.splitlines()[:-1]]
    assert sorted(fault.partition(": /")[0] for fault in faults) == [
        "its capture is not there",
        "its capture is not there",
        "not shown: its own capture is not there",
    ], done.stdout
    assert f"{SOURCE}: 0 of 3 pages replay" in done.stdout
