"""`scrapy verify` over a data folder: what is found is named, and nothing else; exit status, output, processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from archive.http.exchange import Exchange
from archive.records.members import members
from archive.repair import repair
from newsbot.items import fields_of
from newsbot.replaying.rewriting import follow_moves
from newsbot.replaying.verification import Check
from tests.harness.commands import Done, run_scrapy
from tests.harness.connect_proxy import connect_proxy
from tests.harness.warc_making import chunked, collection, exchange, response, write
from tests.replica.request import Request
from tests.replica.server import Replica
from tests.replica.site import Reply
from tests.replica.sites import sites

ARTICLES = 4
Change = Callable[[Path], object]


def page(url: str, reply: Reply, after: int) -> Exchange:
    fields = "".join(f"{name}: {value}\r\n" for name, value in reply.headers)
    made = exchange("/", response(reply.body, f"HTTP/1.1 {reply.status} OK\r\n{fields}".encode()), after)
    made.url = url
    made.started = datetime(2026, 11, 22, 3, 4, after, tzinfo=UTC)
    return made


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a WARC file of some articles and their lines."""
    data = tmp_path_factory.mktemp("sound")
    site = next(site for site in sites(articles=12) if site.name == "baosonla")
    urls = [story.urls[0] for story in site.stories if story.kind == "article"][:ARTICLES]
    exchanges = []
    for number, url in enumerate(urls):
        parts = urlsplit(url)
        reply = site.reply(Request("GET", parts.scheme, parts.hostname or "", parts.path, parts.query))
        exchanges.append(page(url, reply, number))
    (data / "runs").mkdir()
    path = write(data, [*exchanges, exchange("/same", response(), 20), exchange("/again", response(), 21)])
    done = scrapy("rebuild", f"--output={data / 'articles'}", str(path), data=data)
    assert done.returncode == 0, done.stderr
    return data


@pytest.fixture
def data(sound: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(sound, tmp_path / "data"))


def scrapy(*arguments: str, data: Path) -> Done:
    return run_scrapy(*arguments, data=data)


def settings(data: Path) -> Settings:
    given = get_project_settings()
    given.set("DATA_DIR", str(data), "cmdline")
    return given


def rules(data: Path, jobs: int = 1) -> set[str]:
    return {finding.rule for finding in Check.of_folder(settings(data)).findings(jobs, lambda size: None)}


def warc(data: Path) -> Path:
    (path,) = (data / "warc").glob("*.warc.gz")
    return path


def manifest(data: Path) -> Path:
    return data / "manifest-sha256.txt"


def lines(data: Path) -> Path:
    (path,) = (data / "articles").rglob("*.jsonl")
    return path


def change_line(**given: object) -> Change:
    """Change fields of the first line; those of its capture are named with `capture_` in front."""

    def change(data: Path) -> None:
        first, *others = lines(data).read_text().splitlines()
        article = json.loads(first)
        for name, value in given.items():
            holder = article["capture"] if name.startswith("capture_") else article
            name = name.removeprefix("capture_")
            holder[name] = value(holder[name]) if callable(value) else value
        lines(data).write_text("\n".join([json.dumps(article, ensure_ascii=False), *others, ""]))

    return change


def change_lines(edit: Callable[[list[str]], list[str]]) -> Change:
    def change(data: Path) -> None:
        lines(data).write_text("".join(f"{line}\n" for line in edit(lines(data).read_text().splitlines())))

    return change


def older_schema(content: list[str]) -> list[str]:
    """The lines as the first version of the schema had them."""
    before = ({name: line[name] for name in fields_of(1)} | {"schema_version": 1} for line in map(json.loads, content))
    return [json.dumps(line, ensure_ascii=False) for line in before]


def pointing_at_each_other(content: list[str]) -> list[str]:
    first, second, *others = map(json.loads, content)
    first["duplicate_of"], second["duplicate_of"] = second["id"], first["id"]
    return [json.dumps(line, ensure_ascii=False) for line in (first, second, *others)]


