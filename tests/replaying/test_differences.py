"""`scrapy rebuild --diff`: what another reader makes of the same captures."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.harness.commands import run_scrapy
from tests.harness.own_project import OwnProject, own_project
from tests.harness.two_papers import SOURCES, Archive, two_papers

CHANGED, UNCHANGED = "haiduongtv", "baosonla"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return two_papers(tmp_path_factory.mktemp("archive") / "data")


@pytest.fixture
def project(archive: Archive, tmp_path: Path) -> OwnProject:
    made = own_project(tmp_path)
    (tmp_path / "data").symlink_to(archive.data)
    return made


def files(archive: Archive, pattern: str = "*.warc.gz") -> list[Path]:
    return sorted((archive.data / "warc").glob(pattern))


def alter(project: OwnProject, **changes: str) -> None:
    """Have selectors of a source's layouts select something else."""
    module = project.folder / "spiders" / f"{CHANGED}.py"
    given = ", ".join(f"{name}={value!r}" for name, value in changes.items())
    lines = [
        "from dataclasses import replace",
        module.read_text(),
        f"    layouts = tuple(replace(layout, {given}) for layout in MediaTechSpider.layouts)\n",
    ]
    module.write_text("\n".join(lines))


def rebuild(archive: Archive, *words: str | Path, pattern: str = "*.warc.gz") -> subprocess.CompletedProcess[str]:
    """Rebuild with the sources as they are."""
    return run_scrapy("rebuild", *words, *files(archive, pattern), data=archive.data)


def differences(project: OwnProject, archive: Archive) -> dict[str, Any]:
    """What an altered source makes of the archive."""
    done = project.scrapy("rebuild", "--json", "--diff", archive.data / "articles", *files(archive))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_same_reader_makes_no_difference(archive: Archive) -> None:
    done = rebuild(archive, "--json", "--diff", archive.data / "articles")
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert found["lines"] == {"same": len(archive.lines()), "changed": 0}
    assert found["fields"] == []
    assert not any(kind["number"] for side in ("articles", "versions") for kind in found[side].values())
    assert not (archive.data / "rebuilt").exists()


def test_a_changed_selector_is_seen_and_nothing_else(project: OwnProject, archive: Archive) -> None:
    alter(project, section=".no-such")
    found = differences(project, archive)
    mine = [line for line in archive.lines() if line["source"] == CHANGED]
    assert {(each["source"], each["layout"]) for each in found["fields"]} <= {
        (CHANGED, line["layout"]) for line in mine
    }
    assert {each["field"].rpartition(".")[2] for each in found["fields"]} == {"section"}
    assert found["articles"]["lost"]["number"] == found["articles"]["gained"]["number"] == 0
    section = next(each for each in found["fields"] if each["field"] == "extracted_by.section")
    before = {line["id"]: line["extracted_by"]["section"] for line in mine}
    assert all(before[example["id"]] == example["old"] != example["new"] for example in section["examples"])
    assert 0 < section["number"] <= section["of"] == sum(line["layout"] == section["layout"] for line in mine)


def test_articles_come_and_go(project: OwnProject, archive: Archive) -> None:
    module = project.folder / "spiders" / f"{CHANGED}.py"
    module.write_text(module.read_text() + '    article_url = (r"^/none/(?P<id>\\d+)$",)\n')
    found = differences(project, archive)
    mine = [line for line in archive.lines() if line["source"] == CHANGED]
    articles = {line["id"] for line in mine}
    assert found["articles"]["lost"]["number"] == len(articles) < len(mine)
    assert found["versions"]["lost"]["number"] == len(mine) - len(articles)
    assert {example["id"] for example in found["articles"]["lost"]["examples"]} <= articles
    assert found["fields"] == []


def test_articles_that_come_are_counted_once_however_many_versions_they_have(archive: Archive, tmp_path: Path) -> None:
    named = {line["id"] for line in archive.lines() if line["source"] == UNCHANGED and line["change"] != "new"}
    for path in (archive.data / "articles" / UNCHANGED).glob("*.jsonl"):
        others = [line for line in path.read_text().splitlines(True) if json.loads(line)["id"] not in named]
        (tmp_path / path.name).write_text("".join(others))
    found = json.loads(rebuild(archive, "--json", "--diff", tmp_path, pattern=f"{UNCHANGED}-*.warc.gz").stdout)
    lines = [line for line in archive.lines() if line["id"] in named]
    assert found["articles"]["gained"]["number"] == len(named) > 0
    assert found["versions"]["gained"]["number"] == len(lines) - len(named) > 0


def test_versions_come(archive: Archive, tmp_path: Path) -> None:
    for lines in (archive.data / "articles" / UNCHANGED).glob("*.jsonl"):
        kept = [line for line in lines.read_text().splitlines() if json.loads(line)["change"] == "new"]
        (tmp_path / lines.name).write_text("".join(f"{line}\n" for line in kept))
    found = json.loads(rebuild(archive, "--json", "--diff", tmp_path, pattern=f"{UNCHANGED}-*.warc.gz").stdout)
    assert found["articles"]["gained"]["number"] == 0
    changed = [line for line in archive.lines() if line["source"] == UNCHANGED and line["change"] != "new"]
    assert found["versions"]["gained"]["number"] == len(changed) > 0


