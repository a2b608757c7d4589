"""Damaged WARC files of any origin: what is saved, what is lost, and that the file is sound afterwards."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.errors import ArchiveError
from archive.records.members import members
from archive.repair import repair
from archive.verify.file import verify_file
from newsbot.locks.source_lock import SourceLock
from tests.harness.commands import run_scrapy
from tests.harness.warc_making import collection, exchange, gz, record, response, warcinfo, write

IDS = [f"<urn:uuid:00000000-0000-4000-8000-{number:012}>" for number in range(5)]
RECORDS = [
    warcinfo(warc_record_id=IDS[0]),
    *(record("response", response(b"<p>%d</p>" % n * 300), warc_record_id=IDS[n]) for n in range(1, 5)),
]
MEMBERS = [gz(each) for each in RECORDS]
STREAM = gzip.compress(b"".join(RECORDS), mtime=0)
PLAIN = b"".join(RECORDS)
#: Members of equal content, as bgzip makes them: no record begins where one does, but for the first.
SPLIT = [gz(PLAIN[at : at + 333]) for at in range(0, len(PLAIN), 333)]
NUL = bytes(700)


def torn(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flipped(data: bytes, offset: int) -> bytes:
    return data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1 :]


def join(*parts: bytes) -> bytes:
    return b"".join(parts)


#: What is damaged, which records survive, and offset and length of each loss.
CASES: dict[str, tuple[bytes, list[int], list[tuple[int, int]]]] = {
    "torn in the middle": (
        join(*MEMBERS[:2], torn(MEMBERS[2]), *MEMBERS[3:]),
        [0, 1, 3, 4],
        [(len(join(*MEMBERS[:2])), len(torn(MEMBERS[2])))],
    ),
    "torn at the end": (
        join(*MEMBERS[:4], torn(MEMBERS[4])),
        [0, 1, 2, 3],
        [(len(join(*MEMBERS[:4])), len(torn(MEMBERS[4])))],
    ),
    "torn in the checksum": (join(*MEMBERS)[:-4], [0, 1, 2, 3, 4], []),
    "checksum flipped": (join(MEMBERS[0], flipped(MEMBERS[1], -5), *MEMBERS[2:]), [0, 1, 2, 3, 4], []),
    "magic flipped": (
        join(MEMBERS[0], flipped(MEMBERS[1], 1), *MEMBERS[2:]),
        [0, 2, 3, 4],
        [(len(MEMBERS[0]), len(MEMBERS[1]))],
    ),
    "first magic flipped": (
        join(flipped(MEMBERS[0], 0), *MEMBERS[1:]),
        [1, 2, 3, 4],
        [(0, len(MEMBERS[0]))],
    ),
    "NULs at the end": (join(*MEMBERS, NUL), [0, 1, 2, 3, 4], [(len(join(*MEMBERS)), 700)]),
    "NULs in between": (
        join(*MEMBERS[:3], NUL, *MEMBERS[3:]),
        [0, 1, 2, 3, 4],
        [(len(join(*MEMBERS[:3])), 700)],
    ),
    "garbage between members": (
        join(MEMBERS[0], b"garbage", *MEMBERS[1:]),
        [0, 1, 2, 3, 4],
        [(len(MEMBERS[0]), 7)],
    ),
    "garbage behind a record in its member": (
        join(MEMBERS[0], gz(RECORDS[1] + b"left over"), *MEMBERS[2:]),
        [0, 1, 2, 3, 4],
        [(len(MEMBERS[0]), len(gz(RECORDS[1] + b"left over")))],
    ),
    "garbage in front of a record in its member": (
        join(MEMBERS[0], gz(b"left over\r\n" + RECORDS[1]), *MEMBERS[2:]),
        [0, 1, 2, 3, 4],
        [(len(MEMBERS[0]), len(gz(b"left over\r\n" + RECORDS[1])))],
    ),
    "NULs behind a record in its member": (
        join(MEMBERS[0], gz(RECORDS[1] + NUL), *MEMBERS[2:]),
        [0, 1, 2, 3, 4],
        [(len(MEMBERS[0]), len(gz(RECORDS[1] + NUL)))],
    ),
    "single stream, then NULs": (STREAM + NUL, [0, 1, 2, 3, 4], [(len(STREAM), 700)]),
    "split anywhere, then NULs": (join(*SPLIT, NUL), [0, 1, 2, 3, 4], [(len(join(*SPLIT)), 700)]),
    "line ends missing": (gz(*(each[:-4] for each in RECORDS)), [0, 1, 2, 3, 4], []),
    "line ends short": (gz(*(each[:-2] for each in RECORDS)), [0, 1, 2, 3, 4], []),
    "line ends without CR": (gz(*(each[:-4] + b"\n\n" for each in RECORDS)), [0, 1, 2, 3, 4], []),
    "one line end too many": (gz(*(each + b"\r\n" for each in RECORDS)), [0, 1, 2, 3, 4], []),
    "plain, line ends missing": (join(*(each[:-4] for each in RECORDS)), [0, 1, 2, 3, 4], []),
    "plain, line ends missing where the digest is wrong": (
        join(*RECORDS[:2], RECORDS[2][:-4].replace(b"<p>2", b"<p>3", 1), *RECORDS[3:]),
        [0, 1, 3, 4],
        [(len(join(*RECORDS[:2])), len(RECORDS[2]) - 4)],
    ),
    "single stream, torn": (STREAM[:-60], [0, 1, 2, 3], [(0, len(STREAM) - 60)]),
    "single stream, checksum flipped": (flipped(STREAM, -5), [0, 1, 2, 3, 4], []),
    "plain, torn in the middle": (
        join(*RECORDS[:2], torn(RECORDS[2]), *RECORDS[3:]),
        [0, 1, 3, 4],
        [(len(join(*RECORDS[:2])), len(torn(RECORDS[2])))],
    ),
    "plain, torn at the end": (
        PLAIN[:-100],
        [0, 1, 2, 3],
        [(len(join(*RECORDS[:4])), len(RECORDS[4]) - 100)],
    ),
    "plain, torn in the last line end": (PLAIN[:-2], [0, 1, 2, 3, 4], []),
    "plain, NULs at the end": (PLAIN + NUL, [0, 1, 2, 3, 4], [(len(PLAIN), 700)]),
    "plain, garbage in between": (
        join(RECORDS[0], b"garbage\n", *RECORDS[1:]),
        [0, 1, 2, 3, 4],
        [(len(RECORDS[0]), 8)],
    ),
}


@pytest.mark.parametrize(("damaged", "kept", "lost"), CASES.values(), ids=CASES)
def test_repair(damaged: bytes, kept: list[int], lost: list[tuple[int, int]], tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(damaged)
    result = repair(path)
    assert [member.get("WARC-Record-ID") for member in members(path)] == [IDS[number] for number in kept]
    assert [bytes(member.block) for member in members(path)] == [
        RECORDS[number].split(b"\r\n\r\n", 1)[1][:-4] for number in kept
    ]
    assert [(loss.offset, loss.length) for loss in result.lost] == lost
    assert result.kept == len(kept)
    left = {finding.rule for finding in verify_file(path).findings}
    assert left <= {"warcinfo-first"}
    assert (left == set()) == (kept[0] == 0)
    assert (tmp_path / "a.warc.gz.orig").read_bytes() == damaged
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.warc.gz", "a.warc.gz.orig"]


def test_version_in_lower_case(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(join(*MEMBERS[:4], gz(RECORDS[4].replace(b"WARC/1.1", b"warc/1.1")), NUL))
    assert repair(path).kept == 5
    assert [member.version for member in members(path)][-1] == "warc/1.1"


def test_sound_members_are_copied_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    odd = [gzip.compress(each, level, mtime=level) for level, each in enumerate(RECORDS)]
    path.write_bytes(join(*odd[:2], b"garbage", *odd[2:], NUL))
    result = repair(path)
    assert path.read_bytes() == join(*odd)
    assert result.compressed == 0


def test_lost_record_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(join(*RECORDS[:4], torn(RECORDS[4])))
    (loss,) = repair(path).lost
    assert (loss.record_id, loss.record_type, loss.url) == (IDS[4], "response", "http://a.test/")
    assert "the block ends after" in loss.reason


def test_record_without_digest_in_a_damaged_member_is_not_trusted(tmp_path: Path) -> None:
    """Its checksum is all that could have told whether it is as it was written."""
    bare = gz(record("response", response(), without="WARC-Block-Digest", warc_record_id=IDS[1]))
    path = tmp_path / "a.warc.gz"
    path.write_bytes(MEMBERS[0] + flipped(bare, -5))
    (loss,) = repair(path).lost
    assert loss.record_id == IDS[1]


@pytest.mark.parametrize("content", [b"", b"no WARC at all", NUL], ids=["empty", "text", "NULs"])
def test_nothing_to_save(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(content)
    result = repair(path)
    assert (result.kept, result.repaired) == (0, "")
    assert path.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir()] == ["a.warc.gz"]


def test_sound_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(join(*MEMBERS))
    before = path.stat()
    assert repair(path).kept == 5
    assert path.stat() == before


@pytest.mark.parametrize("content", [STREAM, join(*SPLIT)], ids=["single stream", "split"])
def test_sound_file_of_another_form_is_left_alone(content: bytes, tmp_path: Path) -> None:
    """What cannot be looked up record by record is not damaged: `scrapy convert` is for that."""
    path = tmp_path / "a.warc.gz"
    path.write_bytes(content)
    result = repair(path)
    assert (result.kept, result.repaired, result.refused) == (5, "", "")
    assert path.read_bytes() == content


def test_output(tmp_path: Path) -> None:
    path, output = tmp_path / "a.warc.gz", tmp_path / "b.warc.gz"
    path.write_bytes(STREAM + NUL)
    assert repair(path, output).repaired == str(output)
    assert path.read_bytes() == STREAM + NUL
    assert len(list(members(output))) == 5
    with pytest.raises(ArchiveError, match=r"b\.warc\.gz exists: it is not overwritten"):
        repair(path, output)


def test_original_is_never_overwritten(tmp_path: Path) -> None:
    path, original = tmp_path / "a.warc.gz", tmp_path / "a.warc.gz.orig"
    path.write_bytes(STREAM + NUL)
    original.write_bytes(b"of an earlier repair")
    with pytest.raises(ArchiveError, match=r"a\.warc\.gz\.orig exists: it is not overwritten"):
        repair(path)
    assert (path.read_bytes(), original.read_bytes()) == (STREAM + NUL, b"of an earlier repair")


def test_interrupted_repair_is_done_again(tmp_path: Path) -> None:
    """Killed between the two steps of taking the damaged file's place."""
    path, original = tmp_path / "a.warc.gz", tmp_path / "a.warc.gz.orig"
    path.write_bytes(STREAM + NUL)
    os.link(path, original)
    (tmp_path / "a.warc.gz.repaired").write_bytes(b"begun")
    assert repair(path).kept == 5
    assert original.read_bytes() == STREAM + NUL
    assert len(list(members(path))) == 5