def versions(*changes: str) -> Change:
    """Add versions of the first article, in files of other runs; the record shows none of them to be gone."""

    def change(data: Path) -> None:
        first = lines(data)
        article = json.loads(first.read_text().splitlines()[0])
        for number, change in enumerate(changes, 2):
            line = json.dumps(article | {"version": number, "change": change}, ensure_ascii=False)
            first.with_name(f"a-{9 - number}.jsonl").write_text(f"{line}\n")

    return change


def duplicate_of_an_open_line(data: Path) -> None:
    first = json.loads(lines(data).read_text().splitlines()[0])
    opened = lines(data).with_name("b.jsonl.open")
    opened.write_text(json.dumps(first | {"id": "yenmy:1"}) + '\n{"id": "yenmy')
    change_line(duplicate_of="yenmy:1")(data)


def flip(offset: int) -> Change:
    def change(data: Path) -> None:
        content = bytearray(warc(data).read_bytes())
        content[offset] ^= 1
        warc(data).write_bytes(content)

    return change


def cut_last_exchange(data: Path) -> None:
    last = [member.offset for member in members(warc(data)) if member.type == "request"][-1]
    os.truncate(warc(data), last)


def edit_index(edit: Callable[[list[bytes]], list[bytes]]) -> Change:
    def change(data: Path) -> None:
        index = collection(data).index
        index.add([warc(data).name], edit(list(index.lines())))

    return change


def damage_index(data: Path) -> None:
    (run,) = (data / "index").glob("*.cdxj")
    run.write_bytes(run.read_bytes()[:-1])


def shuffle_index(data: Path) -> None:
    (run,) = (data / "index").glob("*.cdxj")
    run.write_bytes(b"".join(reversed(run.read_bytes().splitlines(keepends=True))))


