"""A line whose capture is a revisit: what proves it shows its page, too, with the pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.long_paper import HTML, SHORT, LongPaper, long_paper, long_paper_archive
from tests.harness.replayweb import replayweb
from tests.harness.small_server import Answer
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
