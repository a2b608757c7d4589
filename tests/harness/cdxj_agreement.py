"""Whether our index lines of a WARC file are those of cdxj-indexer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from archive.index.cdxj import indexed, read_line
from archive.records.members import Damage


def public_lines(path: Path) -> list[str]:
    program = str(Path(sys.executable).with_name("cdxj-indexer"))
    done = subprocess.run([program, "--sort", str(path)], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def _our_lines(path: Path) -> list[str]:
    damages: list[Damage] = []
    lines = sorted(line for _, line in indexed(path, damages))
    assert damages == []
    return [line.decode() for line in lines]


def assert_lines_agree(path: Path) -> int:
    """Line by line: key, time, and every field by name and value. Returns how many lines there are."""
    ours, theirs = _our_lines(path), public_lines(path)
    assert [_parts(line) for line in ours] == [_parts(line) for line in theirs]
    for line in ours:
        entry = read_line(line.encode())
        assert (entry.filename, f"{entry.key} {entry.timestamp}") == (path.name, line.partition(" {")[0])
    return len(ours)


def _parts(line: str) -> tuple[str, dict[str, str]]:
    head, _, fields = line.partition(" {")
    return head, json.loads("{" + fields)
