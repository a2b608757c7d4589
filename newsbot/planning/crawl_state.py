"""A run's view of the state: what was known of its source, and what it learns, saved once captures are on disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from scrapy.http import Response

from archive.clock import now
from archive.http.exchange import Capture
from archive.records.run_record import warc_now
from newsbot.planning.schedule import CONFIRM_AFTER, VERIFY_AFTER, next_poll, next_recheck, read_date, step_of_age
from newsbot.state.resources import ARTICLE, AS_FAR_AS_IT_GOES, CUT_ONCE, Resource, Resources

GAPS: Final = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 7 * 24, 30 * 24))
_THERE: Final = (200, 304)
#: An article that failed is retried in the next run, then after these gaps.
_AFTER_FAILURE: Final = (timedelta(), *GAPS)
#: At most one in this many of the articles looked at again is one that failed the last time.
_FAILING: Final = 4


class CrawlState:
    """One run's view of the rows of its source.

    A row is written to the database once the capture it was read from is on disk. Lists come last, when everything
    they named has been requested: after an interrupted crawl they are read again.

    What was to be asked for and was not sent, say because robots.txt forbids it, failed when the run began: the archive
    has no exchange that says so, but it tells what there was to ask for, and when the run began. Of a run that did not
    come to its end it does not tell what it would have asked for: nothing is noted of that.

    :param resources: None for a crawl that knows nothing and leaves nothing behind.
    :param started: WARC-Date at which the run began; now by default.
    """

    def __init__(
        self,
        source: str,
        resources: Resources | None = None,
        gaps: Sequence[timedelta] = GAPS,
        started: str = "",
    ):
        self.source = source
        self._resources = resources
        self._gaps = gaps
        self._started = started or warc_now()
        #: Articles that were asked for, and of which no exchange is known: where, and what was known of each.
        self._asked: dict[str, tuple[str, Resource | None]] = {}
        #: Articles that were not known before this run, and the first list that named each.
        self._found: dict[str, str] = {}
        #: The same of known articles of which no such list was known.
        self._adopted: dict[str, str] = {}
        #: Known articles that lists name at a new address, and those whose answers are noted.
        self._elsewhere: dict[str, str] = {}
        self._noted: set[str] = set()
        #: Rows to be written: the last capture that must be on disk, the row's own capture, the row.
        self._waiting: list[tuple[int, Capture, Resource]] = []
        self._last = 0
        #: The last captures before lists were settled.
        self._settled: list[int] = []
        self._lists: dict[str, tuple[Capture, Resource]] = {}
        self._failed: dict[str, Resource] = {}
        #: Rows of lists of which no request was sent.
        self._unsent: dict[str, Resource] = {}
        #: Articles with further pages, and the capture that must be on disk for all of them to be had; 0: they are not.
        self._lacking: dict[str, int] = {}
        #: The rows of such articles, as they are once that is so.
        self._held: dict[str, tuple[Capture, Resource]] = {}

    def get(self, keys: Iterable[str]) -> dict[str, Resource]:
        """Return what was known of these before this run."""
        if self._resources is None:
            return {}
        return {key: row for key, row in self._resources.get(keys).items() if key not in self._found}

    def sections(self) -> list[str]:
        """Return the addresses of the sections that were asked for before this run."""
        return self._resources.sections(self.source) if self._resources is not None else []

    def due_articles(self, limit: int) -> list[Resource]:
        """Return the articles to look at again in this run, at most ``limit``."""
        if self._resources is None:
            return []
        due, moment = self._resources.due, self._started
        failing = due(self.source, ARTICLE, moment, limit // _FAILING, failing=True)
        rows = [*due(self.source, ARTICLE, moment, limit - len(failing), failing=False), *failing]
        rows = [row for row in rows if row.checked_at != moment]  # the run itself has noted that
        self._asked |= {row.key: (row.url, row) for row in rows}
        return rows

    def note_named(self, articles: Mapping[str, str], known: Mapping[str, Resource], on: str, capture: Capture) -> None:
        """Credit a list with the articles that no list is known to have named before, and note new addresses.

        :param articles: the address that the list gives for each.
        :param known: those that were known before this run.
        """
        for key, url in articles.items():
            row = known.get(key)
            if row is None:
                if key not in self._found:
                    self._found[key] = on
                    self._asked[key] = url, None
                continue
            if not row.found_on:
                self._adopted.setdefault(key, on)
            if url not in (row.url, row.elsewhere):
                self._elsewhere[key] = url
            completed = row._replace(found_on=self.found_on(key, row), elsewhere=self.elsewhere(key, row))
            if completed != row and key not in self._noted:
                self._note(capture, completed)

    def elsewhere(self, article_id: str, known: Resource | None) -> str:
        """Return another address at which a list has named a known article; empty if none has."""
        return self._elsewhere.get(article_id, known.elsewhere) if known else ""

    def found_on(self, article_id: str, known: Resource | None) -> str:
        """Return the first list that named an article; empty if that is not known."""
        if known:
            return known.found_on or self._adopted.get(article_id, "")
        return self._found.get(article_id, "")

    def note_article(self, article_id: str, answer: Answer, known: Resource | None, age: timedelta) -> None:
        """Note an answer to an article's request.

        :param known: what was known of it when it was requested.
        :param age: how old it was if it was not known: the looks that it would have had by then count as done.
        """
        self._failed.pop(article_id, None)
        self.note_sent(article_id)
        capture = answer.capture
        row = answer.update(known or Resource(article_id, self.source, ARTICLE, capture.url))
        step = known.step + 1 if known else step_of_age(age, self._gaps)
        if known and (known.status in _THERE) != (row.status in _THERE):
            step = min(step, len(self._gaps) - 1)  # what has just vanished or come back is looked at once more
        next_check = next_recheck(capture.date, step, self._gaps)
        if known and known.status in _THERE and row.status not in _THERE:
            # Perhaps it is not believed yet (`newsbot.publishing.vanished`): one more look soon, which is no step.
            step, next_check = max(0, step - 1), next_recheck(capture.date, 0, [CONFIRM_AFTER])
        url, elsewhere = capture.url if answer.is_full else row.url, self.elsewhere(article_id, known)
        row = row._replace(
            url=url,
            next_check=next_check,
            step=step,
            found_on=self.found_on(article_id, known),
            elsewhere="" if elsewhere == url else elsewhere,
            failures=0,
        )
        self._noted.add(article_id)
        self._note(capture, row)

    def note_failure(self, article_id: str, url: str, known: Resource | None, failed_at: str) -> None:
        """Note that a request for an article failed; it is retried, whether or not a list still names it.

        :param failed_at: WARC-Date of the failed exchange; empty if there was none.
        """
        if not failed_at:
            if article_id not in self._noted and article_id not in self._failed:
                self._asked.setdefault(article_id, (url, known))
            return
        self.note_sent(article_id)
        row = known or Resource(article_id, self.source, ARTICLE, url, found_on=self.found_on(article_id, None))
        if row.captured_at:
            row = row._replace(next_check=next_recheck(failed_at, row.failures, self._gaps))
        else:
            again = next_recheck(failed_at, row.step, _AFTER_FAILURE)
            row = row._replace(checked_at=failed_at, next_check=again, step=row.step + 1)
        self._failed[article_id] = row._replace(failures=row.failures + 1)

    def note_sent(self, article_id: str) -> None:
        """Note that a request for an article was sent."""
        self._asked.pop(article_id, None)

    def note_lacking(self, article_id: str) -> None:
        """Note that an article has a page that is not had yet: until it is, the next look is at all of the article."""
        self._lacking[article_id] = 0

    def note_whole(self, article_id: str, sequence: int) -> None:
        """Note that an article lacks no page any more, or none that shall be asked for.

        :param sequence: number of the last page's capture.
        """
        if article_id in self._lacking:
            self._lacking[article_id] = max(1, sequence)

    def note_list(self, key: str, kind: str, answer: Answer, known: Resource | None, *, own: bool, news: bool) -> None:
        """Note an answer to a list's request.

        :param own: whether it names articles that no other list had named before it, now or earlier.
        :param news: whether it names articles that were not known before this run.
        """
        capture = answer.capture
        row = answer.update(known or Resource(key, self.source, kind, key))
        step = 0 if own else min(row.step + 1, 9)
        row = row._replace(step=step, next_check=next_poll(capture.date, step), complete=1, failures=0)
        self._failed.pop(key, None)
        self._unsent.pop(key, None)
        if answer.status == 200 and news:
            # If this run ends before the list is done, the next one must not take it for read.
            begun = row._replace(etag=None, last_modified=None, complete=0, next_check=capture.date)
            self._note(capture, begun)
        self._last = max(self._last, capture.sequence)
        self._lists[key] = (capture, row)

    def note_list_failure(self, key: str, kind: str, known: Resource | None, failed_at: str) -> None:
        """Note that a request for a list named by another failed: it is retried less and less often.

        :param failed_at: WARC-Date of the failed exchange; empty if there was none.
        """
        checked = failed_at or self._started
        row = known or Resource(key, self.source, kind, key, checked_at=checked, complete=0)
        failed = self._failed if failed_at else self._unsent
        failed[key] = row._replace(next_check=_next_try(checked, row.failures), failures=row.failures + 1)

    def has_noted_list_failure(self, known: Resource | None) -> bool:
        """Whether a list's row says already that it was asked for in vain in this run; used by replay."""
        if not known or not known.failures:
            return False
        return (known.next_check or "") >= _next_try(self._started, known.failures - 1)

    def note_lie(self, key: str) -> None:
        """Note that a list had changed although its validators had not."""
        self._amend(key, trusted=0)

    def note_incomplete(self, key: str) -> None:
        """Note that part of a list could not be read: the next run reads it again in full."""
        if key in self._lists:
            _, row = self._lists[key]
            self._amend(key, complete=min(row.complete, 0))

    def note_cut(self, key: str, known: Resource | None) -> bool:
        """Note that a list was not read to its end; returns whether it was not the last time either.

        It may have been cut off in transit: the next run requests it in full. If it is cut off again, it is requested
        like any other list from then on, since everything that can be read of it has been.
        """
        if key not in self._lists:
            return False
        again = known is not None and known.complete in (AS_FAR_AS_IT_GOES, CUT_ONCE)
        self._amend(key, complete=AS_FAR_AS_IT_GOES if again else CUT_ONCE)
        return again

    def _amend(self, key: str, **changes: Any) -> None:
        capture, row = self._lists[key]
        self._lists[key] = (capture, row._replace(**changes))

    def settle(self, *, but: Iterable[str] = ()) -> None:
        """Note that everything lists have named so far has been requested: they need not be read again.

        :param but: lists for which that is not true.
        """
        self._give_up()
        left_out = frozenset(but)
        for key in [each for each in self._lists if each not in left_out]:
            self._waiting.append((self._last, *self._lists.pop(key)))
        self._settled.append(self._last)

    def _note(self, capture: Capture, row: Resource) -> None:
        self._last = max(self._last, capture.sequence)
        self._waiting.append((capture.sequence, capture, row))

    def flush(self, synced: int) -> None:
        """Write what was read from the captures up to the ``synced``-th."""
        ready = [(capture, row) for last, capture, row in self._waiting if last <= synced]
        if ready and self._resources is not None:
            self._waiting = [each for each in self._waiting if each[0] > synced]
            rows = [_with_digest(capture, self._without_pages(capture, row, synced)) for capture, row in ready]
            if any(last <= synced for last in self._settled):
                rows += self._failed.values()  # their lists count as read: nothing else will name them
                self._failed = {}
                self._settled = [last for last in self._settled if last > synced]
            self._resources.put(rows)
        whole = [article_id for article_id, last in self._lacking.items() if 0 < last <= synced]
        held = [self._held.pop(article_id) for article_id in whole if article_id in self._held]
        if held and self._resources is not None:
            self._resources.put([_with_digest(*each) for each in held])
        for article_id in whole:
            del self._lacking[article_id]

    def _without_pages(self, capture: Capture, row: Resource, synced: int) -> Resource:
        """Return an article's row as it is to be written while a page of it may be lost: it is asked for in full.

        That may have been its last look, as at any old article: then there is one more.
        """
        last = self._lacking.get(row.key)
        if last is None or 0 < last <= synced:
            return row
        self._held[row.key] = capture, row
        once_more = next_recheck(capture.date, 0, [CONFIRM_AFTER]) if row.step <= len(self._gaps) else None
        return row._replace(etag=None, last_modified=None, next_check=row.next_check or once_more)

    def _give_up(self) -> None:
        """Note as failed what was asked for so far and never sent."""
        for article_id, (url, known) in [*self._asked.items()]:
            self.note_failure(article_id, url, known, self._started)
        self._failed = self._unsent | self._failed
        self._unsent = {}

    def write_failures(self) -> None:
        """Write the failures noted so far, also of what was never sent."""
        self._give_up()
        if self._resources is not None:
            self._resources.put(list(self._failed.values()))
            self._failed = {}

    def close(self, synced: int, *, complete: bool) -> None:
        """Write the rest.

        :param complete: whether the crawl came to its own end.
        """
        self.flush(synced)
        if complete:
            self._give_up()
        rows = [_with_digest(capture, row) for capture, row in self._lists.values() if capture.sequence <= synced]
        if self._resources is not None:
            self._resources.put([*self._failed.values(), *(rows if complete else ())])
            lacking = self._resources.get(self._lacking).values()
            self._resources.put([row._replace(etag=None, last_modified=None) for row in lacking])


