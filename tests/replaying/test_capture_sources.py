"""What a rebuild can be given: files, folders, packages, URLs; and pages of hosts that no source knows."""

from __future__ import annotations

import json
import os
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import mkdtemp
from threading import Thread
from typing import Any
from urllib.parse import quote, unquote
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from tests.harness.commands import Done, run_scrapy
from tests.harness.foreign_warc import http, record, write
from tests.harness.hard_papers import capture, page, text

INFO = record("warcinfo", b"", type="application/warc-fields")
DATES = [f"2026-11-0{n}T00:00:00Z" for n in range(1, 10)]


def rebuild(folder: Path, *words: str | Path) -> Done:
    given = os.environ | {"NEWSBOT_DATA": str(folder / "data")}
    spiders = "--set=SPIDER_MODULES=tests.harness.hard_papers"
    return run_scrapy("rebuild", spiders, "--output", folder / "out", *words, environment=given)


def lines(folder: Path) -> list[dict[str, object]]:
    files = sorted((folder / "out").rglob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def ids(folder: Path) -> list[object]:
    return sorted(line["id"] for line in lines(folder))  # type: ignore[type-var]


def test_folders_packages_and_urls_are_read(tmp_path: Path) -> None:
    below = tmp_path / "given" / "below"
    write(below / "a.warc.gz", [INFO, capture("baomot", 1, DATES[0])])
    (below / "notes.txt").write_text("no captures")
    inner = write(tmp_path / "b.warc.gz", [INFO, capture("baomot", 2, DATES[1])])
    with ZipFile(tmp_path / "given" / "p.wacz", "w", ZIP_STORED) as package:
        package.write(inner, "archive/b.warc.gz")
        package.writestr("datapackage.json", "{}")
    elsewhere = write(tmp_path / "elsewhere" / "c.warc.gz", [INFO, capture("baomot", 3, DATES[2])])
    done = rebuild(tmp_path, tmp_path / "given", f"file://{elsewhere}")
    assert (done.returncode, ids(tmp_path)) == (0, ["baomot:1", "baomot:2", "baomot:3"]), done.stderr
    assert {line["capture"]["file"] for line in lines(tmp_path)} == {"a.warc.gz", "b.warc.gz", "c.warc.gz"}  # type: ignore[index]


@pytest.mark.parametrize("date", ["2026-11-01T00:00:05Z", "2026-11-01T00:00:05.0Z", "2026-11-01T00:00:05.6Z"])
def test_of_two_prints_the_first_is_that_captured_first_however_finely_times_are_told(
    date: str, tmp_path: Path
) -> None:
    first = write(tmp_path / "b.warc.gz", [INFO, capture("baomot", 1, date, body=text(9))])
    later = write(tmp_path / "a.warc.gz", [INFO, capture("baohai", 2, "2026-11-01T00:00:05.700000Z", body=text(9))])
    assert rebuild(tmp_path, later, first).returncode == 0
    assert {line["id"]: line["duplicate_of"] for line in lines(tmp_path)} == {"baomot:1": None, "baohai:2": "baomot:1"}


def test_what_cannot_be_opened_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    good = write(tmp_path / "a.warc.gz", [INFO, capture("baomot", 1, DATES[0])])
    broken = tmp_path / "broken.wacz"
    broken.write_bytes(b"PK")
    done = rebuild(tmp_path, good, broken, "file:///no/such.warc.gz", "gibberish://x")
    assert (done.returncode, ids(tmp_path)) == (1, ["baomot:1"]), done.stderr
    for name in (str(broken), "file:///no/such.warc.gz", "gibberish://x"):
        assert f"rebuild: {name} cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_that_can_be_read_leaves_no_lines(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.wacz"
    with ZipFile(nothing, "w") as package:
        package.writestr("datapackage.json", "{}")
    for name, told in (
        ("file:///no/such.warc.gz", "file:///no/such.warc.gz cannot be read"),
        (nothing, f"{nothing}: there is no WARC or ARC file in it"),
    ):
        done = rebuild(tmp_path, name)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1), done.stderr
        assert told in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_without_captures_is_a_wrong_order(tmp_path: Path) -> None:
    good = write(tmp_path / "a.warc.gz", [INFO, capture("baomot", 1, DATES[0])])
    (empty := tmp_path / "empty").mkdir()
    done = rebuild(tmp_path, good, empty)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert f"{empty}: there is no WARC, ARC or WACZ file in this folder" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_url_may_have_a_query_and_nothing_is_read_twice(tmp_path: Path) -> None:
    pytest.importorskip("aiohttp")
    given = tmp_path / "given"
    first = write(given / "a.warc.gz", [INFO, capture("baomot", 1, DATES[0])])
    (given / "folder.warc").mkdir()
    inner = write(tmp_path / "b.warc.gz", [INFO, capture("baomot", 2, DATES[1])])
    with ZipFile(tmp_path / "p.wacz", "w", ZIP_STORED) as package:
        package.write(inner, "archive/b.warc.gz")
        package.writestr(f"archive/{'c' * 300}.warc", capture("baomot", 4, DATES[3]))
    write(tmp_path / "d.warc.gz", [INFO, capture("baomot", 3, DATES[2])])
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(tmp_path))) as server:
        Thread(target=server.serve_forever).start()
        here = f"http://127.0.0.1:{server.server_port}"
        urls = [f"{here}/p.wacz?sig=1", f"{here}/d.warc.gz?X-Amz-Signature={'a' * 300}&X-Amz-Credential=a/b.warc.gz"]
        done = rebuild(tmp_path, given, first, given / ".." / "given" / "a.warc.gz", *urls, urls[1])
        server.shutdown()
    assert (done.returncode, ids(tmp_path)) == (1, ["baomot:1", "baomot:2", "baomot:3"]), done.stderr
    assert {line["capture"]["file"] for line in lines(tmp_path)} == {"a.warc.gz", "b.warc.gz", "d.warc.gz"}  # type: ignore[index]
    assert done.stdout.startswith("3 responses, 3 articles, 3 lines (0 unchanged)")
    (said,) = done.stderr.splitlines()
    assert "p.wacz cannot be read as a WACZ package: 'cccc" in said
    assert said.endswith("ccc' cannot be the name of a file")


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


