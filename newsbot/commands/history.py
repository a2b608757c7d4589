"""``scrapy history``: the versions of one article, and what has changed between them."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from scrapy.exceptions import UsageError

from archive.http.exchange import Capture
from archive.verify.rules import visible
from newsbot.command_line.checked_command import QuietCommand
from newsbot.health.exit_status import ExitStatus
from newsbot.items import Article, article_of
from newsbot.publishing.lines import FoundLine, found_lines
from newsbot.spider import NewsSpider
from newsbot.vietnamese.text import fold

_METADATA: Final = ("authors", "agency", "published_at", "section", "tags")
#: Words shown before and after a change.
_AROUND: Final = 4
_NOT_A_WORD: Final = re.compile(r"[\W_]+")


class Command(QuietCommand):
    requires_crawler_process = False

    usage = "URL"
    summary = "Print the versions of an article, with times, captures and what has changed"
    description = (
        "Prints every version of the article at URL, under whatever address it was read: when it was fetched, where "
        "its capture is, and which words have changed. Exit status: 0 found, 1 nothing is known of it, or a line "
        "cannot be read, 2 usage."
    )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("scrapy history takes one URL")
        self.check_address(args[0])
        loaded = map(self.loader.load, self.loader.list())
        spiders = [spider for spider in loaded if issubclass(spider, NewsSpider)]
        article_id = next((found for spider in spiders if (found := spider.whole_article_id(args[0]))), None)
        if article_id is None:
            raise UsageError(f"{args[0]} is not the address of an article of any source")
        self.need_archive("history")
        source = article_id.partition(":")[0]
        lines = list(found_lines(self.data / "articles" / source, article_id))
        if not lines:
            print(f"{article_id}: nothing was published", file=sys.stderr)
            self.exitcode = 1
        self.exitcode = self.say_mistakes([source]) or self.exitcode
        for said in history(self._articles(lines)):
            print(visible(said))

    def _articles(self, found: Iterable[FoundLine]) -> Iterator[Article]:
        """Yield what lines say; one that is no article's is named, and is status 1."""
        for path, number, content in found:
            try:
                if content is None:
                    raise ValueError("it is no JSON object")
                yield article_of(content)
            except ValueError as error:
                self.complain(visible(f"{path}:{number}: this line is no article's: {error}"))
                self.exitcode = self.exitcode or ExitStatus.UNHEALTHY


def history(versions: Iterable[Article]) -> Iterator[str]:
    """Yield what there is to say of an article's versions, line by line."""
    last: Article | None = None
    for article in versions:
        yield f"version {article.version}  {article.fetched_at}  {article.change}  {article.url}"
        yield f"    {_place(article.capture)}"
        yield from (f"    page {number}: {_place(page)}" for number, page in enumerate(article.pages, 2))
        if last is None:
            yield f"    {article.title}"
        elif article.change != "removed":
            yield from (f"    {change}" for change in _changes(last, article))
        last = article


def _place(capture: Capture | dict[str, Any] | None) -> str:
    if not isinstance(capture, dict):  # in a line, only that of a further page may lack
        return "not had"
    return f"{capture['file']} at {capture['offset']}, {capture['record_id']}"


def _changes(old: Article, new: Article) -> Iterator[str]:
    for name in ("title", "sapo", "body"):
        yield from (f"{name}: {change}" for change in word_diff(getattr(old, name) or "", getattr(new, name) or ""))
    for name in _METADATA:
        before, now = getattr(old, name), getattr(new, name)
        if before != now:
            yield f"{name}: {_printed(before)} -> {_printed(now)}"


def _printed(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "none")


def word_diff(old: str, new: str) -> list[str]:
    """Return the changes between two texts, each with a few words around it.

    Punctuation, spacing, letter case and tone style are no change.

    >>> word_diff("Mưa to hoà gió lớn, ba người bị thương.", "Mưa to  hòa gió lớn: năm người bị thương nặng")
    ['… to hoà gió lớn, [-ba-] {+năm+} người bị thương. {+nặng+}']
    >>> word_diff("Mưa to.", "Mưa  TO"), word_diff("", "")
    ([], [])
    """
    before, after = _words(old), _words(new)
    matcher = SequenceMatcher(None, [*map(_key, before)], [*map(_key, after)], autojunk=False)
    return [" ".join(_marked(group, before, after)) for group in matcher.get_grouped_opcodes(_AROUND)]


def _marked(
    group: Sequence[tuple[str, int, int, int, int]], before: Sequence[str], after: Sequence[str]
) -> Iterator[str]:
    if group[0][1] > 0:
        yield "…"
    for what, start, end, new_start, new_end in group:
        if what == "equal":
            yield " ".join(before[start:end])
            continue
        if end > start:
            yield f"[-{' '.join(before[start:end])}-]"
        if new_end > new_start:
            yield f"{{+{' '.join(after[new_start:new_end])}+}}"
    if group[-1][2] < len(before):
        yield "…"


def _words(text: str) -> list[str]:
    return [word for word in text.split() if _key(word)]


def _key(word: str) -> str:
    return _NOT_A_WORD.sub("", fold(word))
