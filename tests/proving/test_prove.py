"""`scrapy prove`: every line is proven from its record and the signed chain, and nothing that was tampered with is."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from archive.chain.entry import Entry, canonical, head_of, statement
from archive.chain.signing import SigningKey
from archive.chain.tree import tree_root
from newsbot.configuration.folders import collection
from newsbot.proving.bundle_check import NoBundleError, check_bundle
from newsbot.proving.finding import NoLineError, find
from newsbot.proving.proof import Proof, Prover
from tests.harness.chained import article_page, chain, line_files, settings
from tests.harness.commands import Done, command_line, run_scrapy, said_by
from tests.harness.forged_package import repacked
from tests.harness.replayweb import replayweb
from tests.harness.warc_making import write
from tests.project import ROOT

#: The head of a gzip member, without and with the time of which nothing depends.
_NO_TIME, _SOME_TIME = (b"\x1f\x8b\x08\x00" + bytes([time, 0, 0, 0]) for time in (0, 1))


@pytest.fixture
def data(chained_archive: Path, tmp_path: Path) -> Path:
    """A copy to tamper with."""
    return Path(shutil.copytree(chained_archive, tmp_path / "data"))


@pytest.fixture(scope="module")
def bundle(chained_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package that proves that an article is gone."""
    path = tmp_path_factory.mktemp("bundle") / "proof.wacz"
    done = prove(chained_archive, changed_id(chained_archive), "--bundle", str(path))
    assert done.returncode == 0, done.stderr
    return path


def prove(data: Path, *words: str) -> Done:
    return run_scrapy("prove", *words, data=data)