class _Redirecting(_Files):
    """Sends on from ``/to/ADDRESS``, in which PORT is its own."""

    def send_head(self) -> Any:
        _, _, target = unquote(self.path).partition("/to/")
        if not target:
            return super().send_head()
        self.send_response(302)
        self.send_header("Location", target.replace("PORT", str(self.server.server_port)))  # type: ignore[attr-defined]
        self.send_header("Content-Length", "0")
        self.end_headers()
        return None


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "[::ffff:127.0.0.1]", "169.254.169.254"])
def test_no_server_leads_into_a_private_network_but_to_itself(host: str, tmp_path: Path) -> None:
    pytest.importorskip("aiohttp")
    write(tmp_path / "a.warc.gz", [INFO, capture("baomot", 1, DATES[0])])
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Redirecting, directory=str(tmp_path))) as server:
        Thread(target=server.serve_forever).start()
        here = f"http://127.0.0.1:{server.server_port}/to/http://"
        done = rebuild(tmp_path, f"{here}127.0.0.1:PORT/a.warc.gz")
        away = rebuild(tmp_path / "away", f"{here}{quote(host)}:PORT/a.warc.gz")
        server.shutdown()
    assert (done.returncode, ids(tmp_path)) == (0, ["baomot:1"]), done.stderr
    assert (away.returncode, "at a private address" in away.stderr) == (1, True), away.stderr
    assert "Traceback" not in away.stderr


