"""Reads fixtures again with the reader of now, and says in which lines of their JSON that makes a difference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any, Final

from scrapy.http import Response

from archive.errors import os_errors
from archive.files.atomic import replace_file
from archive.replay.replay import responses
from newsbot.replaying.captures import Reader
from newsbot.replaying.fixtures import FixtureError, read_result

#: Lines shown before and after a change.
_AROUND: Final = 2


@dataclass(frozen=True)
class Update:
    """A fixture, and how its JSON differs from what the reader makes of its page now; no lines where it does not."""

    file: Path
    text: str
    diff: tuple[str, ...]

    def write(self) -> None:
        """Write what the reader makes of the page, to be reviewed anew.

        :raises ArchiveError: if it cannot be written.
        """
        with os_errors(f"cannot write {self.file}"):
            replace_file(self.file, [self.text.encode()])


def fixture_files(folder: Path, names: list[str]) -> list[Path]:
    """Return the WARC files of a source's fixtures, of some names or all, whether or not they are there.

    :raises FixtureError: if there is none, or none of a name.
    """
    known = sorted({file.stem for file in folder.glob("*") if file.suffix in (".warc", ".json")})
    if missing := [name for name in names if name not in known]:
        raise FixtureError(f"{folder} has no fixture {', '.join(missing)}")
    if not known:
        raise FixtureError(f"{folder} has no fixtures")
    return [folder / f"{name}.warc" for name in names or known]


def update(page: Path, reader: Reader, max_bytes: int) -> Update:
    """Return what has changed of a fixture.

    :param page: its WARC file.
    :raises FixtureError: if its page is missing or cannot be read, or its JSON is none.
    :raises ArchiveError: if a file cannot be read.
    """
    if not page.is_file():
        raise FixtureError("is missing: of this fixture there is its JSON alone")
    file = page.with_suffix(".json")
    with os_errors(f"cannot read {file}"):
        old = file.read_bytes()
    try:
        envelope: dict[str, Any] = json.loads(old)
        shows = envelope["shows"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FixtureError(f"{file} is no fixture's JSON: {type(error).__name__}: {error}") from error
    result = read_result(reader, _response(page, max_bytes))
    if result == {name: envelope.get(name) for name in result}:
        return Update(file, "", ())
    text = _written(_as_ordered({"reviewed": False, "shows": shows} | result, envelope))
    return Update(file, text, tuple(_diff(file, _written(envelope), text)))


def _response(page: Path, max_bytes: int) -> Response:
    found = list(responses(page, max_bytes))
    if len(found) != 1 or not isinstance(found[0], Response):
        raise FixtureError(f"it must hold one response that can be read, not {len(found)}")
    return found[0]


def _written(envelope: dict[str, Any]) -> str:
    return json.dumps(envelope, ensure_ascii=False, indent=2) + "\n"


def _as_ordered(new: Any, old: Any) -> Any:
    """Return a value with the keys of its objects in the order that they had, so that a diff shows changes alone.

    >>> _as_ordered({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 4, "c": 5}, "e": 6})
    {'b': {'d': 3, 'c': 2}, 'a': 1}
    """
    if not isinstance(new, dict) or not isinstance(old, dict):
        return new
    names = dict.fromkeys((*(name for name in old if name in new), *new))
    return {name: _as_ordered(new[name], old.get(name)) for name in names}


def _diff(file: Path, old: str, new: str) -> Iterator[str]:
    before, after = f"{file} as reviewed", f"{file} as read now"
    yield from unified_diff(old.splitlines(), new.splitlines(), before, after, lineterm="", n=_AROUND)