def test_open_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz.open"
    path.write_bytes(torn(STREAM))
    with pytest.raises(ArchiveError, match="is being written"):
        repair(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([join(*MEMBERS), STREAM, PLAIN]),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 200), st.binary(max_size=50)), min_size=1, max_size=4),
)
@example(STREAM, [(4393, 35, b""), (503, 29, b"")])
@example(STREAM, [(354, 7, b""), (2876, 14, b"")])
def test_whatever_happened(tmp_path: Path, sound: bytes, damages: list[tuple[int, int, bytes]]) -> None:
    """Cuts, holes and insertions anywhere: what is saved is sound, and nothing is saved that was not there."""
    damaged = sound
    for at, removed, inserted in damages:
        at %= len(damaged) + 1
        damaged = damaged[:at] + inserted + damaged[at + removed :]
    path = tmp_path / "a.warc.gz"
    for leftover in tmp_path.iterdir():
        leftover.unlink()
    path.write_bytes(damaged)
    result = repair(path)
    assert verify_file(path).records >= result.kept
    if result.repaired:
        blocks = {each.split(b"\r\n\r\n", 1)[1][:-4] for each in RECORDS}
        for member in members(path):
            intact = bytes(member.block) in blocks
            assert intact or sound == PLAIN, "a plain record has no checksum but its digest, which verify looks at"
        assert repair(path).repaired == "", "what was repaired is sound"