DAMAGES: dict[str, tuple[Change, set[str]]] = {
    "nothing": (lambda data: None, set()),
    "bit that matters to nobody": (flip(4), {"fixity", "gzip-form"}),
    "last exchange cut off": (cut_last_exchange, {"fixity", "index-extra"}),
    "file removed": (lambda data: warc(data).unlink(), {"file-missing", "line-capture"}),
    "file not indexed": (lambda data: collection(data).index.remove(warc(data).name), {"index-missing"}),
    "index lacks a line": (edit_index(lambda entries: entries[1:]), {"index-missing"}),
    "index has a line twice": (edit_index(lambda entries: [*entries, entries[0]]), {"index-extra"}),
    "index line changed": (
        edit_index(lambda entries: [entries[0].replace(b'"offset": "', b'"offset": "1'), *entries[1:]]),
        {"index-missing", "index-extra"},
    ),
    "index cut": (damage_index, {"index-order"}),
    "index shuffled": (shuffle_index, {"index-order"}),
    "line cut": (lambda data: os.truncate(lines(data), lines(data).stat().st_size - 1), {"line-form"}),
    "line without a field": (
        lambda data: lines(data).write_text(lines(data).read_text().replace('"sapo"', '"sapos"', 1)),
        {"line-form"},
    ),
    "line is not JSON": (lambda data: lines(data).write_text("{\n"), {"line-form"}),
    "capture at another record": (change_line(capture_offset=0), {"line-capture"}),
    "capture behind the file": (change_line(capture_offset=10**9), {"line-capture"}),
    "capture inside a record": (change_line(capture_offset=lambda offset: offset + 1), {"line-capture"}),
    "capture too long": (change_line(capture_length=lambda length: length + 1), {"line-capture"}),
    "capture with another id": (change_line(capture_record_id="<urn:uuid:1>"), {"line-capture"}),
    "capture with another digest": (change_line(capture_payload_digest="sha256:00"), {"line-capture"}),
    "line of another URL": (change_line(url=lambda url: f"{url}?"), {"line-capture"}),
    "line of another time": (change_line(fetched_at="2026-11-22T03:20:00.000000Z"), {"line-capture"}),
    "title changed": (change_line(title="Một tiêu đề khác"), {"line-content"}),
    "body changed by one letter": (change_line(body=lambda body: f"{body}a"), {"line-content"}),
    "line of another article": (change_line(id="baosonla:1"), {"line-content"}),
    "line of a source unknown": (change_line(source="baokhac"), {"line-content"}),
    "line of another reader": (change_line(title="Khác", reader_version="0"), {"line-reader"}),
    "line of an older schema": (change_lines(older_schema), set()),
    "line of a schema to come": (change_line(schema_version=99), {"line-form"}),
    "version without those before": (change_line(version=3, change="body"), {"line-version"}),
    "duplicate of nothing": (change_line(duplicate_of="yenmy:1"), {"line-duplicate"}),
    "duplicates of each other": (change_lines(pointing_at_each_other), {"line-duplicate"}),
    "line twice": (change_lines(lambda content: [*content, content[0]]), {"line-version"}),
    "removed again": (versions("removed", "removed"), {"line-content", "line-version"}),
    "restored, never removed": (versions("restored"), {"line-version"}),
    "removed, and changed": (versions("removed", "body"), {"line-content", "line-version"}),
    "sound history": (versions("headline", "removed", "restored", "metadata"), {"line-content"}),
    "duplicate of a line that is being written": (duplicate_of_an_open_line, set()),
    "manifest gone": (lambda data: manifest(data).unlink(), {"fixity-missing"}),
    "manifest empty": (lambda data: manifest(data).write_bytes(b""), {"fixity-missing"}),
    "manifest of random bytes": (
        lambda data: manifest(data).write_bytes(bytes(range(256)) * 4),
        {"fixity-missing", "manifest-line"},
    ),
    "manifest that contradicts itself": (
        lambda data: manifest(data).write_bytes(
            b"0" * 64 + manifest(data).read_bytes()[64:] + manifest(data).read_bytes()
        ),
        {"manifest-line"},
    ),
    "file not in the manifest": (lambda data: collection(data).manifest.remove(warc(data).name), {"fixity-missing"}),
    "ARC file in the folder": (
        lambda data: (data / "warc" / "a.arc.gz").write_bytes(
            b"filedesc://a.arc 0.0.0.0 20080430204825 text/plain 0\n"
        ),
        {"file-unchecked"},
    ),
    "folder in the folder": (lambda data: (data / "warc" / "a.warc.gz").mkdir(), {"file-unchecked"}),
    "file open": (lambda data: (data / "warc" / "a.warc.gz.open").write_bytes(b""), {"file-open"}),
    "torn tail": (lambda data: (data / "warc" / "a.warc.gz.torn").write_bytes(b"x"), {"file-torn"}),
}


@pytest.mark.parametrize(("damage", "expected"), DAMAGES.values(), ids=DAMAGES)
def test_damage_is_named(damage: Change, expected: set[str], data: Path) -> None:
    damage(data)
    assert rules(data) == expected


def test_original_of_revisit_lost(data: Path) -> None:
    """The file that holds a payload is gone: whatever refers to it is named."""
    write(data, [exchange("/third", response(), 40)])
    assert rules(data) == set()
    first = sorted((data / "warc").iterdir())[0]
    collection(data).remove(first.name)
    first.unlink()
    shutil.rmtree(data / "articles")
    assert rules(data) == {"revisit-unresolved"}


def test_original_of_revisit_in_the_collection(data: Path) -> None:
    """A single file is checked: the index says where its originals are."""
    path = write(data, [exchange("/third", response(), 40)])
    assert "revisit" in {member.type for member in members(path)}
    assert not list(Check.of_files(settings(data), [path]).findings(1, lambda size: None))