class Answer:
    """What the head of an answer says about a resource.

    :param readable: False if the answer is not the page itself, but a wall or an error.
    """

    def __init__(self, response: Response, *, readable: bool = True):
        self.capture: Capture = response.meta["capture"]
        self.status = response.status
        self.is_full = self.status == 200 and readable
        self._readable = readable
        self._etag = _text(response, "ETag")
        self._last_modified = _text(response, "Last-Modified")

    def update(self, row: Resource) -> Resource:
        """Return the row as it is after this answer."""
        capture = self.capture
        row = row._replace(status=self.status if self._readable else 0, checked_at=capture.date)
        if self.is_full:
            return row._replace(
                etag=self._etag,
                last_modified=self._last_modified,
                record_id=capture.record_id,
                captured_at=capture.date,
            )
        return row if self.status == 304 else row._replace(etag=None, last_modified=None)

    def has_validators_of(self, row: Resource) -> bool:
        """Whether its validators claim that nothing has changed."""
        if self._etag or row.etag:
            return self._etag == row.etag
        return bool(self._last_modified) and self._last_modified == row.last_modified


def validators(row: Resource | None, *, verify: bool = False) -> dict[str, Any]:
    """Return the headers that make a request conditional.

    :param verify: request it in full now and then, since a 304 may be wrong.
    """
    if row is None or not row.trusted or not row.is_complete:
        return {}
    if verify and now() - read_date(row.captured_at or row.checked_at) >= VERIFY_AFTER:
        return {}
    headers = {"If-None-Match": row.etag, "If-Modified-Since": row.last_modified}
    return {name: value for name, value in headers.items() if value}


def _next_try(failed_at: str, failures: int) -> str:
    """Return when to ask again for a list that others name, after so many failures before this one."""
    again = next_recheck(failed_at, min(failures, len(GAPS) - 1), GAPS)
    assert again is not None
    return again


def _with_digest(capture: Capture, row: Resource) -> Resource:
    """Complete a row with the digest of its capture, which is known once that has been written."""
    return row._replace(payload_digest=capture.payload_digest) if row.record_id == capture.record_id else row


def _text(response: Response, name: str) -> str | None:
    return (response.headers.get(name) or b"").decode("latin-1") or None