class _CutOff(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5000000")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()
        self.wfile.write(bytes(2_000_000))

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


def test_a_transfer_that_is_cut_off_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    pytest.importorskip("aiohttp")
    good = write(tmp_path / "a.warc.gz", [INFO, capture("baomot", 1, DATES[0])])
    with ThreadingHTTPServer(("127.0.0.1", 0), _CutOff) as server:
        Thread(target=server.serve_forever).start()
        done = rebuild(tmp_path, f"http://127.0.0.1:{server.server_port}/b.warc.gz", good)
        server.shutdown()
    assert (done.returncode, ids(tmp_path)) == (1, ["baomot:1"]), done.stderr
    assert f":{server.server_port}/b.warc.gz cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_package_that_unpacks_to_more_than_it_says_is_named(tmp_path: Path) -> None:
    package = tmp_path / "p.wacz"
    with ZipFile(package, "w", ZIP_DEFLATED) as file:
        file.writestr("archive/a.warc", b"\0" * 100_000)
    said = package.read_bytes().replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    package.write_bytes(said)
    done = rebuild(tmp_path, package)
    assert done.returncode == 1
    assert f"rebuild: {package} cannot be read as a WACZ package" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_package_whose_data_are_damaged_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    good = write(tmp_path / "a.warc.gz", [INFO, capture("baomot", 1, DATES[0])])
    package = tmp_path / "p.wacz"
    with ZipFile(package, "w", ZIP_DEFLATED) as file:
        file.writestr("archive/b.warc", capture("baomot", 2, DATES[1]))
    content = bytearray(package.read_bytes())
    start = 30 + len("archive/b.warc")
    content[start : start + 8] = b"\xff" * 8  # no block of deflate begins so
    package.write_bytes(content)
    done = rebuild(tmp_path, good, package)
    assert (done.returncode, ids(tmp_path)) == (1, ["baomot:1"]), done.stderr
    assert f"rebuild: {package} cannot be read as a WACZ package" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def other_hosts(tmp_path: Path) -> Path:
    def other(url: str, number: int, block: bytes, **fields: str) -> bytes:
        return record("response", block, date=DATES[number], Target_URI=url, **fields)

    html = "Content-Type: text/html; charset=utf-8"
    canonical = b'<link rel="canonical" href="https://xa.vn/tin/mot">'
    stranger = b'<link rel="canonical" href="https://baomot.vn/tin-9.html">'
    first = page("Tin xã", text(1)).replace(b"</head>", canonical + b"</head>")
    return write(
        tmp_path / "others.warc.gz",
        [
            INFO,
            capture("baomot", 1, DATES[0]),
            other("http://www.xa.vn/tin/mot?utm_source=x", 1, http(first, html)),
            other("https://xa.vn/in?id=1", 2, http(first.replace(b"Tin", "Báo".encode()), html)),
            other("https://xa.vn/hai", 3, http(page("Hai", text(2)).replace(b"</head>", stranger + b"</head>"), html)),
            other("https://xa.vn/anh.png", 4, http(b"\x89PNG", "Content-Type: image/png")),
            other("https://xa.vn/ba", 5, http(b"<h1>Loi</h1>", html, status="500 Error")),
            other("https://xa.vn/hai", 6, http(b"<h1>404</h1>", html, status="404 Not Found")),
        ],
    )


def test_pages_of_unknown_hosts_are_read_if_that_is_asked_for(other_hosts: Path, tmp_path: Path) -> None:
    done = rebuild(tmp_path, "--all", other_hosts)
    assert done.returncode == 0, done.stderr
    told = [(line["id"], line["source"], line["version"], line["change"]) for line in lines(tmp_path)]
    assert sorted(told) == [
        ("baomot:1", "baomot", 1, "new"),
        ("generic:xa.vn/hai", "generic", 1, "new"),
        ("generic:xa.vn/tin/mot", "generic", 1, "new"),
        ("generic:xa.vn/tin/mot", "generic", 2, "headline"),
    ]
    assert "hosts that no source knows, 1 are no HTML, 2 have an error status" in done.stdout
    rebuild(tmp_path / "again", "--all", "--jobs=2", other_hosts)
    assert lines(tmp_path / "again") == lines(tmp_path)


def test_unknown_hosts_are_counted_else(other_hosts: Path, tmp_path: Path) -> None:
    done = rebuild(tmp_path, other_hosts)
    assert (done.returncode, ids(tmp_path)) == (0, ["baomot:1"])
    assert "6 responses are of hosts that no source knows: not read" in done.stdout


def packaged(path: Path, inner: Path, name: str = "data.warc.gz") -> Path:
    with ZipFile(path, "w", ZIP_STORED) as package:
        package.write(inner, f"archive/{name}")
        package.writestr("datapackage.json", "{}")
    return path


@pytest.mark.parametrize("jobs", [1, 2])
def test_two_files_of_one_name_are_refused(jobs: int, tmp_path: Path) -> None:
    """Lines tell captures apart by the names of files; many crawlers call the file so in every package."""
    files = [
        write(tmp_path / "x" / "data.warc.gz", [INFO, capture("baomot", 1, DATES[0])]),
        write(tmp_path / "y" / "data.warc.gz", [INFO, capture("baomot", 2, DATES[1])]),
    ]
    packages = [packaged(tmp_path / f"{file.parent.name}.wacz", file) for file in files]
    done = rebuild(tmp_path, f"--jobs={jobs}", *files)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert f"{files[0]} and {files[1]} have one name and are not the same" in done.stderr
    assert not (tmp_path / "out").exists()
    done = rebuild(tmp_path, packages[0], files[0])
    assert (done.returncode, ids(tmp_path)) == (0, ["baomot:1"]), done.stderr
    assert done.stdout.startswith("1 responses"), "the same file twice is read once"


@pytest.mark.parametrize("jobs", [1, 2])
def test_files_of_one_name_in_packages_are_named_after_these(jobs: int, tmp_path: Path) -> None:
    """As in the packages of most crawlers: what is gone in one of them is not taken for what is in the other."""
    first = write(tmp_path / "x" / "data.warc.gz", [INFO, capture("baomot", 1, DATES[0])])
    second = write(tmp_path / "y" / "data.warc.gz", [INFO, capture("baomot", 2, DATES[1])])
    packages = [packaged(tmp_path / f"{file.parent.name}.wacz", file) for file in (first, second)]
    done = rebuild(tmp_path, f"--jobs={jobs}", *packages)
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for path in (tmp_path / "out").rglob("*.jsonl") for line in path.read_text().splitlines()]
    assert sorted((line["id"], line["capture"]["file"]) for line in told) == [
        ("baomot:1", "x-data.warc.gz"),
        ("baomot:2", "y-data.warc.gz"),
    ]
    own = "baomot-20261101000000000-00000-h-aaaaaaaa.warc.gz"
    states = [packaged(tmp_path / f"{file.parent.name}{file.parent.name}.wacz", file, own) for file in (first, second)]
    done = rebuild(tmp_path, f"--jobs={jobs}", *states)
    assert (done.returncode, done.stdout) == (2, ""), "two states of one file of ours"


def test_which_files_are_read_and_their_names_do_not_depend_on_the_order(tmp_path: Path) -> None:
    """Three packages call a file the same, two of them have copies, and one file of that name is in none."""
    files = [
        write(tmp_path / name / "data.warc.gz", [INFO, capture("baomot", n, DATES[n])]) for n, name in enumerate("xyz")
    ]
    x, y = (packaged(tmp_path / f"{file.parent.name}.wacz", file) for file in files[:2])
    copy = packaged(tmp_path / "again.wacz", files[1])
    orders: list[list[Path]] = [[x, y, copy], [copy, x, y], [y, copy, x]]
    for words in orders:
        for more, first in (([], "x-"), ([files[2]], "x-"), ([files[0]], "")):
            folder = Path(mkdtemp(dir=tmp_path))
            done = rebuild(folder, *words, *more)
            last = [("baomot:2", "data.warc.gz")] if files[2] in more else []
            assert done.stdout.startswith(f"{2 + len(last)} responses"), done.stderr
            assert [(line["id"], line["capture"]["file"]) for line in lines(folder)] == [  # type: ignore[index]
                ("baomot:0", f"{first}data.warc.gz"),
                ("baomot:1", "again-data.warc.gz"),
                *last,
            ]