def test_lines_follow_a_repaired_file(data: Path) -> None:
    """A record is torn: all behind it move, and the lines with them; the torn one's own line is found."""
    path = warc(data)
    torn = [member for member in members(path) if member.type == "response"][1]
    content = path.read_bytes()
    path.write_bytes(content[: torn.offset + 50] + content[torn.offset + torn.length :])
    repair(path)
    collection(data).add(path, changed=True)
    (lines,) = (data / "articles").rglob("*.jsonl")
    before = lines.read_text().splitlines()
    follow_moves(data / "articles", path)
    assert sum(map(str.__ne__, before, lines.read_text().splitlines())) == ARTICLES - 2
    found = list(Check.of_folder(settings(data)).findings(1, lambda size: None))
    assert {finding.rule for finding in found if not finding.is_note} == {"concurrent-link", "line-capture"}
    assert len(found) == 3
    (note,) = [finding for finding in found if finding.is_note]
    assert (note.file, note.rule) == (f"{path.name}.orig", "file-unchecked")


def test_manifest_is_one_of_sha256sum(data: Path) -> None:
    done = subprocess.run(["sha256sum", "-c", "manifest-sha256.txt"], cwd=data, capture_output=True, check=False)
    assert done.returncode == 0
    flip(4)(data)
    done = subprocess.run(["sha256sum", "-c", "manifest-sha256.txt"], cwd=data, capture_output=True, check=False)
    assert done.returncode == 1


@pytest.mark.parametrize("wrong", [{"version": 2}, {"change": "body"}, {"change": "old"}, {"version": True}])
def test_version_and_change_belong_together(wrong: dict[str, Any], data: Path) -> None:
    first, *others = lines(data).read_text().splitlines()
    changed = json.dumps(json.loads(first) | wrong, ensure_ascii=False, separators=(",", ":"))
    lines(data).write_text("\n".join([changed, *others, ""]))
    (finding,) = Check.of_files(settings(data), [lines(data)]).findings(1, lambda size: None)
    assert (finding.rule, finding.offset) == ("line-form", 0)
    assert "of an article cannot be" in finding.message


def test_a_manifest_that_an_editor_saved_keeps_its_last_line(tmp_path: Path) -> None:
    """Only a line that a crash cut short is written over; `sha256sum` goes on reading all."""
    first = write(tmp_path, [exchange("/", response())])
    manifest = tmp_path / "manifest-sha256.txt"
    known = manifest.read_text()
    manifest.write_text(known.rstrip("\n"))
    flip(40)(tmp_path)
    archive = collection(tmp_path)
    archive.manifest.add(first)
    assert manifest.read_text().strip() == known.strip()
    second = first.with_name("b.warc.gz")
    shutil.copy(first, second)
    archive.manifest.add(second)
    assert manifest.read_text().startswith(known)
    assert len(archive.manifest.digests()) == 2
    manifest.write_text(manifest.read_text().rstrip("\n"))
    archive.manifest.remove(first.name)
    assert set(archive.manifest.digests()) == {second.name}
    manifest.write_text(manifest.read_text()[:-5])
    archive.manifest.add(second)
    assert set(archive.manifest.digests()) == {second.name}
    assert not list(archive.manifest.faults())


def test_a_manifest_that_cannot_be_read_is_no_usage(data: Path) -> None:
    (data / "manifest-sha256.txt").unlink()
    (data / "manifest-sha256.txt").mkdir()
    done = scrapy("verify", data=data)
    assert (done.returncode, "usage" in done.stderr.lower()) == (3, False)
    assert "manifest-sha256.txt: Is a directory: not all was checked" in done.stderr
    assert "files of lines: not all was checked (" in done.stdout
    assert "faults" not in done.stdout


