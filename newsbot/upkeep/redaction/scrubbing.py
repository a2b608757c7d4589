"""Takes a text out of logs and reports, which quote it in whole or in part."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from archive.errors import ArchiveError
from newsbot.upkeep.tidying import log_text

#: Minimum number of words in a row that make a quotation.
_RUN: Final = 5
#: Minimum number of words in a shorter headline, which counts as a whole.
_SHORTEST: Final = 2
_BLANK: Final = "[redacted]"
_WORD: Final = re.compile(r"\w+")

_Words = tuple[str, ...]


class Scrubber:
    """Blanks the lines of text files, and the strings in JSON files, that quote one of some texts.

    >>> scrubber = Scrubber(["Chợ phiên vùng cao đông khách ngày giáp Tết", "Lũ về"])
    >>> [scrubber.quotes(text) for text in ("INFO: chợ phiên vùng cao đông…", "Chợ phiên vùng cao", "Lũ về!", "Lũ rút")]
    [True, False, True, False]
    """

    def __init__(self, texts: Iterable[str]):
        self._runs: set[_Words] = set()
        for text in texts:
            words = _words(text)
            if _SHORTEST <= len(words) < _RUN:
                self._runs.add(words)
            self._runs |= set(_runs(words, _RUN))
        self._lengths = {len(run) for run in self._runs}

    def quotes(self, text: str) -> bool:
        words = _words(text)
        return any(run in self._runs for length in self._lengths for run in _runs(words, length))

    def scrub(self, path: Path) -> list[bytes] | None:
        """Return a file as it is without the texts; None if it has none of them.

        :raises ArchiveError: if it cannot be read.
        """
        try:
            text = log_text(path).decode("utf-8", "surrogateescape")
        except OSError as error:
            raise ArchiveError(f"cannot read {path}: {error.strerror or error}") from error
        is_packed, kind = path.suffix == ".gz", path.name.removesuffix(".gz").rpartition(".")[2]
        if kind == "json":
            scrubbed = self._scrub_json(text, indent=2)
        elif kind == "jsonl":  # packed reports
            scrubbed = "".join(self._scrub_json(line, indent=None) for line in text.splitlines(keepends=True))
        else:
            scrubbed = self._scrub_lines(text)
        if scrubbed == text:
            return None
        data = scrubbed.encode("utf-8", "surrogateescape")
        return [gzip.compress(data, mtime=0) if is_packed else data]

    def _scrub_lines(self, text: str) -> str:
        return "".join(f"{_BLANK}\n" if self.quotes(line) else line for line in text.splitlines(keepends=True))

    def _scrub_json(self, text: str, indent: int | None) -> str:
        """Return a JSON text with strings blanked, the text itself if none is; what is no JSON loses whole lines."""
        try:
            content = json.loads(text)
        except ValueError:
            return self._scrub_lines(text)
        scrubbed = self._blanked(content)
        if scrubbed == content:
            return text
        separators = (",", ": " if indent else ":")
        return json.dumps(scrubbed, ensure_ascii=False, indent=indent, separators=separators) + "\n"

    def _blanked(self, content: Any) -> Any:
        if isinstance(content, str):
            return _BLANK if self.quotes(content) else content
        if isinstance(content, list):
            return [self._blanked(each) for each in content]
        if isinstance(content, dict):
            return {self._blanked(key): self._blanked(value) for key, value in content.items()}
        return content


def _words(text: str) -> _Words:
    return tuple(_WORD.findall(text.lower()))


def _runs(words: _Words, length: int) -> Iterator[_Words]:
    return (words[start : start + length] for start in range(len(words) - length + 1))
