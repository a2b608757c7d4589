"""Articles that their site has split into pages, as they are shown: in the browser of `scrapy qa`, and by `replay`."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.harness.commands import Done
from tests.harness.long_paper import SOURCE, LongPaper, long_paper_archive
from tests.harness.replay_server import replay_server
from tests.project import ROOT

with_chromium = pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LongPaper]:
    with long_paper_archive(tmp_path_factory.mktemp("long")) as found:
        yield found


@pytest.fixture
def archive(crawled: LongPaper, tmp_path: Path) -> LongPaper:
    return crawled.copy(tmp_path)


def looked_at(archive: LongPaper, **line: Any) -> tuple[Done, dict[str, Any]]:
    """What `scrapy qa` says, and finds, once the line of the long article says something else."""
    archive.say("17", **line)
    done = archive.run("qa", "--source", SOURCE, "--new")
    return done, json.loads((archive.data / "qa" / f"{SOURCE}.json").read_text())


@with_chromium
def test_all_pages_are_opened_and_have_the_text_together(archive: LongPaper) -> None:
    done, score = looked_at(archive)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{SOURCE}: 3 of 3 pages replay (3 looked up); 100.0% of the text as it was; 0 addresses" in done.stdout
    assert score["requests"] >= 2 * (3 + 2 + 1), "each page, and its picture"


@with_chromium
def test_what_a_further_page_lacks_is_a_fault_of_the_article(archive: LongPaper) -> None:
    (line,) = archive.lines("17")
    second, third = line["pages"]
    done, _ = looked_at(archive, pages=[second | {"offset": second["offset"] + 1}, third])
    assert done.returncode == 1, done.stdout
    faults = [each for each in done.stdout.splitlines() if each.startswith(f"{SOURCE}: http")]
    assert len(faults) == 1, "the text is not held against pages of which one is not there"
    assert f"{SOURCE}: {line['url']} (" in faults[0]
    assert "the capture of a further page is not there" in faults[0]
    shutil.rmtree(archive.data / "qa")
    done, _ = looked_at(archive, pages=[second, third], body=f"{line['body']}\n\n" + "Câu này không ở đâu cả. " * 40)
    faults = [each for each in done.stdout.splitlines() if each.startswith(f"{SOURCE}: http")]
    assert len(faults) == 1, done.stdout
    assert "of its text is as it was" in faults[0]


def test_the_page_of_an_article_proves_all_of_its_captures(archive: LongPaper) -> None:
    (line,) = archive.lines("17")
    (lacking,) = archive.lines("20")
    with replay_server(data=archive.data) as server:
        page, other = (unescape(server.page(f"/article/{quote(each['id'], safe='')}")) for each in (line, lacking))
    for number, capture in enumerate(line["pages"], 2):
        part = page.partition(f"<h4>Page {number}</h4>")[2]
        for text in (capture["file"], f"<code>{capture['offset']}</code>", capture["payload_digest"]):
            assert text in part
        assert f"url={quote(line['further_pages'][number - 2], safe='')}&ts=" in part
    commands = page.partition("<h4>Page 2</h4>")[2].split('<pre tabindex="0"><code>')[1:3]
    lookup, head = (
        subprocess.run(
            ["/bin/sh", "-c", each.partition("</code>")[0]], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for each in commands
    )
    assert f"{line['pages'][0]['file']} at {line['pages'][0]['offset']}" in lookup
    assert "\nHTTP/1.1 200" in head
    led_on = quote("http://baotrangdai.vn/lu-rut-20-trang-2.html", safe="")
    assert f"url={led_on}&ts=" in other.partition("<h4>Page 2</h4>")[2]
    assert "<h4>Page 3</h4>" in other
    assert "lu-rut-20.html?page=3</bdi></code> was not had then." in other