def lines_in(data: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every line of an archive, with its place."""
    texts = [(path, path.read_text().splitlines()) for path in line_files(data)]
    return [(f"{path}:{number}", json.loads(text)) for path, lines in texts for number, text in enumerate(lines, 1)]


def changed_id(data: Path) -> str:
    """The article that was new, changed, and gone."""
    return str(lines_in(data)[-1][1]["id"])


def proof(data: Path, order: str, version: int | None = None) -> Proof:
    return Prover(settings(data)).prove(find(order, version, data / "articles", lambda url: []))


def failed(found: Proof) -> set[str]:
    return {check.name for check in found.checks if check.holds is False}


def test_every_line_is_proven(chained_archive: Path) -> None:
    lines = lines_in(chained_archive)
    assert [line["change"] for _, line in lines].count("new") == 3
    assert [line["change"] for _, line in lines][3:] == ["headline", "removed"]
    for place, line in lines:
        found = proof(chained_archive, place)
        assert failed(found) == set(), found.checks
        assert found.is_proven
        assert found.capture["ip"] == "127.0.0.1"
        assert re.fullmatch("[0-9a-f]{64}", found.capture["tls-certificate-sha256"])
        assert bool(found.fields) == (line["change"] != "removed")


def test_each_field_names_its_place_on_the_page(chained_archive: Path) -> None:
    place, line = lines_in(chained_archive)[0]
    fields = {field.name: field for field in proof(chained_archive, place).fields}
    assert (fields["title"].step, fields["title"].place, fields["title"].text) == ("layout", "h1", line["title"])
    assert fields["published_at"].text == line["published_raw"]
    assert fields["authors"].place == "inside div.fulltext"
    assert line["authors"][0] in fields["authors"].text
    assert fields["url"].place == "WARC-Target-URI"


def test_a_terminal_without_vietnamese_letters_gets_the_rest(chained_archive: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "NEWSBOT_DATA": str(chained_archive)}
    words = command_line("prove", changed_id(chained_archive), "--version", "2")
    done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u1" in done.stdout


def test_an_article_is_named_in_many_ways(chained_archive: Path) -> None:
    key, lines = changed_id(chained_archive), lines_in(chained_archive)
    last = lines[-1][1]
    name, number = Path(lines[-1][0]).name.split(":")
    for order in (key, last["url"], f"{name}:{number}", lines[-1][0], json.dumps(last)):
        done = prove(chained_archive, order)
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, f"{key}, version 3: proven"), done.stderr
    done = prove(chained_archive, key, "--version", "2", "--json")
    told = json.loads(done.stdout)
    assert (told["proven"], told["version"], told["versions"]) == (True, 2, [1, 2, 3])
    assert told["line"]["change"] == "headline"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{", '{"title":"Forged",', "the archive has no such line: it has the field 'title' twice"),
        ('"capture":{', '"capture":{"file":"x",', "the archive has no such line: it has the field 'file' twice"),
        ('"version":3', '"version":3.0', "the archive has no line that says this, value for value"),
        ('"noarchive":false', '"noarchive":0', "the archive has no line that says this, value for value"),
        ('"version":3', '"version":3e0', "the archive has no line that says this, value for value"),
        ('"id":', '"more":1e999,"id":', "the archive has no line that says this, value for value"),
        ('"id":', '"more":NaN,"id":', "the archive has no line that says this, value for value"),
    ],
)
def test_a_text_that_is_given_is_the_line_value_for_value(
    chained_archive: Path, tmp_path: Path, old: str, new: str, said: str
) -> None:
    text = line_files(chained_archive)[-1].read_text()
    content = json.loads(text)
    spaced = json.dumps(dict(reversed(content.items())), indent=1)
    assert proof(chained_archive, spaced).is_proven
    assert text.count(old) >= 1
    (tmp_path / "elsewhere.jsonl").write_text(forged := text.replace(old, new, 1))
    for order in (forged, f"{tmp_path / 'elsewhere.jsonl'}:1"):
        with pytest.raises(NoLineError, match=re.escape(said)):
            proof(chained_archive, order)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["{id}", "--version", "4"], 1, "prove: {id}: there is no version 4, but 1, 2, 3"),
        (["baosonla:nothing"], 1, "prove: baosonla:nothing: the archive has no line of it"),
        (["bao_sonla:7"], 1, "prove: bao_sonla:7: the archive has no line of it"),
        (["{forged}"], 1, "prove: {id}: the archive has no line that says this"),
        (['{{"id":"../articles/baosonla:1"}}'], 1, "prove: ../articles/baosonla:1: the archive has no line"),
        (['{{"id":"\\ud83c:\\ud83c"}}'], 1, "the archive has no line that says this"),
        (["generic:https://example.org/"], 1, "prove: generic:https://example.org/: the archive has no line of it"),
        (["nothing"], 2, "'nothing' is no article id, no address, no FILE.jsonl:NUMBER and no line"),
        (["https://example.org/"], 2, "https://example.org/ is not the address of an article of any source"),
        (["{file}:99"], 2, "has no line 99"),
        (["nowhere.jsonl:1"], 2, "there is no file nowhere.jsonl"),
        (["nowhere/*.jsonl:1"], 2, "there is no file nowhere/*.jsonl"),
        ([], 2, "name one article or line"),
        (["{id}", "--expect-key", "{zeros}"], 1, ""),
        (["{id}", "--expect-root", "{zeros}"], 1, ""),
    ],
)
def test_what_cannot_be_proven_ends_with_a_status(
    chained_archive: Path, words: list[str], status: int, said: str
) -> None:
    line = lines_in(chained_archive)[-1][1]
    forged = json.dumps(line | {"title": "Another"})
    given = {"id": line["id"], "file": str(line_files(chained_archive)[0]), "zeros": "0" * 64}
    done = prove(chained_archive, *(forged if word == "{forged}" else word.format(**given) for word in words))
    assert done.returncode == status, done.stdout + done.stderr
    assert said.format(**given) in done.stderr


def edit_line(data: Path, **changes: Any) -> None:
    """Change the first line, and sign the whole chain anew with the archive's own key: its content alone is wrong."""
    path = line_files(data)[0]
    first, *others = path.read_text().splitlines()
    line = json.dumps(json.loads(first) | changes, ensure_ascii=False, separators=(",", ":"))
    before = path.read_bytes()
    path.write_text("\n".join([line, *others, ""]))
    sign(data, {digest(before): digest(path.read_bytes())})


def digest(content: bytes) -> str:
    return head_of(content)  # which is its SHA-256


def sign(data: Path, digests: dict[str, str]) -> None:
    key, previous, lines = SigningKey.kept_in(chain(data).key_path), "0" * 64, []
    for _, line in list(chain(data).lines()):
        text = line.decode()
        for old, new in digests.items():
            text = text.replace(old, new)
        content = json.loads(text)
        about, *claims = content["leaves"]
        entry = Entry.read(line)
        changed = [type(claim).of_json(leaf) for claim, leaf in zip(entry.claims(), claims, strict=True)]
        lines.append(Entry.signed(about, changed, previous, key).line())
        previous = head_of(lines[-1])
    chain(data).path.write_bytes(b"".join(line + b"\n" for line in lines))
    shutil.rmtree(data / "runs")
    (data / "README.md").unlink()


@pytest.mark.parametrize(
    ("changes", "fails"),
    [
        ({}, set()),
        ({"title": "Another"}, {"reading"}),
        ({"published_at": "2020-01-01"}, {"reading"}),
        ({"url": "https://baosonla.vn/a-aB3dE5fG7.html"}, {"capture", "reading"}),
        ({"fetched_at": "2020-01-01T00:00:00Z"}, {"capture", "reading"}),
        ({"version": 2, "change": "body"}, {"version"}),
        ({"duplicate_of": "baosonla:none"}, {"duplicate"}),
        ({"duplicate_of": "../articles/baosonla:none"}, {"duplicate"}),
        ({"duplicate_of": 5}, {"duplicate"}),
        ({"source": "nobody"}, {"reading"}),
        ({"change": "gone"}, {"line"}),
    ],
)
def test_a_forged_line_that_is_signed_is_not_what_its_record_gives(
    data: Path, changes: dict[str, Any], fails: set[str]
) -> None:
    edit_line(data, **changes)
    assert failed(proof(data, f"{line_files(data)[0]}:1")) == fails


@pytest.mark.parametrize("file", ["../chain/entries.jsonl", "a\0b", "", "\ud83c"])
def test_a_line_whose_capture_is_in_no_file_of_the_archive_is_none(data: Path, file: str) -> None:
    _, line = lines_in(data)[0]
    forged = json.dumps(line | {"capture": line["capture"] | {"file": file}}, separators=(",", ":"))
    line_files(data)[0].write_text(f"{forged}\n")
    place = f"{line_files(data)[0]}:1"
    (check,) = proof(data, place).checks
    assert check.says == f"it is no article line: its capture cannot be in a file called {file!r}"


def test_a_line_of_a_host_that_no_source_knows_is_read_again(tmp_path: Path) -> None:
    warc = write(tmp_path, [article_page("https://xa.test/tin/lua-mua.html", "Lúa mùa", 1)])
    said_by("rebuild", "--all", f"--output={tmp_path / 'articles'}", warc, data=tmp_path)
    ((place, line),) = lines_in(tmp_path)
    assert line["source"] == "generic"
    for order in (place, line["id"]):
        found = {check.name: check.holds for check in proof(tmp_path, order).checks}
        assert found["reading"], found


def test_versions_are_held_against_each_other(data: Path) -> None:
    edit_line(data, title="Another", content_digest="sha256:" + "0" * 64)
    assert failed(proof(data, changed_id(data), 2)) == set()
    other = Path(shutil.copytree(data, data.with_name("other")))
    line_files(other)[1].unlink()
    assert "version" in failed(proof(other, changed_id(data)))


def test_what_is_behind_the_line_is_looked_at(data: Path) -> None:
    place, line = lines_in(data)[0]
    warcs = collection(settings(data))
    warcs.index.clear()
    assert failed(proof(data, place)) == {"index"}
    (data / "warc" / line["capture"]["file"]).unlink()
    assert failed(proof(data, place)) >= {"WARC file", "capture"}
    shutil.rmtree(data / "chain")
    assert failed(proof(data, place)) >= {"chain", "signature", "lines", "WARC file"}


def test_a_package_proves_its_line_without_the_archive(chained_archive: Path, bundle: Path, tmp_path: Path) -> None:
    done = run_scrapy("prove", str(bundle), data=tmp_path / "nowhere")
    assert done.returncode == 0, done.stdout + done.stderr
    key = SigningKey.kept_in(chain(chained_archive).key_path).public
    found = check_bundle(bundle, settings(tmp_path), key=key)
    assert found.is_proven
    assert {check.name for check in found.checks} >= {"signature", "key", "lines", "record", "in its file", "reading"}
    assert all(check.holds for check in found.checks)
    assert failed(check_bundle(bundle, settings(tmp_path), key="0" * 64)) == {"key"}
    with ZipFile(bundle) as package:
        assert json.loads(package.read("datapackage.json"))["mainPageUrl"] == found.line.content["url"]
        assert not any(b"PRIVATE" in package.read(name) for name in package.namelist())


def test_a_package_opens_in_a_player(chained_archive: Path, tmp_path: Path) -> None:
    _, line = lines_in(chained_archive)[0]
    path = tmp_path / "proof.wacz"
    assert prove(chained_archive, line["id"], "--version", "1", "--bundle", str(path)).returncode == 0
    with replayweb(path) as player:
        assert line["body"].split("\n")[0] in player.text(line["url"], line["fetched_at"])


def test_what_came_so_from_its_site_is_no_fault_of_the_record(tmp_path: Path) -> None:
    url = "https://baosonla.vn/kinh-te/lua-mua-aB3dE5fG7.html"
    warc = write(tmp_path, [article_page(url, "Lúa mùa", 1, packed=True)])
    said_by("rebuild", f"--output={tmp_path / 'articles'}", warc, data=tmp_path)
    said_by("recover", "baosonla", data=tmp_path)
    assert failed(proof(tmp_path, "baosonla:aB3dE5fG7")) == set()


def test_the_package_of_a_line_that_is_not_proven_says_so(chained_archive: Path, tmp_path: Path) -> None:
    shutil.copytree(chained_archive, data := tmp_path / "data")
    place, line = lines_in(data)[0]
    path = Path(place.rpartition(":")[0])
    path.write_text(path.read_text().replace(line["title"], f"{line['title']}!", 1))
    done = prove(data, f"{path}:1", "--bundle", str(tmp_path / "proof.wacz"))
    checked = prove(tmp_path, str(tmp_path / "proof.wacz"))
    assert [done.returncode, checked.returncode] == [1, 1], done.stderr + checked.stderr
    assert "NO lines: " in done.stdout
    assert "NO lines: " in checked.stdout


@pytest.mark.parametrize(
    ("changes", "holds_record"),
    [
        ({"pages": [{"url": "https://baosonla.vn/2"}]}, True),
        ({"capture": None}, False),
        ({"capture": {"file": "a.warc.gz", "offset": "abc", "record_id": "<urn:x:1>"}}, False),
        ({"capture": {"file": "a.warc.gz", "offset": -(1 << 64), "record_id": "<urn:x:1>"}}, False),
        ({"capture": {"file": "a.warc.gz", "offset": 0, "record_id": "<urn:x:1>"}}, False),
        ({"capture": {"file": "../a", "offset": 0, "record_id": "<urn:x:1>"}}, False),
        ({"title": 5, "fetched_at": None, "duplicate_of": []}, True),
        ({"id": "../a:1", "version": None}, True),
        ({"url": ...}, True),
    ],
)
def test_a_line_that_is_damaged_gets_a_package_of_what_there_is(
    data: Path, tmp_path: Path, changes: dict[str, Any], holds_record: bool
) -> None:
    _, line = lines_in(data)[0]
    damaged = {name: value for name, value in {**line, **changes}.items() if value is not ...}
    line_files(data)[0].write_text(json.dumps(damaged) + "\n")
    said = packed_and_checked(data, f"{line_files(data)[0]}:1", tmp_path / "proof.wacz")
    assert "NO line: it is no article line" in said or "NO record" in said or "NO capture" in said or "NO lines" in said
    with ZipFile(tmp_path / "proof.wacz") as package:
        assert any(name.startswith("archive/") for name in package.namelist()) == holds_record


def packed_and_checked(data: Path, place: str, package: Path) -> str:
    """Pack a line that is not proven, and check the package elsewhere; returns what the check has printed."""
    packed, checked = prove(data, place, "--bundle", str(package)), prove(package.parent, str(package))
    for done in (packed, checked):
        assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
        assert done.stdout.endswith("NOT proven\n")
    assert f"{package}: {package.stat().st_size} bytes" in packed.stderr
    assert checked.stderr == ""
    return checked.stdout


def test_a_line_whose_record_cannot_be_read_gets_a_package(data: Path, tmp_path: Path) -> None:
    """Its place is wrong; its file is cut off in the middle of it; its file is gone, with the signed chain."""
    place, line = lines_in(data)[0]
    warc, lines = data / "warc" / line["capture"]["file"], line_files(data)[0]
    before = lines.read_bytes()
    offset = f'"offset":{line["capture"]["offset"]}'
    lines.write_bytes(before.replace(offset.encode(), offset.replace(":", ":1").encode(), 1))
    assert "the package has no record" in packed_and_checked(data, place, tmp_path / "1.wacz")
    lines.write_bytes(before)
    os.truncate(warc, line["capture"]["offset"] + 50)
    assert "the package has no record" in packed_and_checked(data, place, tmp_path / "2.wacz")
    warc.unlink()
    shutil.rmtree(data / "chain")
    said = packed_and_checked(data, place, tmp_path / "3.wacz")
    assert "the package has no record" in said and "signed by nobody" in said


def test_a_package_that_cannot_be_written_is_none(chained_archive: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = prove(chained_archive, changed_id(chained_archive), "--bundle", str(tmp_path / "file" / "proof.wacz"))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "prove: no package: " in done.stderr


def test_a_file_on_a_disk_that_is_away_is_said_to_be_there(data: Path, tmp_path: Path) -> None:
    place, line = lines_in(data)[0]
    old, name = tmp_path / "usb", line["capture"]["file"]
    said_by("retire", "--before=2027-01-01", f"--to={old}", "--by=Lan", "--yes", data=data)
    assert failed(proof(data, place)) <= {"index"}
    for fate in ("where it is not", "which is not there"):
        if (old / "warc" / name).exists():
            (old / "warc" / name).unlink()
        else:
            shutil.rmtree(old)
        done = prove(data, place, "--bundle", str(tmp_path / "proof.wacz"), "--force")
        assert done.returncode == 1
        expected = rf"{name} was moved to {old}/warc on \d{{4}}-\d\d-\d\d, {fate}"
        assert re.search(f"NO WARC file: {expected}", done.stdout)
        assert re.search(f"NO capture: {expected}", done.stdout)
        assert re.search(expected, done.stderr)
        assert "Errno" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("parts", "old", "new", "fails"),
    [
        ((), b"", b"", set()),
        (("articles/", "proof/line"), b'"language":"vi"', b'"language":"en"', {"lines"}),
        (("chain/entries.jsonl",), b'"kind":"run"', b'"kind":"ran"', None),
        (("chain/public-key.pem",), b"A", b"B", {"key"}),
        (("proof/records.json",), b'"number": ', b'"number": 1', {"in its file"}),
        (("archive/",), _NO_TIME, _SOME_TIME, {"in its file"}),
        (("proof/records.json",), b'"record_id"', b'"another_id"', {"in its file"}),
        (("proof/records.json",), b'"records": ', b'"records": 1' + b"0" * 999, {"in its file"}),
        (("proof/records.json",), b'"number": ', b'"number": Infinity, "was": ', {"in its file"}),
    ],
)
def test_a_forged_package_proves_nothing(
    bundle: Path, tmp_path: Path, parts: tuple[str, ...], old: bytes, new: bytes, fails: set[str] | None
) -> None:
    def edit(name: str, content: bytes) -> bytes:
        return content.replace(old, new) if name.startswith(parts) else content

    forged = repacked(bundle, tmp_path / "forged.wacz", edit)
    if fails is None:
        with pytest.raises(NoBundleError):
            check_bundle(forged, settings(tmp_path))
    else:
        assert failed(check_bundle(forged, settings(tmp_path))) == fails


def test_a_package_shows_that_its_record_is_in_the_file_of_the_line(bundle: Path, tmp_path: Path) -> None:
    """Entries that do not speak of the file, or a place in another, leave a record that somebody else has made."""

    def only_lines(name: str, content: bytes) -> bytes:
        if name != "chain/entries.jsonl":
            return content
        return b"".join(line for line in content.splitlines(keepends=True) if b'"warc/' not in line)

    def elsewhere(name: str, content: bytes) -> bytes:
        return content.replace(b'"warc/', b'"warc/x') if name == "proof/records.json" else content

    for number, edit in enumerate((only_lines, elsewhere)):
        found = check_bundle(repacked(bundle, tmp_path / f"{number}.wacz", edit), settings(tmp_path))
        assert failed(found) & {"signature", "in its file"}


def test_a_package_with_two_files_of_one_name_is_none(bundle: Path, tmp_path: Path) -> None:
    double = Path(shutil.copy(bundle, tmp_path / "double.wacz"))
    with ZipFile(double, "a") as package, pytest.warns(UserWarning, match="Duplicate name"):
        package.writestr("proof/line.jsonl", package.read("proof/line.jsonl"))
    with pytest.raises(NoBundleError, match="two files of one name"):
        check_bundle(double, settings(tmp_path))


@pytest.mark.parametrize("name", ["proof/line.jsonl", "chain/entries.jsonl", "datapackage.json"])
def test_a_package_that_unpacks_to_too_much_is_not_read(bundle: Path, tmp_path: Path, name: str) -> None:
    with ZipFile(bundle) as old, ZipFile(tmp_path / "bomb.wacz", "w", ZIP_DEFLATED) as new:
        for each in old.namelist():
            content = old.read(each)
            new.writestr(each, content + b" " * (1 << 25) if each == name else content)
    with pytest.raises(NoBundleError, match="bytes"):
        check_bundle(tmp_path / "bomb.wacz", settings(tmp_path))


def test_an_entry_whose_tree_is_not_its_own_hides_nothing(data: Path) -> None:
    """Though it is signed, and followed by a sound one."""
    place, _ = lines_in(data)[0]
    archive = chain(data)
    name = f"articles/{line_files(data)[0].parent.name}/{line_files(data)[0].name}"
    key, head, lines = SigningKey.kept_in(archive.key_path), archive.head(), archive.path.read_bytes()
    content = {"leaves": [{"entry": 4}, {"file": name, "sha256": "0" * 64}], "tree": "0" * 64, "previous": head.root}
    signature = key.sign(statement(head.root, "0" * 64))
    archive.path.write_bytes(lines + canonical(content | {"key": key.public, "signature": signature}) + b"\n")
    archive.append({"kind": "run"}, [])
    assert "chain" in failed(proof(data, place))


def test_an_entry_that_says_nothing_of_a_file_is_none(data: Path) -> None:
    place, _ = lines_in(data)[0]
    key, lines = SigningKey.kept_in(chain(data).key_path), [line for _, line in chain(data).lines()]
    entry = Entry.read(lines[0])
    leaves = [*entry.leaves[1:], {"sha256": "0" * 64}]
    tree = tree_root([canonical(leaf) for leaf in (entry.about, *leaves)]).hex()
    signature = key.sign(statement(entry.previous, tree))
    wrong = Entry([entry.about, *leaves], entry.previous, key.public, signature).line()
    chain(data).path.write_bytes(wrong + b"\n")
    assert failed(proof(data, place)) >= {"chain", "signature", "lines", "WARC file"}


def test_acknowledgements_that_count_are_those_that_were_signed(data: Path) -> None:
    """Somebody gives the archive another key, and signs off that the chain goes on with it."""
    place, _ = lines_in(data)[0]
    key = SigningKey.kept_in(chain(data).key_path).public
    chain(data).key_path.unlink()
    other = SigningKey.kept_in(chain(data).key_path)
    lines = [line for _, line in chain(data).lines()]
    about = {"entry": len(lines) + 1, "at": "2026-11-22T00:00:00Z", "kind": "run"}
    lines.append(Entry.signed(about, [], head_of(lines[-1]), other).line())
    chain(data).path.write_bytes(b"".join(line + b"\n" for line in lines))
    (data / "README.md").unlink()
    message = f"from entry {len(lines)} on the chain is signed by another key, {other.public}"
    expected = f"the last entry is signed by {other.public}, the key that is expected is {key}"
    signed_off = {"file": "entries.jsonl", "by": "Lan", "at": "2026-11-22", "reason": "none"}
    offset = sum(len(line) + 1 for line in lines[:-1])
    rows = [
        {"offset": offset, "rule": "chain-key", "message": message},
        {"offset": 0, "rule": "chain-expected", "message": expected},
    ]
    (data / "acknowledged.jsonl").write_text("".join(json.dumps(signed_off | row) + "\n" for row in rows))
    assert failed(proof(data, place)) == {"acknowledgements"}
    done = prove(data, place, "--expect-key", key)
    assert f"NO chain: entries.jsonl:0: chain-expected: {expected[:99]}" in done.stdout


def test_what_is_no_package_is_said_to_be_none(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "text.wacz").write_text("no package")
    done = prove(tmp_path, str(tmp_path / "text.wacz"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "is no package that proves a line" in done.stderr
    with ZipFile(bundle) as old, ZipFile(tmp_path / "cut.wacz", "w") as new:
        for name in old.namelist()[:-3]:
            new.writestr(name, old.read(name))
    assert prove(tmp_path, str(tmp_path / "cut.wacz")).returncode == 1
