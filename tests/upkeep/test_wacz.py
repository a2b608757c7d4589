"""Packages: valid by the reference tool, replayed by pywb and ReplayWeb.page, complete, and equal to the archive."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from zipfile import ZIP_STORED, ZipFile

import pytest

from archive.records.record import digest
from archive.records.revisit import IDENTICAL
from tests.harness import foreign_warc
from tests.harness.commands import against, run_scrapy
from tests.harness.durability import lines
from tests.harness.hard_papers import capture, page, text, url
from tests.harness.replay_tools import replay_tool
from tests.harness.replayweb import replayweb
from tests.harness.small_server import small_server
from tests.harness.warc_reading import Record, read_records
from tests.harness.wayback import wayback
from tests.project import ROOT
from tests.replica.server import Replica
from tests.replica.sites import NOW

SOURCE = "baosonla"
COLLECTION = {"WACZ_CREATOR": "Thư viện tỉnh", "WACZ_RIGHTS": "Bản quyền của báo", "WACZ_LICENSE": "CC-BY-4.0"}


@dataclass(frozen=True)
class Package:
    """A package, and what the command said."""

    path: Path
    output: str

    def read(self, name: str) -> bytes:
        with ZipFile(self.path) as file:
            return file.read(name)

    def names(self, folder: str = "") -> list[str]:
        with ZipFile(self.path) as file:
            return [name for name in file.namelist() if name.startswith(folder)]

    def json(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.read(name))
        return content

    def lines(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.read(name).splitlines()]

    def pages(self) -> list[dict[str, Any]]:
        return self.lines("pages/pages.jsonl")[1:]

    def index(self) -> list[str]:
        return gzip.decompress(self.read("indexes/index.cdx.gz")).decode().splitlines()

    def records(self, folder: Path) -> dict[str, list[Record]]:
        """The records of each packaged WARC file, unpacked into a folder."""
        with ZipFile(self.path) as file:
            file.extractall(folder, self.names("archive/"))
        return {path.name: read_records(path) for path in sorted((folder / "archive").iterdir())}


def scrapy(*arguments: str | Path, data: Path, environment: dict[str, str] | None = None) -> tuple[int, str]:
    done = run_scrapy(*arguments, data=data, environment=os.environ | (environment or {}))
    return done.returncode, done.stdout + done.stderr


def package(data: Path, output: Path, *options: str | Path, epoch: str = "") -> Package:
    settings = [f"--set={name}={value}" for name, value in COLLECTION.items()]
    environment = {"SOURCE_DATE_EPOCH": epoch} if epoch else {}
    status, said = scrapy("wacz", *settings, "-o", output, *options, data=data, environment=environment)
    assert status == 0, said
    return Package(output, said)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of a source after one run."""
    folder = tmp_path_factory.mktemp("data")
    with Replica(articles=12, now=NOW) as replica:
        order = ("crawl", SOURCE, *against(replica, LOG_LEVEL="WARNING"))
        status, said = scrapy(*order, data=folder, environment=replica.environment)
    assert status == 0, said
    return folder


