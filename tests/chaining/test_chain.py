"""The signed chain of a data folder: what a run has left is entered, and whatever becomes of it later is noticed."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import time
from typing import Any

import pytest

from archive.chain.chain import Chain
from archive.chain.check import ChainCheck
from archive.chain.entry import Claim, Entry, EntryError, canonical, head_of, statement
from archive.chain.signing import SigningKey
from archive.chain.tree import root_by_path, tree_path, tree_root
from archive.files.lock import locked
from archive.retired import RetiredFile
from newsbot.chaining.archive_chain import ArchiveChain
from newsbot.chaining.stamping import stamp
from newsbot.configuration.folders import collection
from newsbot.replaying.verification import Check
from tests.harness import foreign_warc, hard_papers
from tests.harness.chained import SOURCE, chain, entries, faults, line_files, settings
from tests.harness.commands import said_by, scrapy
from tests.harness.counted_calls import counted_calls


@pytest.fixture
def data(chained_archive: Path, tmp_path: Path) -> Path:
    """A copy to tamper with."""
    return Path(shutil.copytree(chained_archive, tmp_path / "data"))


def warcs(data: Path) -> list[Path]:
    return sorted((data / "warc").glob("*.warc.gz"))


def write_entries(data: Path, lines: list[bytes]) -> None:
    chain(data).path.write_bytes(b"".join(line + b"\n" for line in lines))


def lines_of(data: Path) -> list[bytes]:
    return [line for _, line in chain(data).lines()]


def remove_run(data: Path) -> None:
    """Remove the second run, with all that speaks of it outside the chain."""
    warc, lines = warcs(data)[1], line_files(data)[1]
    warc.unlink()
    lines.unlink()
    collection(settings(data)).remove(warc.name)


def change_line(data: Path) -> None:
    path = line_files(data)[0]
    path.write_bytes(path.read_bytes().replace(b'"language":"vi"', b'"language":"en"', 1))


def insert_run(data: Path) -> None:
    """Insert a capture of a run that never was, in manifest and index as well."""
    path = warcs(data)[0]
    forged = path.with_name(path.name[:-16] + "00000000.warc.gz")
    forged.write_bytes(path.read_bytes())
    collection(settings(data)).add(forged)


def change_warc(data: Path) -> None:
    """Let a WARC file hold the same in other bytes, and the manifest say so."""
    path = warcs(data)[0]
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    collection(settings(data)).manifest.add(path, changed=True)


def key_that_leads_to_itself(data: Path) -> None:
    chain(data).key_path.unlink()
    chain(data).key_path.symlink_to(chain(data).key_path.name)


def sign_anew(data: Path) -> None:
    """Make the whole chain again with another key, which takes the place of the first."""
    chain(data).key_path.unlink()
    key, previous, lines = SigningKey.kept_in(chain(data).key_path), "0" * 64, []
    for entry in map(Entry.read, lines_of(data)):
        lines.append(Entry.signed(entry.about, entry.claims(), previous, key).line())
        previous = head_of(lines[-1])
    write_entries(data, lines)


def sign_off(data: Path, *rows: tuple[str, str, str]) -> None:
    """Write acknowledgements of file, rule and message, as whoever changes the archive can."""
    about = {"by": "Lan", "at": "2026-11-22T00:00:00Z", "reason": "none"}
    signed = [{"file": file, "offset": 0, "rule": rule, "message": message, **about} for file, rule, message in rows]
    (data / "acknowledged.jsonl").write_text("".join(json.dumps(each) + "\n" for each in signed))


def insert_run_and_sign_it_off(data: Path) -> None:
    """Insert a run, and acknowledge that; and that the acknowledgement is in no entry."""
    insert_run(data)
    warcs_now = {path.name for path in warcs(data)}
    said = "the file is in no entry of the chain"
    sign_off(data, *((name, "chain-extra", said) for name in (*sorted(warcs_now), "acknowledged.jsonl")))


def remove_run_as_if_retired(data: Path) -> None:
    """Delete a WARC file, and write down that it was retired, which no entry says."""
    path, time = warcs(data)[1], "20261122030000000"
    digest, size = sha256(path.read_bytes()).hexdigest(), path.stat().st_size
    collection(settings(data)).retired.add([RetiredFile(path.name, digest, size, time, time, None, time, "Lan")])
    path.unlink()
    collection(settings(data)).remove(path.name)


def insert_run_as_if_under_way(data: Path) -> None:
    insert_run(data)
    (data / "warc" / f"{SOURCE}-20261122032011123-00001-news-00000000.warc.gz.open").touch()


def other_key_for_one_entry(data: Path) -> None:
    """Append an entry by another key, and one by the archive's own: the last one is as it should be."""
    own = SigningKey.kept_in(chain(data).key_path)
    for key in (SigningKey.kept_in(data.parent / "other.pem"), own):
        lines = lines_of(data)
        about = {"entry": len(lines) + 1, "at": "2026-11-22T00:00:00Z", "kind": "run"}
        write_entries(data, [*lines, Entry.signed(about, [], head_of(lines[-1]), key).line()])


