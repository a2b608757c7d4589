"""`scrapy savefixture`, through the command line: what it takes out of an archive is the very exchange."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from archive.errors import ArchiveError
from archive.records.members import members
from archive.replay.replay import excerpt, responses
from newsbot.replaying.fixtures import FOLDER
from tests.harness.commands import Done, run_scrapy

PAGE = FOLDER / "yenmy" / "portal-2018-word.warc"
OTHER = FOLDER / "yenmy" / "unknown-layout-template.warc"
WALL = FOLDER / "yenmy" / "cookie-wall.warc"
NEWEST = FOLDER / "baosonla" / "fulltext-capitals.warc"


def records(page: Path) -> list[bytes]:
    """The records of a WARC that is not compressed, as they stand in it."""
    data = page.read_bytes()
    return [data[record.offset : record.offset + record.length] for record in members(page)]


def response_id(page: Path) -> str:
    record_id: str = next(responses(page, 1 << 20)).meta["capture"].record_id  # type: ignore[union-attr]
    return record_id


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Several exchanges in one file, each record a gzip member, two articles of one source among them."""
    path = tmp_path / "archive.warc.gz"
    pages = (OTHER, PAGE, NEWEST)
    path.write_bytes(b"".join(gzip.compress(record) for page in pages for record in records(page)))
    return path


def savefixture(*arguments: str | Path, folder: Path) -> Done:
    return run_scrapy("savefixture", *arguments, "--output", folder, data=folder / "data")


def url_of(page: Path) -> str:
    url: str = json.loads(page.with_suffix(".json").read_text())["article"]["url"]
    return url


def test_saves_the_exchange_and_what_is_read_in_it(archive: Path, tmp_path: Path):
    done = savefixture("yenmy", archive, url_of(PAGE), "--name", "word", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert (tmp_path / "yenmy" / "word.warc").read_bytes() == PAGE.read_bytes()
    saved = json.loads((tmp_path / "yenmy" / "word.json").read_text())
    reviewed = json.loads(PAGE.with_suffix(".json").read_text())
    assert saved["reviewed"] is False
    assert {name: saved[name] for name in ("outcome", "article")} == {
        name: reviewed[name] for name in ("outcome", "article")
    }


def test_the_only_article_needs_no_url_nor_name(archive: Path, tmp_path: Path):
    done = savefixture("baosonla", archive, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "baosonla" / "qc7l5jwhc.warc").read_bytes() == NEWEST.read_bytes()


def test_says_what_came_instead_of_an_article(tmp_path: Path):
    done = savefixture("yenmy", WALL, "--name", "wall", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    saved = json.loads((tmp_path / "yenmy" / "wall.json").read_text())
    assert (saved["outcome"], saved["article"]) == ("wall", None)


def test_never_overwrites(archive: Path, tmp_path: Path):
    kept = tmp_path / "yenmy" / "word.json"
    kept.parent.mkdir()
    kept.write_text("mine")
    done = savefixture("yenmy", archive, url_of(PAGE), "--name", "word", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr == f"savefixture: {kept} exists: give another name with --name, or delete it first\n"
    assert [path.name for path in kept.parent.iterdir()] == ["word.json"]
    assert kept.read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["yenmy"], 2, "name a source, a WARC file"),
        (["nosuch", "ARCHIVE"], 2, "there is no source 'nosuch'; known: "),
        (["yenmy", "nosuch.warc"], 2, "no such file: nosuch.warc"),
        (["yenmy", "ARCHIVE", "https://baosonla.vn/"], 2, "is no article address of yenmy"),
        (["yenmy", "ARCHIVE", "--name", "../word"], 2, "'../word' is no name for a fixture"),
        (["yenmy", "ARCHIVE"], 1, "has 2 articles of yenmy: name one, such as https://yenmy"),
        (["haiduongtv", "ARCHIVE"], 1, "has no page of haiduongtv"),
        (["yenmy", "ARCHIVE", "https://yenmy.hungyen.gov.vn/x-c99.html"], 1, "has no page of https://yenmy"),
        (["yenmy", "README.md"], 1, "README.md"),
    ],
)
def test_says_what_is_wrong(archive: Path, tmp_path: Path, arguments: list[str], status: int, message: str):
    done = savefixture(*(archive if word == "ARCHIVE" else word for word in arguments), folder=tmp_path / "out")
    assert done.returncode == status, done.stderr
    last = done.stderr.splitlines()[-1]
    assert message in last
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_finds_the_request_that_names_its_response(tmp_path: Path):
    """As wget writes it: the response names nothing."""
    request, response = records(PAGE)
    lines = [line for line in response.split(b"\r\n") if not line.startswith(b"WARC-Concurrent-To:")]
    path = tmp_path / "wget.warc"
    path.write_bytes(b"\r\n".join(lines) + request)
    assert excerpt(path, response_id(PAGE)) == request + b"\r\n".join(lines)


