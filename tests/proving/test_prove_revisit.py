"""A line whose capture is a revisit: what proves it shows its page, too, with the pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.durability import lines
from tests.harness.example_paper import OTHER, SENTENCE
from tests.harness.illustrated import GIF
from tests.harness.replayweb import replayweb
from tests.harness.small_server import Answer, small_server
from tests.harness.warc_reading import read_records
from tests.running.test_split_articles import HTML, Crawled, text

ARTICLE = "/ke-dai-30.html"
PICTURE = "/anh/de.gif"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Crawled]:
    """Three runs of a paper of one article, which is gone in the second, and back as it was in the third."""
    gone: list[bool] = []

    def answer(path: str, before: int) -> Answer:
        if path == "/tin":
            return 200, HTML, f"<h1>Tin</h1><ul><li><a href={ARTICLE}>Kể dài</a></ul><p>{SENTENCE}</p>".encode()
        if path == ARTICLE and not gone:
            return text(SENTENCE, f"{OTHER}<img src={PICTURE}>", *[f"Đoạn {number}: {OTHER}" for number in range(20)])
        return (200, {"Content-Type": "image/gif"}, GIF) if path == PICTURE else (404, HTML, b"none")

    with small_server(answer) as server:
        crawled = Crawled(server, tmp_path / "data")
        for is_gone in (False, True, False):
            gone[:] = [True] if is_gone else []
            crawled.run("crawl", "baonhieutrang", "-a", "refetch=yes", "-s", "AUTOTHROTTLE_ENABLED=False")
        yield crawled


def test_a_package_of_a_page_that_had_not_changed_shows_its_pictures(archive: Crawled, tmp_path: Path) -> None:
    line = lines(archive.data)[-1]
    records = {each["WARC-Record-ID"]: each for warc in archive.warcs() for each in read_records(Path(warc))}
    assert (line["change"], records[line["capture"]["record_id"]]["WARC-Type"]) == ("restored", "revisit")
    path = tmp_path / "proof.wacz"
    done = archive.run("prove", line["id"], "--bundle", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    done = archive.run("prove", str(path), "--json")
    assert (done.returncode, json.loads(done.stdout)["version"]) == (0, 3), done.stdout + done.stderr
    with replayweb(path) as player:
        picture = f"document.querySelector('img[src*=\"{PICTURE}\"]').naturalWidth"
        both = player.evaluate(line["url"], line["fetched_at"], f"[document.body.innerText, {picture}]")
    assert (OTHER in both[0], both[1]) == (True, 1)