def remove_chain_and_readme(data: Path) -> None:
    shutil.rmtree(data / "chain")
    (data / "README.md").unlink()


def other_order(lines: list[bytes]) -> list[bytes]:
    return [lines[1], lines[0], *lines[2:]]


def rewritten(edit: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    return lambda data: write_entries(data, edit(lines_of(data)))


def test_each_run_is_a_signed_entry(chained_archive: Path) -> None:
    assert [leaf["kind"] for leaf in (entry["leaves"][0] for entry in entries(chained_archive))] == ["run"] * 3
    names = [claim["file"] for entry in entries(chained_archive) for claim in entry["leaves"][1:]]
    files = [*warcs(chained_archive), *line_files(chained_archive)]
    assert sorted(names) == sorted(str(path.relative_to(chained_archive)) for path in files)
    assert stat.S_IMODE(chain(chained_archive).key_path.stat().st_mode) == 0o600
    reports = [json.loads(path.read_bytes())["chain"] for path in sorted((chained_archive / "runs").glob("*.json"))]
    roots = [sha256(line).hexdigest() for line in lines_of(chained_archive)]
    assert reports == [{"entry": number, "root": root} for number, root in enumerate(roots, 1)]
    readme = (chained_archive / "README.md").read_text()
    assert entries(chained_archive)[0]["key"] in readme
    assert roots[-1] in readme
    assert faults(chained_archive) == set()


def test_openssl_reads_key_and_signature(chained_archive: Path, tmp_path: Path) -> None:
    entry = Entry.read(lines_of(chained_archive)[1])
    pem = (chained_archive / "README.md").read_text().partition("```\n")[2].partition("```")[0]
    (tmp_path / "key.pem").write_text(pem)
    (tmp_path / "signature").write_bytes(bytes.fromhex(entry.signature))
    (tmp_path / "statement").write_text(f"archive chain 1\n{entry.previous}\n{entry.tree}\n")
    words = "pkeyutl -verify -rawin -pubin -inkey key.pem -sigfile signature -in statement"
    done = subprocess.run(["/usr/bin/openssl", *words.split()], cwd=tmp_path, capture_output=True, text=True)
    assert "Signature Verified Successfully" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("tamper", "rules"),
    [
        (remove_run, {"chain-missing"}),
        (insert_run, {"chain-extra", "record-id-repeated"}),
        (change_line, {"chain-file", "line-content"}),
        (change_warc, {"chain-file"}),
        (sign_anew, {"chain-key", "chain-rollback"}),
        (rewritten(lambda lines: lines[:-1]), {"chain-rollback", "chain-extra"}),
        (rewritten(lambda lines: [lines[0], lines[2]]), {"chain-order", "chain-rollback", "chain-extra"}),
        (rewritten(other_order), {"chain-order"}),
        (rewritten(lambda lines: []), {"chain-rollback", "chain-extra"}),
        (lambda data: shutil.rmtree(data / "chain"), {"chain-rollback", "chain-extra"}),
        (lambda data: chain(data).key_path.write_text("no key"), {"chain-key"}),
        (key_that_leads_to_itself, {"chain-key"}),
        (lambda data: chain(data).key_path.chmod(0o640), {"chain-key"}),
        (insert_run_and_sign_it_off, {"chain-extra", "record-id-repeated"}),
        (remove_run_as_if_retired, {"chain-missing"}),
        (remove_chain_and_readme, {"chain-rollback", "chain-extra"}),
        (other_key_for_one_entry, {"chain-key"}),
    ],
)
def test_what_is_tampered_with_is_noticed(data: Path, tamper: Callable[[Path], None], rules: set[str]) -> None:
    tamper(data)
    found = {rule for rule, _ in faults(data)}
    assert rules <= found, found
    assert {rule for rule in found if rule.startswith("chain-")} == {rule for rule in rules if rule[:5] == "chain"}