def test_a_response_may_come_alone(tmp_path: Path):
    path = tmp_path / "alone.warc"
    path.write_bytes(records(OTHER)[0] + records(PAGE)[1])
    assert excerpt(path, response_id(PAGE)) == records(PAGE)[1]


def test_an_excerpt_that_cannot_be_made_says_why(tmp_path: Path):
    with pytest.raises(ArchiveError, match="holds no response <urn:uuid:none>"):
        excerpt(PAGE, "<urn:uuid:none>")
    with pytest.raises(ArchiveError, match="No such file"):
        excerpt(tmp_path / "none.warc", response_id(PAGE))


def test_takes_an_exchange_out_of_a_single_gzip_stream(tmp_path: Path):
    path = tmp_path / "one-stream.warc.gz"
    path.write_bytes(gzip.compress(OTHER.read_bytes() + PAGE.read_bytes()))
    assert excerpt(path, response_id(PAGE)) == PAGE.read_bytes()


def test_update_shows_what_is_read_otherwise_and_has_it_reviewed_anew(tmp_path: Path):
    folder = tmp_path / "yenmy"
    folder.mkdir()
    for page in (PAGE, WALL):
        (folder / page.name).write_bytes(page.read_bytes())
        (folder / page.name).with_suffix(".json").write_bytes(page.with_suffix(".json").read_bytes())
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = savefixture("--update", "yenmy", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "0 changed, to be compared with their pages and reviewed anew; 2 as they were\n"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept
    other = json.loads((file := folder / "portal-2018-word.json").read_text())
    title, other["article"]["title"] = other["article"]["title"], "Of old \x1b[2J\u202e"
    file.write_text(json.dumps(other))
    done = savefixture("--update", "yenmy", "portal-2018-word", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f'+    "title": {json.dumps(title, ensure_ascii=False)},' in done.stdout.splitlines()
    assert '-  "reviewed": true,' in done.stdout.splitlines()
    assert done.stdout.replace("\n", "").isprintable()
    assert done.stdout.splitlines()[-1].startswith("1 changed, ")
    assert file.read_bytes() == kept[file.name].replace(b'"reviewed": true', b'"reviewed": false', 1)


def test_update_says_what_it_cannot_read_and_goes_on(tmp_path: Path):
    for source in ("yenmy", "nosuch"):
        (tmp_path / source).mkdir()
    folder = tmp_path / "yenmy"
    for name, warc, text in (
        ("a", b"WARC/1.1\r\n", b"{}"),
        ("b", PAGE.read_bytes(), b"[1"),
        ("c", PAGE.read_bytes(), None),
    ):
        (folder / f"{name}.warc").write_bytes(warc)
        (folder / f"{name}.json").write_bytes(text or PAGE.with_suffix(".json").read_bytes())
    (folder / "d.json").write_bytes(PAGE.with_suffix(".json").read_bytes())
    done = savefixture("--update", folder=tmp_path)
    assert done.returncode == 1
    assert done.stdout == "0 changed, to be compared with their pages and reviewed anew; 1 as they were\n"
    said = done.stderr.splitlines()
    assert len(said) == 4
    assert f"savefixture: {folder}/d.warc: is missing: of this fixture there is its JSON alone" in said
    assert "nosuch: there is no source of this name" in done.stderr
    assert f"{folder}/a.warc" in done.stderr and f"{folder}/b.json is no fixture's JSON" in done.stderr
    done = savefixture("--update", "yenmy", "nowhere", folder=tmp_path)
    assert (done.returncode, done.stderr) == (1, f"savefixture: {folder} has no fixture nowhere\n")
    done = savefixture("--update", "nosuch", folder=tmp_path)
    assert done.returncode == 2
    done = savefixture("--update", folder=tmp_path / "elsewhere")
    assert (done.returncode, done.stderr) == (2, f"newsbot: savefixture: no such folder: {tmp_path}/elsewhere\n")