def scrapy(*arguments: str, data: Path) -> tuple[int, str, str]:
    done = run_scrapy(*arguments, data=data)
    return done.returncode, done.stdout, done.stderr


def test_command(tmp_path: Path) -> None:
    """In the data folder, manifest and index follow the repaired file."""
    path = write(tmp_path, [exchange("/", response()), exchange("/b", response(b"<p>more</p>"), after=1)])
    sound = path.read_bytes()
    third = list(members(path))[2]
    path.write_bytes(sound[: third.offset] + b"garbage" + sound[third.offset :])
    assert scrapy("verify", data=tmp_path)[0] == 1
    status, output, error = scrapy("repair", "--json", str(path), data=tmp_path)
    assert (status, error) == (1, "")
    report: dict[str, Any] = json.loads(output)
    (loss,) = report["files"][0]["lost"]
    assert (loss["offset"], loss["length"]) == (third.offset, 7)
    assert path.read_bytes() == sound
    assert scrapy("verify", data=tmp_path)[0] == 0
    assert len(list(collection(tmp_path).index.lines())) == 3


def test_command_says_which_crawl_it_would_disturb(tmp_path: Path) -> None:
    path = write(tmp_path, [exchange("/", response())])
    with SourceLock(tmp_path / "locks", "yenmy"):
        status, output, error = scrapy("repair", str(path), data=tmp_path)
    assert (status, output) == (75, "")
    assert error.startswith(f"repair: another run is crawling yenmy (process {os.getpid()} holds ")


def test_command_makes_the_folder_of_its_output(tmp_path: Path) -> None:
    (path := tmp_path / "a.warc.gz").write_bytes(CASES["torn at the end"][0])
    output = tmp_path / "new" / "folder"
    assert scrapy("repair", str(path), f"--output={output}", data=tmp_path)[0] == 1
    assert [each.name for each in output.iterdir()] == ["a.warc.gz"]
    status, _, error = scrapy("repair", str(path), f"--output={path}", data=tmp_path)
    assert (status, error) == (2, f"newsbot: repair: --output {path}: is no folder\n")
    status, _, error = scrapy("repair", str(path), f"--output={path}/folder", data=tmp_path)
    assert status == 3
    assert error.startswith(f"repair: cannot make the folder {path}/folder: ")


def test_command_usage(tmp_path: Path) -> None:
    assert scrapy("repair", data=tmp_path)[0] == 2
    assert scrapy("repair", str(tmp_path / "none"), data=tmp_path)[0] == 2