def test_every_byte_of_a_chain_counts(data: Path) -> None:
    path = chain(data).path
    sound = path.read_bytes()
    unseen = []
    for place in range(len(sound)):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        check = ChainCheck(chain(data), every_signature=False)
        if not any(check) and check.head.entry == 3:
            unseen.append(place)
    assert unseen == []


def test_an_archive_that_was_rolled_back_lacks_a_root_that_was_noted(chained_archive: Path, data: Path) -> None:
    root = chain(chained_archive).head().root
    assert faults(data, root=root, key=entries(data)[0]["key"]) == set()
    older = Path(shutil.copytree(data, data.with_name("older")))
    warcs(older)[2].unlink()
    line_files(older)[2].unlink()
    collection(settings(older)).remove(warcs(data)[2].name)
    max((older / "runs").glob("*.json")).unlink()
    write_entries(older, lines_of(data)[:2])
    (older / "README.md").write_text((older / "README.md").read_text().replace(root, head_of(lines_of(data)[1])))
    assert faults(older) == set()
    for known in ({"root": root}, {"key": "00" * 32}):
        assert faults(older, **known) == {("chain-expected", "entries.jsonl")}
    message = f"no entry has the root {root} that is expected: the chain was cut short, rolled back or replaced"
    sign_off(older, ("entries.jsonl", "chain-expected", message))
    assert ("chain-expected", "entries.jsonl") in faults(older, root=root)
    status, said = scrapy("verify", "--expect-root", root[1:], data=older)
    assert (status, said) == (2, f"newsbot: --expect-root: '{root[1:]}' is not 64 hexadecimal digits\n")


def test_a_run_that_was_killed_before_its_entry_is_entered_later(data: Path) -> None:
    lines = lines_of(data)
    readme = (data / "README.md").read_text()
    (data / "README.md").write_text(readme.replace(head_of(lines[2]), head_of(lines[1])))
    max((data / "runs").glob("*.json")).unlink()
    chain(data).path.write_bytes(b"\n".join(lines)[:-30])  # in the middle of writing it
    assert {rule for rule, _ in faults(data)} == {"chain-extra"}
    said_by("recover", SOURCE, data=data)
    assert [entry["leaves"][0].get("late") for entry in entries(data)] == [None, None, True]
    assert faults(data) == set()