def test_what_was_not_read_again_is_no_loss(archive: Archive) -> None:
    first = min(files(archive, f"{UNCHANGED}-*.warc.gz"), key=lambda path: path.name)
    done = rebuild(archive, "--json", "--diff", archive.data / "articles", pattern=first.name)
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    of_first = [line for line in archive.lines() if line["capture"]["file"] == first.name]
    assert found["lines"] == {"same": len(of_first), "changed": 0}
    assert found["left_out"] == len(archive.lines()) - len(of_first)
    assert not any(kind["number"] for side in ("articles", "versions") for kind in found[side].values())
    assert "were not read again" in done.stderr


def test_table(archive: Archive, tmp_path: Path) -> None:
    old = tmp_path / "old.jsonl"
    altered = [line | {"title": f"[b]{line['title']}"} for line in archive.lines()]
    old.write_text("".join(f"{json.dumps(line)}\n" for line in altered))
    done = rebuild(archive, "--output", tmp_path / "out", "--diff", old)
    assert done.returncode == 0, done.stderr
    assert f"{len(altered)} lines of the same captures compared: 0 the same" in done.stdout
    rows = [line.split() for line in done.stdout.splitlines()]
    assert {row[0] for row in rows if row[2:3] == ["title"]} == {*SOURCES}
    assert "- [b]" in done.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == {*SOURCES}


def test_lines_that_are_none_are_named(archive: Archive, tmp_path: Path) -> None:
    odd = tmp_path / "odd.jsonl"
    line: dict[str, Any] = {"id": "a:1", "url": "", "source": "", "fetched_at": "", "capture": {"file": ""}}
    fields: list[dict[str, Any]] = [
        {"id": "\ud83c"},
        {"source": "\ud83c"},
        {"capture": {"file": "\ud83c"}},
        {"url": 7},
        {"id": 10**30},
    ]
    odd.write_bytes(
        b'{"id": 1}\nnull\n[]\n\xff\n'
        + b"".join(json.dumps(line | each).encode() + b"\n" for each in fields)
        + next((archive.data / "articles").rglob("*.jsonl")).read_bytes() * 2
        + b'{"id": "cut'
    )
    done = rebuild(archive, "--json", "--diff", odd)
    named = [line for line in done.stderr.splitlines() if "no article line" in line]
    assert [line.rpartition(": line ")[2] for line in named] == [f"{n} is no article line" for n in range(1, 10)]
    assert json.loads(done.stdout)["doubles"] > 0
    assert done.returncode == 1


def test_odd_lines_of_before_are_compared_as_they_are(archive: Archive, tmp_path: Path) -> None:
    """Fields of other kinds than an article's, what would steer a terminal, half a character, depth, loops, no end."""
    old = tmp_path / "old"
    old.mkdir()
    (old / "loop").symlink_to(old, target_is_directory=True)
    (old / "self.jsonl").symlink_to(old / "self.jsonl")
    os.mkfifo(old / "pipe.jsonl")
    odd: list[dict[str, Any]] = [
        {"layout": ["\x1b[2J"], "extracted_by": "\x1b[2J"},
        {"layout": "\x1b[2J\x9b2J", "reader_version": "\x1b[2J"},
        {"title": "\ud83c", "conflicts": [1]},
    ]
    lines = [json.dumps(line | more) for line, more in zip(archive.lines(), odd, strict=False)]
    deep = json.dumps(archive.lines()[0])[:-1] + f',"title":{"[" * 900}{"]" * 900}}}'
    (old / "odd.jsonl").write_text("\n".join([deep, *lines]))
    (old / "binary.jsonl").write_bytes(b"\x1f\x8b\x08\x00" + bytes(99) + b"\n")
    orders: list[list[str | Path]] = [[], ["--json", "--output", old / "new"]]
    for words in orders:
        done = rebuild(archive, "--diff", old, *words)
        assert done.returncode == 1, done.stderr
        assert done.stderr.count("line 1 is no article line") == 2
        assert "\x1b" not in done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["lines"] == {"same": 0, "changed": 3}
    assert found["doubles"] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--diff", "nowhere"], "--diff"),
        (["--json"], "--json goes with --diff"),
    ],
)
def test_wrong_orders(archive: Archive, words: list[str], told: str) -> None:
    done = rebuild(archive, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_lines_of_another_archive_are_no_comparison(archive: Archive, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    line = {**archive.lines()[0], "capture": {"file": "elsewhere.warc.gz"}}
    other.write_text(json.dumps(line) + "\n")
    done = rebuild(archive, "--diff", other)
    assert done.returncode == 1
    assert "none of its lines is of the files that were read" in done.stderr