@pytest.fixture(scope="module")
def whole(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Package:
    return package(data, tmp_path_factory.mktemp("wacz") / "whole.wacz", "--source", SOURCE)


def test_reference_validator(whole: Package) -> None:
    done = subprocess.run(
        [replay_tool("wacz"), "validate", "-f", whole.path], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Validation succeeded" in done.stdout


def test_files(whole: Package, data: Path) -> None:
    (warc,) = (data / "warc").iterdir()
    (articles,) = data.glob("articles/*/*.jsonl")
    (report,) = (data / "runs").iterdir()
    assert whole.names() == [
        f"archive/{warc.name}",
        "indexes/index.cdx.gz",
        "indexes/index.idx",
        "pages/pages.jsonl",
        f"articles/{articles.name}",
        "chain/entries.jsonl",
        "chain/public-key.pem",
        f"logs/{report.name}",
        "datapackage.json",
        "datapackage-digest.json",
    ]
    assert whole.read(f"archive/{warc.name}") == warc.read_bytes()
    assert whole.read(f"articles/{articles.name}") == articles.read_bytes()
    with ZipFile(whole.path) as file:
        stored = {info.filename for info in file.infolist() if info.compress_type == ZIP_STORED}
    assert stored == {f"archive/{warc.name}", "indexes/index.cdx.gz"}


def test_description(whole: Package) -> None:
    description = whole.json("datapackage.json")
    captured = sorted(line["fetched_at"] for line in whole.lines(whole.names("articles/")[0]))
    first, last = description["temporal"].split("/")
    assert first <= captured[0] <= captured[-1] <= last
    assert description["wacz_version"] == "1.1.1"
    assert datetime.fromisoformat(description["created"]).tzinfo == UTC
    assert description["title"].startswith("baosonla.vn, ")
    assert description["mainPageUrl"] == "https://baosonla.vn/"
    assert (description["language"], description["spatial"]) == (["vi"], ["Sơn La"])
    assert (description["creator"], description["rights"]) == ("Thư viện tỉnh", "Bản quyền của báo")
    assert description["licenses"] == [{"name": "CC-BY-4.0"}]
    assert {"title": "Thư viện tỉnh", "role": "author"} in description["contributors"]


def test_digests(whole: Package) -> None:
    described = {each["path"]: (each["hash"], each["bytes"]) for each in whole.json("datapackage.json")["resources"]}
    assert described == {name: _digest(whole.read(name)) for name in whole.names()[:-2]}
    digest = whole.json("datapackage-digest.json")
    assert digest == {"path": "datapackage.json", "hash": _digest(whole.read("datapackage.json"))[0]}


def test_pages(whole: Package, data: Path) -> None:
    heading = whole.lines("pages/pages.jsonl")[0]
    assert heading["format"] == "json-pages-1.0"
    pages = {page["url"]: page for page in whole.pages()}
    assert len(pages) == len(whole.pages()) >= 10
    for line in lines(data):
        page = pages[line["url"]]
        assert page["title"] == line["title"]
        assert page["text"] == "\n\n".join(part for part in (line["title"], line["sapo"], line["body"]) if part)
        assert page["ts"] == f"{line['fetched_at'][:19]}Z"


def test_index_is_cdxj_indexers(whole: Package, tmp_path: Path) -> None:
    folder = tmp_path / "warcs"
    whole.records(folder)
    indexer = Path(sys.executable).with_name("cdxj-indexer")
    done = subprocess.run(
        [indexer, "--sort", *sorted((folder / "archive").iterdir())], capture_output=True, text=True, check=True
    )
    assert whole.index() == done.stdout.splitlines()


def test_index_list_leads_into_the_index(whole: Package) -> None:
    heading, *entries = whole.read("indexes/index.idx").decode().splitlines()
    data = whole.read("indexes/index.cdx.gz")
    assert json.loads(heading.removeprefix("!meta 0 ")) == {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    for entry in entries:
        key, _, place = entry.partition(" {")
        place = json.loads("{" + place)
        part = data[place["offset"] : place["offset"] + place["length"]]
        assert gzip.decompress(part).decode().startswith(key)
        assert place["digest"] == _digest(part)[0]


def test_pywb_unpacks_and_replays(whole: Package, data: Path, tmp_path: Path) -> None:
    manager = replay_tool("wb-manager")
    for command in (["init", "news"], ["add", "--unpack-wacz", "news", whole.path]):
        subprocess.run([manager, *command], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    articles = lines(data)[:3]
    assert len(articles) == 3
    with wayback(tmp_path) as base:
        for line in articles:
            stamp = re.sub(r"\D", "", line["fetched_at"])[:14]
            with urlopen(f"{base}/news/{stamp}id_/{line['url']}") as answer:
                body = answer.read()
            if body.startswith(b"\x1f\x8b"):
                body = gzip.decompress(body)
            assert _first_words(line) in _words(unescape(re.sub(r"<[^>]*>", " ", body.decode())))


def test_replayweb_shows_pages_and_text(whole: Package, data: Path) -> None:
    articles = lines(data)
    assert len(articles) > 2
    with replayweb(whole.path) as player:
        listed = player.listed()
        assert all(line["title"] in listed for line in articles)
        for line in articles[:2]:
            text = player.text(line["url"], line["fetched_at"])
            assert line["title"] in text
            assert _first_words(line) in _words(text)


def test_equal_input_gives_equal_bytes(data: Path, tmp_path: Path) -> None:
    twins = [package(data, tmp_path / name, "--source", SOURCE, epoch="1795322133") for name in ("a.wacz", "b.wacz")]
    first, second = (twin.path.read_bytes() for twin in twins)
    assert first == second
    assert twins[0].json("datapackage.json")["created"] == "2026-11-22T04:35:33Z"


def test_run(whole: Package, data: Path, tmp_path: Path) -> None:
    (report,) = (data / "runs").iterdir()
    by_name = package(data, tmp_path / "name.wacz", "--run", report.stem)
    by_file = package(data, tmp_path / "file.wacz", *(data / "warc").iterdir())
    assert by_name.names() == by_file.names() == whole.names()


def test_period(data: Path, tmp_path: Path) -> None:
    """Only the captures of the period, byte for byte and under their warcinfo; their lines lead into the package."""
    (warc,) = (data / "warc").iterdir()
    taken = sorted(line["fetched_at"] for line in lines(data))
    since, until = taken[3][:23], taken[-3][:23]
    part = package(data, tmp_path / "part.wacz", "--source", SOURCE, f"--since={since}", f"--until={until}")
    ((name, records),) = part.records(tmp_path).items()
    whole = {record["WARC-Record-ID"]: record for record in read_records(warc)}
    assert name != warc.name
    assert records[0].type == "warcinfo"
    assert {record["WARC-Record-ID"] for record in records if record.get("WARC-Target-URI")} == {
        record["WARC-Record-ID"]
        for record in whole.values()
        if record.get("WARC-Target-URI") and since <= record["WARC-Date"] < until
    }
    data_of_part, data_of_whole = part.read(f"archive/{name}"), warc.read_bytes()
    for record in records:
        same = whole[record["WARC-Record-ID"]]
        assert (
            data_of_part[record.offset : record.offset + record.length]
            == data_of_whole[same.offset : same.offset + same.length]
        )
    (file,) = part.names("articles/")
    at = {record.offset: record for record in records}
    packaged = part.lines(file)
    assert {line["url"] for line in packaged} == {each["url"] for each in part.pages()}
    assert 0 < len(packaged) < len(taken)
    for line in packaged:
        assert line["capture"]["file"] == name
        assert at[line["capture"]["offset"]]["WARC-Record-ID"] == line["capture"]["record_id"]


def test_articles_without_lines_are_read_again(whole: Package, data: Path, tmp_path: Path) -> None:
    bare = tmp_path / "data"
    shutil.copytree(data / "warc", bare / "warc")
    bare_pages = package(bare, tmp_path / "bare.wacz").pages()
    assert sorted(bare_pages, key=str) == sorted(whole.pages(), key=str)


@pytest.fixture(scope="module")
def revisited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An archive whose second file refers to the first: same URL and another."""
    data = tmp_path_factory.mktemp("revisited")
    page = "<!doctype html><meta charset=utf-8><title>Lũ về</title><h1>Lũ về</h1><p>".encode() + b"Muong La. " * 300
    with small_server(lambda path, before: (200, {}, page)) as server:
        for paths in (["/a"], ["/a", "/b"]):
            server.crawl(
                *(f"http://revisited.test{path}" for path in paths),
                ADDONS={"archive.addon.ArchiveAddon": 100},
                ARCHIVE_DIR=str(data / "warc"),
                ARCHIVE_ALLOW_PRIVATE=True,
                CONNECT_TO=[f"revisited.test:80:127.0.0.1:{server.port}"],
            )
    yield data


def test_package_of_revisits_replays_alone(revisited: Path, tmp_path: Path) -> None:
    first, second = sorted((revisited / "warc").iterdir())
    (original,) = (record for record in read_records(first) if record.type == "response")
    alone = package(revisited, tmp_path / "alone.wacz", second)
    records = alone.records(tmp_path)
    assert list(records) == sorted([second.name, "originals.warc.gz"])
    assert [record.type for record in records["originals.warc.gz"]] == ["warcinfo", "response"]
    assert records["originals.warc.gz"][1].block == original.block
    assert sum(record.type == "revisit" for record in records[second.name]) == 2
    with replayweb(alone.path) as player:
        for record in records[second.name]:
            if record.type == "revisit":
                assert "Lũ về" in player.text(record["WARC-Target-URI"], record["WARC-Date"])


def test_originals_can_be_left_out(revisited: Path, tmp_path: Path) -> None:
    second = sorted((revisited / "warc").iterdir())[1]
    assert package(revisited, tmp_path / "p.wacz", "--without-originals", second).names("archive/") == [
        f"archive/{second.name}"
    ]


def test_missing_original_is_named(revisited: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    second = sorted((revisited / "warc").iterdir())[1]
    (data / "warc").mkdir(parents=True)
    shutil.copy(second, data / "warc")
    status, said = scrapy("wacz", "-o", tmp_path / "p.wacz", data / "warc" / second.name, data=data)
    assert status == 1
    assert "http://revisited.test/b" in said and "not in the archive" in said
    assert (tmp_path / "p.wacz").exists()


def test_lines_that_are_no_articles_are_left_out_and_named(whole: Package, data: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(data, tmp_path / "data"))
    path = min((copy / "articles" / SOURCE).glob("*.jsonl"))
    line = json.loads(path.read_text().partition("\n")[0])
    number = path.read_text().count("\n")
    odd = [{"id": []}, {"id": 10**30}, {"id": f"{SOURCE}:\ud800"}, {"title": True}, {"body": None}, {"capture": None}]
    with path.open("a") as file:
        file.writelines(json.dumps(line | each) + "\n" for each in odd)
        file.write("[]\n")
    status, said = scrapy("wacz", "--source", SOURCE, "--output", tmp_path / "odd.wacz", data=copy)
    assert status == 1
    wrong = [text for text in said.splitlines() if "is left out" in text]
    assert [re.findall(r"line (\d+) is left out, it is no article's", text) for text in wrong] == [
        [str(number + each)] for each in range(1, len(odd) + 2)
    ]
    assert Package(tmp_path / "odd.wacz", said).pages() == whole.pages()


def test_damaged_file_gives_no_package(data: Path, tmp_path: Path) -> None:
    (warc,) = (data / "warc").iterdir()
    torn = tmp_path / warc.name
    torn.write_bytes(warc.read_bytes()[:-20])
    status, said = scrapy("wacz", "-o", tmp_path / "torn.wacz", torn, data=data)
    assert status == 3
    assert str(torn) in said
    assert list(tmp_path.iterdir()) == [torn]


def test_damaged_file_is_left_out_beside_others(data: Path, tmp_path: Path) -> None:
    (warc,) = (data / "warc").iterdir()
    torn = tmp_path / f"a-{warc.name}"
    torn.write_bytes(warc.read_bytes()[:-20])
    status, said = scrapy("wacz", "-o", tmp_path / "p.wacz", torn, warc, data=data)
    assert status == 1
    assert f"left out: {torn}: at " in said
    with ZipFile(tmp_path / "p.wacz") as package:
        names = [name for name in package.namelist() if name.startswith("archive/")]
        index = b"".join(package.read(name) for name in package.namelist() if name.endswith(".cdx.gz"))
    assert names == [f"archive/{warc.name}"]
    files = set(re.findall(rb'"filename": "([^"]*)"', gzip.decompress(index)))
    assert files == {warc.name.encode()}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--source", "nowhere"], "there is no source 'nowhere'; known: "),
        (["--source", "yenmy"], "no finished WARC file of yenmy"),
        (["--run", "baosonla-1"], "no run or file baosonla-1"),
        (["--run", str(ROOT)], f"{ROOT} is a folder: name its files (NEWSBOT_DATA names a data folder)"),
        (["--since", "yesterday"], "no date"),
        (["--since", "2199-01-01"], "the archive holds nothing of that time"),
        (["-o", __file__], "is there already"),
    ],
)
def test_wrong_orders(data: Path, options: list[str], message: str) -> None:
    status, said = scrapy("wacz", *options, data=data)
    assert status == 2
    assert message in said
    assert not [*data.glob("wacz/*")]


def _digest(data: bytes) -> tuple[str, int]:
    return f"sha256:{sha256(data).hexdigest()}", len(data)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))


def _first_words(line: dict[str, Any]) -> str:
    """The first paragraph: between others there may be captions."""
    return _words(line["body"].split("\n\n")[0])


def test_a_package_of_a_foreign_file_is_called_after_it(tmp_path: Path) -> None:
    info = foreign_warc.record("warcinfo", b"", type="application/warc-fields")
    warc = foreign_warc.write(tmp_path / "plain.warc.gz", [info, capture("baosonla", 1, "2026-11-01T00:00:00Z")])
    done = run_scrapy("wacz", warc, data=tmp_path / "data")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "data" / "wacz").iterdir()] == ["plain.wacz"]


def test_the_whole_archive_has_the_files_of_other_crawlers(tmp_path: Path) -> None:
    """But for what is being written or copied, which is named."""
    data, spiders = tmp_path / "data", "--set=SPIDER_MODULES=tests.harness.hard_papers"
    info = foreign_warc.record("warcinfo", b"", type="application/warc-fields")
    time = "20261103000000000"
    for number, name in enumerate((f"baomot-{time}-00000-h-aaaaaaaa.warc.gz", "wget.warc.gz", "baohai-2019.warc"), 1):
        captures = (capture(paper, number, f"2026-11-0{number}T00:00:00Z") for paper in ("baomot", "baohai"))
        foreign_warc.write(data / "warc" / name, [info, *captures])
    files = sorted(path.name for path in (data / "warc").iterdir())
    copied, opened = data / "warc" / "baohai-2020.warc.gz", data / "warc" / "baohai-x.warc.gz.open"
    shutil.copyfile(data / "warc" / "wget.warc.gz", copied)
    opened.touch()

    status, said = scrapy("wacz", spiders, data=data)
    (output,) = (data / "wacz").iterdir()
    package = Package(output, said)
    assert output.name == f"baohai+baomot+wget-{time}.wacz"
    assert package.names("archive/") == [f"archive/{name}" for name in files]
    assert sorted(page["url"] for page in package.pages()) == sorted(
        url(paper, number) for paper in ("baomot", "baohai") for number in (1, 2, 3)
    )
    assert (status, [line for line in said.splitlines() if "left out" in line]) == (
        1,
        [
            f"wacz: left out: {copied}: it is being copied, or does not end in a whole record",
            f"wacz: left out: {opened}: a crawl is writing it, or was killed",
        ],
    )
    of_source = Package(
        tmp_path / "s.wacz", scrapy("wacz", spiders, "--source=baohai", "-o", tmp_path / "s.wacz", data=data)[1]
    )
    assert (of_source.names("archive/"), of_source.output.count("left out")) == (["archive/baohai-2019.warc"], 2)

    scrapy("index", "rebuild", data=data)  # whoever asks for that knows of the files
    status, said = scrapy("wacz", spiders, "-o", tmp_path / "p.wacz", data=data)
    assert (status, f"archive/{copied.name}" in Package(tmp_path / "p.wacz", said).names()) == (0, True), said

    copied.unlink()
    status, said = scrapy("wacz", spiders, "-o", tmp_path / "q.wacz", data=data)
    assert (status, f"left out: {copied}: it is in the manifest, but not there" in said) == (1, True), said
    status, said = scrapy("wacz", spiders, "--source=baomot", "-o", tmp_path / "r.wacz", data=data)
    assert (status, f"{copied}: " in said) == (0, False), said


def test_a_package_that_is_made_again_has_the_same_pages(tmp_path: Path) -> None:
    """What its files refer to is of whichever source, and not what the package is about."""
    data, spiders = tmp_path / "data", "--set=SPIDER_MODULES=tests.harness.hard_papers"
    info = foreign_warc.record("warcinfo", b"", type="application/warc-fields")
    html, first, second = "Content-Type: text/html; charset=utf-8", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"
    body = page("Tin", text(1))
    same = {"Payload_Digest": digest(body)}
    original = foreign_warc.record(
        "response", foreign_warc.http(body, html), date=first, Target_URI=url("baohai", 1), **same
    )
    revisit = foreign_warc.record(
        "revisit",
        foreign_warc.http(b"", html),
        date=second,
        Target_URI=url("baomot", 1),
        Profile=IDENTICAL,
        **same,
        Refers_To_Target_URI=url("baohai", 1),
        Refers_To_Date=first,
    )
    runs = {"baohai": [original], "baomot": [revisit, capture("baomot", 2, second)]}
    for source, captures in runs.items():
        foreign_warc.write(data / "warc" / f"{source}-20261102000000000-00000-h-aaaaaaaa.warc.gz", [info, *captures])
    scrapy("index", "rebuild", data=data)
    for words, articles in (
        (("wacz", "--source=baomot"), (1, 2)),
        (("redact", "--reason=x", "--yes", "--all-versions", url("baomot", 2)), (1,)),
    ):
        status, said = scrapy(*words, spiders, data=data)
        (output,) = (data / "wacz").iterdir()
        package = Package(output, said)
        assert (status, "archive/originals.warc.gz" in package.names()) == (0, True), said
        assert [each["url"] for each in package.pages()] == [url("baomot", number) for number in articles]