@pytest.mark.parametrize("name", ["wget.warc.gz", f"{SOURCE}-2019.warc.gz"])
def test_a_foreign_file_is_entered_when_it_has_arrived(name: str, data: Path) -> None:
    """Not while it is copied, be it called like a source: the digest of a part would count for ever."""
    info = foreign_warc.record("warcinfo", b"", type="application/warc-fields")
    captures = [hard_papers.capture(SOURCE, number, f"2026-11-0{number}T00:00:00Z") for number in (1, 2)]
    path = foreign_warc.write(data / "warc" / name, [info, *captures])
    whole, written = path.read_bytes(), path.stat().st_mtime
    now = time()
    for content, at in ((whole[: len(whole) // 2], now), (whole[: len(whole) // 2], written), (whole, now)):
        path.write_bytes(content)
        os.utime(path, (at, at))
        said_by("recover", SOURCE, data=data)
        collection(settings(data)).catch_up()
        assert len(entries(data)) == 3
        assert path.name not in collection(settings(data)).manifest.digests()
        with locked(data / "locks" / f"{SOURCE}.lock"):
            assert ("chain-extra", name) in faults(data), "a crawl of the source will not enter it either"
    os.utime(path, (written, written))
    collection(settings(data)).catch_up()
    said_by("recover", SOURCE, data=data)
    about, claim = entries(data)[3]["leaves"]
    assert (about["kind"], claim) == ("taken in", {"file": f"warc/{name}", "sha256": sha256(whole).hexdigest()})
    assert faults(data) == set()


def test_a_chain_does_not_begin_with_a_part_of_a_file(data: Path) -> None:
    shutil.rmtree(data / "chain")
    (data / "README.md").unlink()
    (data / "warc" / "wget.warc.gz").write_bytes(b"\x1f\x8b")
    said_by("recover", SOURCE, data=data)
    names = [claim["file"] for claim in entries(data)[0]["leaves"][1:]]
    assert len(names) == len(warcs(data)) - 1 + len(line_files(data))
    assert "warc/wget.warc.gz" not in names


def test_an_older_archive_is_taken_in_as_it_is(data: Path) -> None:
    shutil.rmtree(data / "chain")
    (data / "README.md").write_text("Keep this folder.\n")
    shutil.rmtree(data / "runs")
    (data / "runs").mkdir()
    assert faults(data) == set()
    said_by("recover", SOURCE, data=data)
    (entry,) = entries(data)
    assert entry["leaves"][0]["kind"] == "taken in"
    assert len(entry["leaves"]) == 1 + len(warcs(data)) + len(line_files(data))
    assert (data / "README.md").read_text().startswith("Keep this folder.\n\n<!-- chain")
    assert faults(data) == set()


def test_folders_may_lie_on_other_disks(data: Path, tmp_path: Path) -> None:
    for name in ("articles", "receipts", "warc"):
        (data / name).mkdir(exist_ok=True)
        (data / name).rename(tmp_path / name)
        (data / name).symlink_to(tmp_path / name, target_is_directory=True)
    assert faults(data) == set()
    places = ArchiveChain(settings(data, ARCHIVE_DIR=str(tmp_path / "elsewhere" / "warc"))).places
    assert places.path("acknowledged.jsonl") == tmp_path / "elsewhere" / "acknowledged.jsonl"
    assert places.name(places.path("acknowledged.jsonl")) == "acknowledged.jsonl"
    assert places.name(data / "acknowledged.jsonl") == ""


def test_an_entry_that_is_nested_is_none() -> None:
    hashes = ",".join(f'"{name}":"{"0" * 64}"' for name in ("tree", "previous", "key"))
    for depth in range(800, 1000):  # somewhere there JSON can be read, but not be written
        line = f'{{"leaves":[{{"a":{"[" * depth}{"]" * depth}}}],{hashes},"signature":"{"0" * 128}"}}'
        with pytest.raises(EntryError):
            Entry.read(line.encode())


@pytest.mark.parametrize(
    "leaf",
    [
        {"sha256": "ab" * 32, "file": "warc/a"},
        {"file": "warc/a", "was": "ab" * 32, "sha256": "ab" * 32},
        {"file": "warc/a", "sha256": "ab" * 32, "note": "x"},
        {"note": "x", "file": "warc/a", "sha256": "ab" * 32},
        {"file": "warc/a", "sha256": "ab" * 32, "was": ""},
    ],
)
def test_a_claim_that_would_not_be_found_is_none(tmp_path: Path, leaf: dict[str, str]) -> None:
    """What `verify` would take from an entry, `prove` would overlook, which looks for how a claim is written."""
    archive = Chain(tmp_path)
    archive.append({"kind": "run"}, [Claim("warc/a", "cd" * 32)])
    (_, first), key = next(archive.lines()), SigningKey.kept_in(archive.key_path)
    wrong: list[list[dict[str, Any]]] = [[{"entry": 2}, leaf], [{"file": "warc/a", "entry": 2}]]
    for leaves in wrong:
        tree = tree_root([canonical(each) for each in leaves]).hex()
        signature = key.sign(statement(head_of(first), tree))
        archive.path.write_bytes(first + b"\n" + Entry(leaves, head_of(first), key.public, signature).line() + b"\n")
        assert [fault.rule for fault in ChainCheck(archive)] == ["chain-entry"]
        assert {fault.rule for fault in ChainCheck(archive, every_signature=False)} == {"chain-entry"}
        archive.append({"kind": "run"}, [])  # of what is in front of the last entry the form alone is looked at
        assert "chain-entry" in [fault.rule for fault in ChainCheck(archive, every_signature=False)]
        assert archive.known()["warc/a"].sha256 == "cd" * 32
        assert archive.lines_of(["warc/a"]) == [first]


def test_an_entry_that_cannot_be_read_is_looked_at_once(tmp_path: Path) -> None:
    """However often it names a file."""
    archive = Chain(tmp_path)
    counts = []
    for size in (200, 800):
        entry = Entry([{"entry": 1}, *[{"file": "warc/a"}] * size], "0" * 64, "0" * 64, "0" * 128)
        archive.path.write_bytes(entry.line() + b"\n")
        counts.append(counted_calls(lambda: archive.lines_of(["warc/a"])))
    assert counts[1] < 6 * counts[0]


def test_a_chain_that_was_lost_begins_anew_and_says_so(data: Path) -> None:
    root = chain(data).head().root
    chain(data).path.unlink()
    said_by("recover", SOURCE, data=data)
    assert entries(data)[0]["leaves"][0]["lost"] == root
    assert ("chain-rollback", "entries.jsonl") in faults(data)


def test_a_redaction_leaves_a_signed_receipt(data: Path) -> None:
    line = json.loads(line_files(data)[0].read_text().splitlines()[0])
    said_by("redact", line["url"], "--all-versions", "--reason=order 3", "--by=Lan", "--yes", data=data)
    about, *claims = entries(data)[-1]["leaves"]
    assert (about["kind"], about["by"]) == ("redaction", "Lan")
    (receipt,) = (data / "receipts").glob("redaction-*.json")
    assert {"file": f"receipts/{receipt.name}", "sha256": sha256(receipt.read_bytes()).hexdigest()} in claims
    changed = {claim["file"] for claim in claims if claim.get("was")}
    assert any(name.startswith("warc/") for name in changed)
    assert any(name.startswith("articles/") for name in changed)
    assert faults(data) == set()
    receipt.write_bytes(receipt.read_bytes().replace(b"order 3", b"order 4"))
    assert faults(data) == {("chain-file", receipt.name)}


def test_a_receipt_hides_no_change_of_before(data: Path) -> None:
    """What somebody had changed before a command did is not signed as what that made of it."""
    one, other = line_files(data)[:2]
    change_line(data)
    found = {one: sha256(one.read_bytes()).hexdigest(), other: sha256(other.read_bytes()).hexdigest()}
    archive = ArchiveChain(settings(data))
    archive.enter_change("redaction", [one, other], found=found)
    assert len(entries(data)) == 3
    one.write_bytes(one.read_bytes() + b"\n")
    archive.enter_change("redaction", [one, other], found=found)
    (claim,) = entries(data)[-1]["leaves"][1:]
    assert (claim["file"], claim["found"]) == (archive.places.name(one), found[one])
    assert ("chain-file", "entries.jsonl") in faults(data)


def test_lines_that_are_made_again_hide_no_others_that_were_changed(data: Path) -> None:
    change_line(data)
    line_files(data)[1].unlink()
    ArchiveChain(settings(data)).enter_remade(SOURCE)
    about, claim = entries(data)[-1]["leaves"]
    assert (about["kind"], "sha256" in claim) == ("lines made again", False)
    assert ("chain-file", line_files(data)[0].name) in faults(data)


def test_a_run_that_says_it_was_killed_is_noted(data: Path) -> None:
    insert_run_as_if_under_way(data)
    check = Check.of_folder(settings(data))
    noted = {found.message for found in check.findings(1, lambda size: None) if found.rule == "file-open"}
    assert "the file is in no entry of the chain: its run was killed, or says so" in noted


def test_what_is_retired_leaves_the_chain_with_a_receipt(data: Path, tmp_path: Path) -> None:
    said_by("retire", "--before=2027-01-01", "--to", tmp_path / "old", "--yes", data=data)
    about, *claims = entries(data)[-1]["leaves"]
    assert about["kind"] == "retirement"
    assert sum("sha256" not in claim for claim in claims) == 3
    assert faults(data) == set()


def test_a_repair_says_what_the_file_had_become(data: Path) -> None:
    path = warcs(data)[1]
    sound = path.read_bytes()
    path.write_bytes(sound[:-20])
    damaged = sha256(path.read_bytes()).hexdigest()
    status, said = scrapy("repair", path, data=data)
    assert status == 1, said
    about, *claims = entries(data)[-1]["leaves"]
    (claim,) = (claim for claim in claims if claim["file"] == f"warc/{path.name}")
    assert about["kind"] == "repair"
    assert (claim["was"], claim["found"]) == (sha256(sound).hexdigest(), damaged)
    assert not {rule for rule, _ in faults(data) if rule.startswith("chain")}


def test_processes_append_one_after_another(tmp_path: Path) -> None:
    def append(number: int) -> None:
        Chain(tmp_path / "chain").append({"kind": "run"}, [Claim(f"warc/{number}", "ab" * 32)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(append, range(12)))
    check = ChainCheck(Chain(tmp_path / "chain"))
    assert list(check) == []
    assert (check.head.entry, len(check.known)) == (12, 12)


def test_a_path_shows_that_a_leaf_is_in_a_tree(chained_archive: Path) -> None:
    entry = Entry.read(lines_of(chained_archive)[0])
    leaves = [canonical(leaf) for leaf in entry.leaves]
    for number, leaf in enumerate(leaves):
        path = tree_path(leaves, number)
        assert root_by_path(leaf, number, len(leaves), path).hex() == entry.tree
        assert root_by_path(leaf + b" ", number, len(leaves), path).hex() != entry.tree
    vectors = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    root = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"  # of Certificate Transparency's tests
    assert tree_root([bytes.fromhex(each) for each in vectors]).hex() == root


def test_packages_have_the_public_key_and_their_entries(data: Path, tmp_path: Path) -> None:
    said_by("wacz", warcs(data)[1], "-o", tmp_path / "a.wacz", data=data)
    shutil.unpack_archive(tmp_path / "a.wacz", tmp_path / "a", "zip")
    (line,) = (tmp_path / "a" / "chain" / "entries.jsonl").read_bytes().splitlines()
    assert line == lines_of(data)[1]
    assert "BEGIN PUBLIC KEY" in (tmp_path / "a" / "chain" / "public-key.pem").read_text()
    assert not any(b"PRIVATE" in path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file())


class Authority(ThreadingHTTPServer):
    """A time-stamping authority that openssl plays; ``folder`` has its key, and takes its notes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.folder = folder
        self.is_silent = False
        #: The bytes of its answers, if they are not those that it should give.
        self.wrong = b""
        folder.mkdir()
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIGURATION)
        words = "req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=Authority -keyout tsa.key -out tsa.pem"
        self.openssl(*words.split(), "-config", "tsa.cnf", "-extensions", "tsa_ext")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/tsr"

    def openssl(self, *words: str) -> None:
        subprocess.run(["/usr/bin/openssl", *words], cwd=self.folder, check=True, capture_output=True)


class _Asked(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Authority)
        folder = self.server.folder
        (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.wrong:
            self.wfile.write(self.server.wrong)
            return
        if self.server.is_silent:
            self.send_error(503)
            return
        self.server.openssl(*_REPLY)
        answer = (folder / "answer").read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


_REPLY = ("ts", "-reply", "-config", "tsa.cnf", "-section", "tsa", "-queryfile", "query", "-out", "answer")
_CONFIGURATION = """
[req]
distinguished_name = name
[name]
[tsa_ext]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
"""


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    with Authority(tmp_path / "authority") as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_an_authority_stamps_the_last_entry(data: Path, authority: Authority, tmp_path: Path) -> None:
    given = settings(data, TIMESTAMP_URL=authority.url)
    archive = ArchiveChain(given)
    head = archive.chain.head()
    authority.is_silent = True
    assert stamp(archive.chain, head, given) == "HTTP 503"
    assert faults(data) == set()
    authority.is_silent = False
    assert stamp(archive.chain, head, given) == ""
    path = data / "chain" / "timestamps" / "00000003.tsr"
    certificates = str(authority.folder / "tsa.pem")
    assert faults(data, TIMESTAMP_CERTIFICATES=certificates) == faults(data) == set()
    authority.openssl(*f"ts -verify -digest {head.root} -CAfile tsa.pem -partial_chain -in".split(), str(path))
    other = Authority(tmp_path / "other")
    other.server_close()
    strange = faults(data, TIMESTAMP_CERTIFICATES=str(other.folder / "tsa.pem"))
    assert strange == {("chain-stamp", path.name)}
    path.rename(path.with_name("00000002.tsr"))
    assert faults(data) == {("chain-stamp", "00000002.tsr")}


@pytest.mark.parametrize(
    ("head", "body", "said"),
    [
        ("Content-Length: 1000", b"abc", "the answer broke off"),
        ("Transfer-Encoding: chunked", b"10\r\nabc", "the answer broke off"),
        ("Transfer-Encoding: chunked", b"no number\r\nabc", "the answer broke off"),
        ("Content-Encoding: gzip\r\nContent-Length: 3", b"abc", "the answer cannot be unpacked"),
        ("Content-Length: 100000", bytes(100_000), "the answer has more than 65536 bytes"),
    ],
)
def test_an_authority_that_breaks_off_is_a_line(
    chained_archive: Path, authority: Authority, head: str, body: bytes, said: str
) -> None:
    given = settings(chained_archive, TIMESTAMP_URL=authority.url)
    authority.wrong = f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body
    chain = ArchiveChain(given).chain
    assert stamp(chain, chain.head(), given) == said
