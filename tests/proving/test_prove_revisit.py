"""A line whose capture is a revisit: what proves it shows its page, too, with the pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.chained import article_page
from tests.harness.forged_package import repacked
from tests.harness.long_paper import HTML, SHORT, LongPaper, long_paper, long_paper_archive
from tests.harness.replayweb import replayweb
from tests.harness.small_server import Answer
from tests.harness.warc_making import write
from tests.harness.warc_reading import read_records

ARTICLE = "/nang-len-22.html"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[LongPaper]:
    """Three runs; an article is gone in the second, and back as it was in the third."""
    gone: list[bool] = []

    def answer(path: str, before: int) -> Answer:
        return (404, HTML, b"none") if path == ARTICLE and gone else long_paper(path, before)

    with long_paper_archive(tmp_path, answer) as found:
        gone.append(True)
        found.crawl()
        gone.clear()
        found.crawl()
        yield found


def test_a_package_of_a_page_that_had_not_changed_shows_its_pictures(archive: LongPaper, tmp_path: Path) -> None:
    line = archive.lines("22")[-1]
    warcs = (archive.data / "warc").glob("*.warc.gz")
    records = {each["WARC-Record-ID"]: each for warc in warcs for each in read_records(warc)}
    assert (line["change"], records[line["capture"]["record_id"]]["WARC-Type"]) == ("restored", "revisit")
    path = tmp_path / "proof.wacz"
    done = archive.run("prove", line["id"], "--bundle", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    done = archive.run("prove", str(path), "--json")
    assert (done.returncode, json.loads(done.stdout)["version"]) == (0, 3), done.stdout + done.stderr
    with replayweb(path) as player:
        picture = "document.querySelector('#noidung img').naturalWidth"
        both = player.evaluate(line["url"], line["fetched_at"], f"[document.body.innerText, {picture}]")
    assert (SHORT[0] in both[0], both[1]) == (True, 1)


def test_what_a_page_needs_is_bound_to_signed_files(archive: LongPaper, tmp_path: Path) -> None:
    """In packages of before it is not, and cannot be: they say so."""
    line, path = archive.lines("22")[-1], tmp_path / "proof.wacz"
    assert archive.run("prove", line["id"], "--bundle", str(path)).returncode == 0
    assert "  -- " not in archive.run("prove", str(path)).stdout

    def of_before(name: str, content: bytes) -> bytes:
        if name != "proof/records.json":
            return content
        captures = {line["capture"]["record_id"] for line in archive.lines("22")}
        places = json.loads(content)
        last = max(number for number, each in enumerate(places) if each["record_id"] in captures)
        return json.dumps(places[: last + 1]).encode()

    done = archive.run("prove", str(repacked(path, tmp_path / "before.wacz", of_before)))
    assert done.returncode == 0, done.stdout
    assert "-- in its file: " in done.stdout and "records that the page needs" in done.stdout

    strange = article_page("https://baosonla.vn/elsewhere.html", "Forged", 1)
    more = {"archive/zzz.warc.gz": write(tmp_path / "forged", [strange]).read_bytes()}
    done = archive.run("prove", str(repacked(path, tmp_path / "forged.wacz", of_before, more)))
    assert done.returncode == 1
    said = [line for line in done.stdout.splitlines() if line.startswith("  NO package")]
    assert said and "response record https://baosonla.vn/elsewhere.html" in said[0], done.stdout


def test_a_revisit_whose_original_is_lost_gets_a_package(archive: LongPaper, tmp_path: Path) -> None:
    lines = archive.lines("22")
    (archive.data / "warc" / lines[0]["capture"]["file"]).unlink()
    path = tmp_path / "proof.wacz"
    packed = archive.run("prove", lines[-1]["id"], "--bundle", str(path))
    checked = archive.run("prove", str(path))
    for done in (packed, checked):
        assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
        assert "NO original: " in done.stdout
    assert "what this revisit refers to is not in the archive" in packed.stderr
