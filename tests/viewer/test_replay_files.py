"""`scrapy replay FILE…`: archive files of any origin, without a data folder."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
from html import unescape
from http.client import IncompleteRead
from io import BytesIO
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen
from zipfile import ZIP_DEFLATED, ZipFile
from zlib import DEFLATED, compressobj

import pytest

from tests.harness.archive_forms import ARC_FORMS, FORMS
from tests.harness.commands import run_scrapy, said_by, wait_until
from tests.harness.replay_server import ReplayServer, replay_server
from tests.harness.two_papers import Archive
from tests.harness.warc_making import gz, record, response, warcinfo

HTML = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
ENDINGS = {"arc": ".arc", "gzip": ".warc.gz", "zstd": ".warc.zst", "plain": ".warc"}


def page(url: str, title: str, text: str, date: str = "2026-11-22T03:04:05Z", more: str = "") -> bytes:
    markup = f"<title>{title}</title><script>var giau = 1</script><p>{text}</p>".encode()
    return record("response", response(markup, (HTML + more).encode()), warc_target_uri=url, warc_date=date)


def listed(server: ReplayServer) -> list[dict[str, str]]:
    """The pages that the player lists."""
    player, _ = server.player()
    found: list[dict[str, str]] = json.loads(server.get("/pages?pageSize=100", address=player).body)["items"]
    return found


def test_files_of_strangers(tmp_path: Path) -> None:
    packed = gzip.compress("<title>Nén</title><p>cầu dân sinh".encode())
    coded = response(packed, (HTML + "Content-Encoding: gzip\r\n").encode())
    (tmp_path / "one.warc.gz").write_bytes(
        gz(
            warcinfo(),
            page("http://a.test/", "Trang một", "Chợ phiên vùng cao"),
            page("http://a.test/", "Trang một", "Chợ phiên vùng thấp", "2026-11-23T03:04:05Z"),
            record("response", coded, warc_target_uri="http://b.test/"),
            record("response", response(b"{}", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")),
            record("response", response(b"<p>gone", b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n")),
        )
    )
    (tmp_path / "two.warc").write_bytes(warcinfo() + page("http://c.test/?a=1&b=2", "", "Không tên"))
    with replay_server(tmp_path / "one.warc.gz", tmp_path / "two.warc") as server:
        start_page = server.page()
        assert ("/source/one" in start_page, "/source/two" in start_page) == (True, True)
        assert [each["title"] for each in listed(server)].count("Trang một") == 2
        assert {each["url"] for each in listed(server)} == {
            "http://a.test/",
            "http://b.test/",
            "http://c.test/?a=1&b=2",
        }
        assert "Nén" in server.page("/search?q=cau+dan+sinh")
        assert "giau" not in server.page("/search?q=cho+phien")
        assert "0 articles" in server.page("/search?q=giau")
        article = server.page(f"/article/{quote('one:http://a.test/', safe='')}")
        assert "<del>cao</del><ins>thấp</ins>" in article
        assert "http://c.test/?a=1&amp;b=2" in server.page(f"/captures?url={quote('http://c.test/?a=1&b=2', safe='')}")
        assert server.end(signal.SIGINT) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.warc.gz", "two.warc"]


@pytest.mark.parametrize("form", ["plain", "gzip", "one gzip member", "zstd", "arc, gzip"])
def test_forms(form: str, tmp_path: Path) -> None:
    name = f"a{ENDINGS['arc' if 'arc' in form else form.split()[-1] if form != 'one gzip member' else 'gzip']}"
    if form == "arc, gzip":
        name = "a.arc.gz"
    (tmp_path / name).write_bytes(ARC_FORMS["gzip"] if form == "arc, gzip" else FORMS[form])
    with replay_server(tmp_path / name) as server:
        assert len(listed(server)) >= 4
        player, key = server.player()
        assert server.get(f"/wacz/{key}.wacz", address=player).status == 200


def test_a_package_of_ours(archive: Archive, tmp_path: Path) -> None:
    said_by("wacz", "-o", tmp_path / "all.wacz", data=archive.data)
    with replay_server(tmp_path / "all.wacz") as server:
        urls = {each["url"] for each in listed(server)}
    assert {str(line["url"]) for line in archive.lines("new")} <= urls


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    good, cut, bad = tmp_path / "good.warc.gz", tmp_path / "cut.warc.gz", tmp_path / "bad.warc.gz"
    sound = gz(warcinfo(), page("http://a.test/", "Lành", "x"))
    good.write_bytes(sound)
    cut.write_bytes(sound + gz(page("http://a.test/2", "Hỏng", "x"))[:90])
    bad.write_bytes(b"no archive")
    with replay_server(good, cut, bad) as server:
        assert [each["title"] for each in listed(server)] == ["Lành", "Lành"]
        said = server.command.said()
    assert str(bad) in said
    assert str(cut) in said
    assert "Traceback" not in said
    done = run_scrapy("replay", bad)
    assert (done.returncode, str(bad) in done.stderr, "Traceback" in done.stderr) == (3, True, False)


def test_files_without_pages_say_so(tmp_path: Path) -> None:
    picture = response(b"GIF89a", b"HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\n")
    (tmp_path / "a.warc.gz").write_bytes(gz(warcinfo(), record("response", picture)))
    with replay_server(tmp_path / "a.warc.gz") as server:
        assert "No page in these files can be listed" in server.page()


def test_files_of_one_name(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        content = gz(warcinfo(), page(f"http://{folder}.test/", folder, "x"))
        (tmp_path / folder / "same.warc.gz").write_bytes(content)
    with replay_server(tmp_path / "a" / "same.warc.gz", tmp_path / "b" / "same.warc.gz") as server:
        assert {each["title"] for each in listed(server)} == {"a", "b"}


def test_dates_and_names_that_are_odd(tmp_path: Path) -> None:
    dates = ("0001-01-01T00:00:00Z", "0999-12-31T20:00:00Z", "9999-12-31T20:00:00Z")
    pages = (page(f"http://a.test/{date}", date, "x", date) for date in dates)
    odd = tmp_path / f"{os.fsdecode(b'x')}\n\x1b[31m{os.fsdecode(bytes([255]))}.warc.gz"
    odd.write_bytes(gz(warcinfo(), *pages))
    growing = tmp_path / "b.warc.gz.open"
    growing.write_bytes(
        gz(warcinfo(), page("http://b.test/", "Dở dang", "x")) + gz(page("http://b.test/2", "y", "y"))[:50]
    )
    with replay_server(odd, growing) as server:
        assert {each["title"] for each in listed(server)} == {*dates, "Dở dang"}
        start_page = server.page()
        for year in ("<h3>1</h3>", "<h3>999</h3>", "<h3>1000</h3>", "<h3>9999</h3>"):
            assert (year in start_page) == (year != "<h3>999</h3>"), year
        links = {*re.findall(r'href="(/(?:article|source|day|captures)[^"]*)"', start_page)}
        assert len(links) >= 8
        for link in links:
            for more in re.findall(r'href="(/captures[^"]*)"', server.page(unescape(link))):
                assert (
                    "9999" in (shown := server.page(unescape(more)))
                    or "1000" in shown
                    or "0001" in shown
                    or "b.t" in more
                )
        said = server.command.said()
        assert "Traceback" not in said
        assert "\x1b" not in said
        assert server.command.said().count("\n") == 2, said


def test_files_that_change_while_they_are_shown(tmp_path: Path) -> None:
    """What has grown is served as it was; what has gone breaks the answer off, and is named in one line."""
    path = tmp_path / "a.warc.gz"
    large = record("response", response(os.urandom(24 << 20), HTML.encode()), warc_target_uri="http://a.test/large")
    path.write_bytes(gz(warcinfo(), page("http://a.test/", "Một", "x"), large))
    with replay_server(path) as server:
        player, key = server.player()
        address = f"{player}/wacz/{key}.wacz"
        with urlopen(address, timeout=60) as answer:
            whole = answer.read()
        with path.open("ab") as file:
            file.write(gz(page("http://a.test/2", "Hai", "x")))
        with urlopen(Request(address, headers={"Range": f"bytes=0-{len(whole) - 1}"}), timeout=60) as answer:
            assert answer.read() == whole
        with urlopen(Request(address, headers={"Range": "bytes=0-"}), timeout=60) as answer:
            answer.read(1)
            path.unlink()
            with pytest.raises(IncompleteRead):
                answer.read()
        wait_until("it is said", lambda: f"{path.name}: No such file" in server.command.said(), 30)
        assert "Traceback" not in server.command.said()


def zipped(*entries: tuple[str, bytes]) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as package:
        package.writestr("datapackage.json", "{}")
        for name, content in entries:
            package.writestr(name, content)
    return file.getvalue()


def test_of_a_package_all_is_shown_that_can_be_read(tmp_path: Path) -> None:
    sound = gz(warcinfo(), page("http://a.test/", "Lành", "x"))
    entries = [("archive/../../../evil.warc.gz", sound), (f"archive/{'lũ' * 200}.warc.gz", sound)]
    whole = zipped(*entries, ("archive/rotten.warc.gz", gz(page("http://b.test/", "Hỏng", "x"))))
    rotten = bytearray(whole)
    rotten[whole.rindex(b"rotten.warc.gz", 0, whole.index(b"PK\1\2")) + 40] ^= 0xFF
    (tmp_path / "a.wacz").write_bytes(rotten)
    with replay_server(tmp_path / "a.wacz") as server:
        assert [each["title"] for each in listed(server)] == ["Lành"]
        said = server.command.said()
    assert f"{tmp_path / 'a.wacz'}: rotten.warc.gz: Bad CRC-32" in said
    assert "Traceback" not in said


def test_a_page_that_takes_long_to_read_is_listed_without_its_text(tmp_path: Path) -> None:
    """A parser compares each attribute with all before it: this would take hours."""
    heavy = "<p " + " ".join(f"a{number}" for number in range(300_000)) + ">"
    large = "<p>cầu dân sinh</p>" * 5_000
    warc = gz(warcinfo(), page("http://a.test/", "Nặng", heavy), page("http://b.test/", "Dài", large))
    (tmp_path / "a.warc.gz").write_bytes(warc)
    with replay_server(tmp_path / "a.warc.gz") as server:
        assert {each["title"] for each in listed(server)} == {"http://a.test/", "Dài"}
        assert "1 article " in server.page("/search?q=cau+dan+sinh")
        assert "a.warc.gz: at " in server.command.said()
        assert "its text cannot be searched: it takes" in server.command.said()


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    """300 MB in 300 KB: as a package's file, and as a page's encoding."""
    with ZipFile(tmp_path / "a.wacz", "w", ZIP_DEFLATED) as package:
        package.writestr("datapackage.json", "{}")
        with package.open("archive/a.warc.gz", "w") as file:
            for _ in range(300):
                file.write(bytes(1 << 20))
    packed = compressobj(1, DEFLATED, 31)
    body = b"".join([*(packed.compress(bytes(1 << 20)) for _ in range(100)), packed.flush()])
    coded = response(body, (HTML + "Content-Encoding: gzip\r\n").encode())
    pages = (record("response", coded, warc_target_uri="http://a.test/"), page("http://b.test/", "Lành", "x"))
    (tmp_path / "b.warc.gz").write_bytes(gz(warcinfo(), *pages))
    with replay_server(tmp_path / "a.wacz", tmp_path / "b.warc.gz") as server:
        assert [each["title"] for each in listed(server)] == ["Lành"]
        said = server.command.said().splitlines()
    why = "the package cannot be read: it unpacks to over 200 times its size: nothing of it is read"
    assert f"replay: {tmp_path / 'a.wacz'}: {why}" in said
    assert any("b.warc.gz: at " in line for line in said)
    assert len(said) == 3, said
