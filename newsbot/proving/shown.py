"""Lays a proof out, for a terminal or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from newsbot.health.console import printable_line
from newsbot.proving.proof import Proof

_LONGEST: Final = 200
_MARKS: Final = {True: "ok", False: "NO", None: "--"}


def lines(proof: Proof) -> Iterator[str]:
    """Return what was found out, line by line; no page can steer a terminal with it."""
    return (printable_line(line, _LONGEST) for line in _lines(proof))


def _lines(proof: Proof) -> Iterator[str]:
    line = proof.line
    yield f"{line.id}, version {line.version} of {', '.join(map(str, proof.versions))}: {line.content.get('url')}"
    for check in proof.checks:
        yield f"  {_MARKS[check.holds]} {check.name}: {check.says}"
    if proof.capture:
        yield "capture:"
        yield from (f"  {name}: {value}" for name, value in proof.capture.items())
    yield from (f"time stamp: {stamp}" for stamp in proof.stamps)
    if proof.fields:
        yield "fields:"
    for field in proof.fields:
        how = f"{field.step}, {field.place}" if field.step else field.place
        yield f"  {_MARKS[field.holds]} {field.name}: {json.dumps(field.said, ensure_ascii=False)}"
        if how:
            yield f"       by {how}{f': {field.text}' if field.text else ''}"
        if not field.holds:
            yield f"       the record gives {json.dumps(field.read, ensure_ascii=False)}"
    yield f"{line.id}, version {line.version}: {'proven' if proof.is_proven else 'NOT proven'}"


def as_json(proof: Proof) -> dict[str, Any]:
    """Return a proof as JSON has it."""
    line = proof.line
    return {
        "proven": proof.is_proven,
        "id": line.id,
        "version": line.version,
        "versions": proof.versions,
        "file": line.path.name,
        "number": line.number,
        "line": line.content,
        "checks": [asdict(check) for check in proof.checks],
        "capture": proof.capture,
        "fields": [asdict(field) | {"holds": field.holds} for field in proof.fields],
        "chain": {"root": proof.root, "entries": [json.loads(entry) for entry in proof.entries]},
        "stamps": proof.stamps,
    }