def test_processes_find_the_same(data: Path) -> None:
    shutil.copy(lines(data), lines(data).with_name("twice.jsonl"))
    for number in range(3):
        write(data, [exchange(f"/{number}", chunked(), 40 + number)])
    path = sorted((data / "warc").iterdir())[1]
    path.write_bytes(path.read_bytes()[:-9])
    found = {}
    for jobs in (1, 3):
        check, steps = Check.of_folder(settings(data)), [0]
        found[jobs] = [str(finding) for finding in check.findings(jobs, steps.append)]
        assert sum(steps) == check.size
    assert found[1] == found[3]
    assert len(found[1]) >= 2


def test_command_finds_nothing(data: Path) -> None:
    done = scrapy("verify", data=data)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 WARC files with 20 records, 1 files of lines: no faults, no notes (")


def test_command_names_findings(data: Path) -> None:
    flip(4)(data)
    done = scrapy("verify", str(warc(data)), data=data)
    assert done.returncode == 1
    first = done.stdout.splitlines()[0]
    assert first.startswith(f"{warc(data).name}:0: ")
    report: dict[str, Any] = json.loads(scrapy("verify", "--json", str(warc(data)), data=data).stdout)
    assert report["faults"] == len(report["findings"]) == 2
    assert set(report["findings"][0]) == {"file", "offset", "rule", "message", "note"}


def test_one_line_a_rule_and_file(data: Path) -> None:
    """With a count; `--all` prints each finding."""
    lines(data).write_text(lines(data).read_text().replace('"sapo"', '"sapos"'))
    done = scrapy("verify", data=data)
    assert done.returncode == 1
    assert next(line for line in done.stdout.splitlines() if "line-form" in line).endswith(f"({ARTICLES} times)")
    assert done.stdout.count(f"{lines(data).name}:") == 1
    assert scrapy("verify", "--all", data=data).stdout.count(f"{lines(data).name}:") == ARTICLES


def test_files_that_are_not_checked_are_called_what_they_are(data: Path) -> None:
    kinds = {
        "a.arc": (b"filedesc://a.arc 0.0.0.0 20080430204825 text/plain 0\n", "ARC"),
        "a.warc.zst": (b"\x28\xb5\x2f\xfd", "zstd-compressed"),
        "a.wacz": (b"PK\x03\x04" + bytes(26) + b"datapackage.json", "a WACZ package"),
        "index.html": (b"<!DOCTYPE html>", "an HTML or XML document"),
        "a.warc.gz.orig": (b"", "a file as it was before `scrapy repair`"),
        "empty": (b"", "empty"),
    }
    for name, (content, _) in kinds.items():
        (data / "warc" / name).write_bytes(content)
    done = scrapy("verify", data=data)
    assert done.returncode == 0
    for name, (_, kind) in kinds.items():
        assert f"{name}:0: file-unchecked: {kind}" in done.stdout


def test_loss_is_acknowledged(data: Path) -> None:
    """A loss that was signed off is said, but is no fault any more; the next one is."""
    path = warc(data)
    torn = [member for member in members(path) if member.type == "response"][1]
    content = path.read_bytes()
    path.write_bytes(content[: torn.offset + 50] + content[torn.offset + torn.length :])
    assert scrapy("repair", str(path), data=data).returncode == 1
    assert scrapy("verify", data=data).returncode == 1
    signing = ["verify", "--acknowledge", f"warc/{path.name}", "--by", "Lan", "--reason", "disk of 2026-11-20"]
    done = scrapy(*signing, data=data)
    assert (done.returncode, done.stderr) == (0, "verify: 2 faults signed off, 0 left\n")
    done = scrapy("verify", data=data)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("(signed off by Lan on ") == 2
    assert "line-capture: " in done.stdout
    assert done.stdout.count("disk of 2026-11-20") == 2
    flip(4)(data)
    done = scrapy("verify", data=data)
    assert done.returncode == 1
    assert "fixity: " in done.stdout
    (data / "acknowledged.jsonl").write_bytes(b"{}\n")
    assert "acknowledged.jsonl:0: manifest-line" in scrapy("verify", data=data).stdout


@pytest.mark.parametrize("options", [["--by=Lan"], ["--reason=disk"], ["--by= ", "--reason=disk"]])
def test_nobody_signs_off_without_name_and_reason(options: list[str], tmp_path: Path) -> None:
    assert scrapy("verify", "--acknowledge=a.warc.gz", *options, data=tmp_path).returncode == 2


def test_nothing_to_sign_off(data: Path) -> None:
    name = warc(data).name
    done = scrapy("verify", f"--acknowledge={name}", "--by=Lan", "--reason=disk", data=data)
    assert done.returncode == 0
    assert done.stderr.splitlines()[0] == f"verify: no fault is of {name}: nothing to sign off"
    assert not (data / "acknowledged.jsonl").exists()


@pytest.mark.parametrize("name", ["a.warc.gz", "", "the end of one"])
def test_a_slip_of_the_pen_is_said_before_anything_is_checked(data: Path, name: str) -> None:
    name = warc(data).name[1:] if " " in name else name
    done = scrapy("verify", f"--acknowledge={name}", f"--acknowledge={warc(data)}", "--by=Lan", "--reason=x", data=data)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"newsbot: verify: --acknowledge: no file is called {name!r}, nor was one\n"


@pytest.mark.parametrize("keeper", ["manifest", "lines", "index"])
def test_a_lost_file_is_known_by_what_is_kept_about_it(data: Path, keeper: str) -> None:
    (path := warc(data)).unlink()
    if keeper != "manifest":
        (data / "manifest-sha256.txt").unlink()
    if keeper != "index":
        shutil.rmtree(data / "index")
    if keeper != "lines":
        shutil.rmtree(data / "articles")
        (data / "articles" / "yenmy").mkdir(parents=True)
    done = scrapy("verify", f"--acknowledge={path.name}", "--by=Lan", "--reason=disk", data=data)
    assert done.returncode == 0, done.stderr
    assert " faults signed off, 0 left" in done.stderr


def test_notes_do_not_count(data: Path) -> None:
    (data / "warc" / "a.warc.gz.torn").write_bytes(b"x")
    done = scrapy("verify", data=data)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].endswith("(note)")


