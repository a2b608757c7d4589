"""What a run says of articles that are gone is decided by its own captures, whoever reads them again."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from tests.harness.commands import Done, run_scrapy
from tests.harness.crawl_play import rows
from tests.harness.foreign_warc import http, record, write
from tests.harness.hard_papers import capture, url

SPIDERS = "--set=SPIDER_MODULES=tests.harness.hard_papers"
INFO = record("warcinfo", b"", type="application/warc-fields")
HTML = "Content-Type: text/html"


def moment(day: int, hour: int = 0, second: int = 0) -> str:
    return f"2026-11-{day:02}T{hour:02}:00:{second:02}.000000Z"


def front(paper: str, date: str, path: str = "") -> bytes:
    """A list that was answered."""
    return record("response", http(b"<h1>Tin</h1>", HTML), date=date, Target_URI=f"https://{paper}.vn/{path}")


def gone(paper: str, number: int, date: str) -> bytes:
    return capture(paper, number, date, status="404 Not Found")


def scrapy(data: Path, *words: str | Path) -> Done:
    return run_scrapy(*words, SPIDERS, environment=os.environ | {"NEWSBOT_DATA": str(data)})


def lines(folder: Path) -> dict[str, str]:
    """The lines below a folder, by the run whose captures they point at."""
    told: dict[str, str] = defaultdict(str)
    for path in sorted(folder.rglob("*.jsonl")):
        for line in path.read_text().splitlines(keepends=True):
            told[json.loads(line)["capture"]["file"].rpartition("-")[2].removesuffix(".warc.gz")] += line
    return dict(told)


def warc(data: Path, day: int, run: str, captures: list[bytes]) -> Path:
    """The file of a run of baomot."""
    return write(data / "warc" / f"baomot-2026110{day}000000000-00000-h-{run}.warc.gz", [INFO, *captures])


def publish(data: Path, *warcs: Path) -> dict[str, str]:
    """Let the lines of some runs be where a crawl leaves them."""
    scrapy(data, "rebuild", "--output", data.with_name("out"), *warcs)
    published = lines(data.with_name("out"))
    for day, (run, said) in enumerate(published.items(), 1):
        path = data / "articles" / "baomot" / f"baomot-2026110{day}000000000-{run}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said)
    return published


@pytest.mark.parametrize(
    "instead",
    [
        b"<html><head><title>Just a moment</title></head><body><h1>Just a moment</h1></body></html>",
        b"<html><head><title>A</title></head><body><h1>A</h1></body></html>",  # an article without a body
    ],
)
def test_what_stands_in_place_of_articles_is_no_article(instead: bytes, tmp_path: Path) -> None:
    """Else the run would be trusted when it says that others are gone."""
    data = tmp_path / "data"
    walls = [
        record("response", http(instead, HTML), date=moment(2, 0, 10 + n), Target_URI=url("baomot", n))
        for n in (4, 5, 6, 7)
    ]
    runs = {
        "aaaaaaaa": [front("baomot", moment(1)), *(capture("baomot", n, moment(1, 0, n)) for n in range(1, 8))],
        "bbbbbbbb": [
            *(front("baomot", moment(2)), capture("baomot", 20, moment(2, 0, 1))),
            *(gone("baomot", n, moment(2, 0, n + 1)) for n in (1, 2, 3)),
            *walls,
        ],
    }
    warcs = [warc(data, day, run, captures) for day, (run, captures) in enumerate(runs.items(), 1)]
    published = publish(data, *warcs)
    assert "removed" not in "".join(published.values())
    done = scrapy(data, "recover", "baomot")
    assert "made again" in done.stdout, done.stderr
    assert lines(data / "articles") == published
    state = f"sqlite:///{data}/state.sqlite"
    assert rows(state, "SELECT run FROM doubted_runs") == [("bbbbbbbb",)]
    assert rows(state, "SELECT id FROM missing_articles ORDER BY id") == [(f"baomot:{n}",) for n in (1, 2, 3)]


def test_what_an_article_said_is_not_read_from_the_capture_of_another(tmp_path: Path) -> None:
    """Should a file not be the one that it was, its line still tells what the article said."""
    data = tmp_path / "data"
    first = warc(data, 1, "aaaaaaaa", [capture("baomot", 1, moment(1))])
    publish(data, first)
    assert "made again" in scrapy(data, "recover", "baomot").stdout
    warc(data, 1, "aaaaaaaa", [capture("baomot", 2, moment(1))])
    warc(
        data, 2, "bbbbbbbb", [front("baomot", moment(2)), gone("baomot", 1, moment(2)), capture("baomot", 3, moment(2))]
    )
    assert "made again" in scrapy(data, "recover", "baomot").stdout
    told = [json.loads(line) for line in lines(data / "articles")["bbbbbbbb"].splitlines()]
    assert [(line["id"], line["change"], line["title"]) for line in told] == [
        ("baomot:3", "new", "Tin số 3 của baomot"),
        ("baomot:1", "removed", "Tin số 1 của baomot"),
    ]


def opening(source: str, run: str, started: str) -> bytes:
    pairs = {"software": "newsbot (Scrapy 2.19)", "isPartOf": source, "run": run, "run-started": started}
    block = "".join(f"{name}: {value}\r\n" for name, value in pairs.items()).encode()
    return record("warcinfo", block, date=started, type="application/warc-fields")


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("told_by", ["opening", "name"])
def test_answers_of_a_site_in_the_file_of_another_source(told_by: str, jobs: int, tmp_path: Path) -> None:
    """Pictures stand on it, so its robots.txt is asked for in the middle of a run of its own source."""
    warcs = tmp_path / "data" / "warc"

    def file(source: str, day: int, hour: int, run: str, *captures: bytes) -> None:
        info = opening(source, run, moment(day)) if told_by == "opening" else INFO
        write(warcs / f"{source}-202611{day:02}{hour:02}0000000-{hour:05}-h-{run}.warc.gz", [info, *captures])

    file(
        "baohai",
        1,
        0,
        "aaaaaaaa",
        front("baohai", moment(1)),
        *(capture("baohai", n, moment(1, 0, n)) for n in range(1, 9)),
    )
    file(
        "baohai", 2, 0, "bbbbbbbb", front("baohai", moment(2)), *(gone("baohai", n, moment(2, 0, n)) for n in (1, 2, 3))
    )
    others = (
        front("baohai", moment(2, 1, 1), "robots.txt"),
        front("baohai", moment(2, 1, 2)),
        capture("baohai", 9, moment(2, 1, 3)),
    )
    file("baomot", 2, 1, "cccccccc", front("baomot", moment(2, 1)), *others, capture("baomot", 50, moment(2, 1, 4)))
    file("baohai", 2, 2, "bbbbbbbb", *(capture("baohai", n, moment(2, 2, n)) for n in range(4, 9)))
    write(warcs / "foreign.warc.gz", [INFO, capture("baohai", 10, moment(3)), capture("baomot", 51, moment(3))])

    done = scrapy(tmp_path / "data", "rebuild", f"--jobs={jobs}", "--output", tmp_path / "out", warcs)
    assert done.returncode == 0, done.stderr
    read = [json.loads(line) for said in lines(tmp_path / "out").values() for line in said.splitlines()]
    new = {line["id"] for line in read if line["change"] == "new"}
    assert new == {*(f"baohai:{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 10)), "baomot:50", "baomot:51"}
    assert [line["id"] for line in read if line["change"] == "removed"] == [f"baohai:{n}" for n in (1, 2, 3)]
    alone = scrapy(tmp_path / "data", "rebuild", "--source=baohai", "--output", tmp_path / "alone", warcs)
    assert alone.returncode == 0, alone.stderr
    assert lines(tmp_path / "alone" / "baohai") == lines(tmp_path / "out" / "baohai")

    url = f"sqlite:///{tmp_path}/again.sqlite"
    done = scrapy(tmp_path / "data", "rebuildstate", f"--jobs={jobs}", f"--output={url}")
    assert done.returncode == 0, done.stderr
    versions = rows(url, "SELECT id, change FROM article_versions")
    assert sorted(versions) == sorted((line["id"], line["change"]) for line in read)
    assert sorted(rows(url, "SELECT run FROM runs")) == [("aaaaaaaa",), ("bbbbbbbb",), ("cccccccc",)]


@pytest.mark.parametrize("between", [1, 250])
def test_what_was_gone_and_is_there_again_is_not_gone_however_much_was_read_between(
    between: int, tmp_path: Path
) -> None:
    unchanged = record(
        "response", http(b"", 'ETag: "1"', status="304 Not Modified"), date=moment(2, 1), Target_URI=url("baomot", 1)
    )
    others = [capture("baomot", 10 + number, moment(2, 0, 2)) for number in range(between)]
    first = warc(tmp_path / "data", 1, "aaaaaaaa", [front("baomot", moment(1)), capture("baomot", 1, moment(1, 0, 1))])
    second = warc(
        tmp_path / "data",
        2,
        "bbbbbbbb",
        [front("baomot", moment(2)), gone("baomot", 1, moment(2, 0, 1)), *others, unchanged, *others[:1]],
    )
    scrapy(tmp_path / "data", "rebuild", "--output", tmp_path / "out", first, second)
    told = [json.loads(line) for said in lines(tmp_path / "out").values() for line in said.splitlines()]
    assert len(told) == 1 + between
    assert {line["change"] for line in told} == {"new"}


def told_by(data: Path, jobs: int, *given: Path) -> list[tuple[str, int, str]]:
    """What the lines of a rebuild say, which is what a rebuilt state says."""
    out, url = data.with_name("out"), f"sqlite:///{data}/again.sqlite"
    done = scrapy(data, "rebuild", f"--jobs={jobs}", "--output", out, *given)
    assert done.returncode == 0, done.stderr
    read = [json.loads(line) for said in lines(out).values() for line in said.splitlines()]
    told = sorted((line["id"], line["version"], line["change"]) for line in read)
    done = scrapy(data, "rebuildstate", f"--jobs={jobs}", f"--output={url}")
    assert done.returncode == 0, done.stderr
    assert sorted(rows(url, "SELECT id, version, change FROM article_versions")) == told
    return told


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    "name", ["{0}.warc.gz", "rec-{0}-0.warc.gz", "{0}-data.warc.gz", "baomot-{0}-0123abcd.warc.gz"]
)
def test_files_of_other_crawlers_whose_names_end_alike_are_not_one_run(name: str, jobs: int, tmp_path: Path) -> None:
    for day, (month, status) in enumerate((("nov", "200 OK"), ("dec", "404 Not Found"), ("jan", "200 OK")), 1):
        article, other = (
            capture("baomot", n, moment(day, 0, n), status=status) for n, status in ((1, status), (2, "200"))
        )
        write(tmp_path / "data" / "warc" / name.format(month), [INFO, front("baomot", moment(day)), article, other])
    assert told_by(tmp_path / "data", jobs, tmp_path / "data" / "warc") == [
        ("baomot:1", 1, "new"),
        ("baomot:1", 2, "removed"),
        ("baomot:1", 3, "restored"),
        ("baomot:2", 1, "new"),
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_files_of_a_run_that_are_called_otherwise_are_one_run(jobs: int, tmp_path: Path) -> None:
    """As the first records of each say: half of what it met with says nothing of whether articles are gone."""
    warcs = tmp_path / "data" / "warc"
    first, second = opening("baomot", "aaaaaaaa", moment(1)), opening("baomot", "bbbbbbbb", moment(2))
    were = [capture("baomot", n, moment(1, 0, n)) for n in range(1, 8)]
    write(warcs / "1.warc", [first, front("baomot", moment(1)), *were])
    write(
        warcs / "2.warc", [second, front("baomot", moment(2)), *(gone("baomot", n, moment(2, 0, n)) for n in (1, 2, 3))]
    )
    write(warcs / "3.warc", [second, *(capture("baomot", n, moment(2, 1, n)) for n in range(4, 8))])
    told = told_by(tmp_path / "data", jobs, warcs)
    assert [told_of for told_of in told if told_of[2] != "new"] == [(f"baomot:{n}", 2, "removed") for n in (1, 2, 3)]
