"""Reads a line's capture again, and compares field by field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from scrapy.http import Response
from scrapy.settings import Settings

from newsbot.items import Article, Removal, to_line
from newsbot.proving.checked import Checked
from newsbot.proving.fields import FieldProof, Places, field_proofs
from newsbot.proving.finding import Wanted
from newsbot.proving.history import tombstone_check
from newsbot.replaying.line_check import NOT_READ, in_place
from newsbot.replaying.source_readers import SourceReaders


class Rereading:
    """Reads captures of any source again."""

    def __init__(self, settings: Settings):
        self._readers = SourceReaders(settings)

    def checks(self, wanted: Wanted, line: dict[str, Any], response: Response, *further: Response) -> Iterator[Checked]:
        """Check that responses give the article of a line; or, where that says so, that the first shows it is gone."""
        reader = self._readers.of(str(line["source"]))
        if reader is None:
            yield Checked("reading", False, f"no spider is called {line['source']!r}")
            return
        if line["change"] == "removed":
            found = reader.found(response)
            is_gone = isinstance(found, Removal) and found.id == line["id"]
            how = f"HTTP {response.status}" if response.status >= 300 else "a page that says so"
            said = f"shows that {line['id']} is gone: {how}" if is_gone else f"does not show that {line['id']} is gone"
            yield Checked("reading", is_gone, f"the record {said}")
            yield tombstone_check(wanted, line)
            return
        reader.unread.problems.clear()
        article = self._article(line, response, further)
        if article is None:
            why = f": {reader.unread.problems[-1]}" if reader.unread.problems else ""
            yield Checked("reading", False, f"the record gives no article {line['id']}{why}")
            return
        read = _as_line(article)
        names = [name for name in line if name not in NOT_READ]
        wrong = [name for name in names if line[name] != read[name]]
        said = f"{len(names)} fields are as the record gives them"
        if wrong:
            said = f"reading the record again gives another {', '.join(wrong)}"
            if line["reader_version"] != read["reader_version"]:
                said += f"; the line is of reader {line['reader_version']}"
        yield Checked("reading", not wrong, said)

    def fields(self, line: dict[str, Any], response: Response, *further: Response) -> list[FieldProof]:
        """Return each field, and where it stands; none where the responses give no such article."""
        reader = self._readers.of(str(line["source"]))
        article = self._article(line, response, further) if reader and line["change"] != "removed" else None
        if reader is None or article is None:
            return []
        return field_proofs(line, _as_line(article), article, Places.on(response, reader, article.id))

    def _article(self, line: dict[str, Any], response: Response, further: Iterable[Response]) -> Article | None:
        reader = self._readers.of(str(line["source"]))
        article = reader.joined(response, in_place(line, further)) if reader else None
        return article if article is not None and article.id == line["id"] else None


def _as_line(article: Article) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(to_line(replace(article, capture=None)))
    return line