@pytest.mark.parametrize("arguments", [["none.warc.gz"], ["--jobs=0"], ["--jobs=x"]])
def test_command_usage(arguments: list[str], tmp_path: Path) -> None:
    assert scrapy("verify", *arguments, data=tmp_path).returncode == 2


def test_file_of_wget(tmp_path: Path) -> None:
    """GNU wget writes URIs in brackets, and digests over chunks; nothing else is wrong with its files."""
    wget = shutil.which("wget")
    if wget is None:
        pytest.skip("wget is not installed: `make test` installs it")
    with Replica(articles=ARTICLES) as replica, connect_proxy(replica.http_port, replica.https_port) as port:
        urls = ["https://baosonla.vn/", "https://baohaiduong.vn/", "https://yenmy.hungyen.gov.vn/"]
        proxy = f"http://127.0.0.1:{port}/"
        subprocess.run(
            [
                wget,
                "--quiet",
                "--warc-file=wget",
                "--output-document=pages",
                f"--ca-certificate={replica.ca_file}",
                *urls,
            ],
            cwd=tmp_path,
            env=os.environ | {"http_proxy": proxy, "https_proxy": proxy},
            check=False,
            timeout=60,
        )
    found = list(Check.of_files(settings(tmp_path), [tmp_path / "wget.warc.gz"]).findings(1, lambda size: None))
    assert {finding.rule for finding in found} == {"uri-brackets-old", "payload-digest-framing"}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_is_named_twice_is_checked_once(sound: Path, jobs: str) -> None:
    other = lines(sound).parent / ".." / lines(sound).parent.name / lines(sound).name
    done = scrapy(
        "verify", "--jobs", jobs, *map(str, (lines(sound), lines(sound), other, warc(sound), warc(sound))), data=sound
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("1 WARC files with ")
    assert "records, 1 files of lines: no faults" in done.stdout
