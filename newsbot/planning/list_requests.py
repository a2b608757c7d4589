"""How a source's lists are requested, conditionally, and what is noted of the answers."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from scrapy.exceptions import UsageError
from scrapy.http import Request, Response

from archive.browser.asking import in_browser
from newsbot.lists.addresses import Address
from newsbot.lists.json_lists import JsonList
from newsbot.lists.section import Section
from newsbot.planning.article_requests import ArticleRequests, UnsentError, failed_at
from newsbot.planning.crawl_state import Answer, validators
from newsbot.planning.spider_arguments import choose_sections
from newsbot.reading.page import absolute
from newsbot.state.resources import AS_FAR_AS_IT_GOES, Resource

if TYPE_CHECKING:
    from twisted.python.failure import Failure

#: A list of so many articles, all of them new, shows that much has happened since it was read.
_MANY: Final = 5


@dataclass(slots=True)
class Tally:
    """What a list has brought."""

    #: Articles that were not known before this run, and those that were.
    new: int = 0
    known: int = 0
    #: Whether it is the first to name any of them, or is to be asked in every run all the same.
    own: bool = False


def named_kind(meta: Mapping[str, Any]) -> str:
    """Return what a list is that another names, which may name it in vain; empty for a list of the source's own.

    >>> named_kind({"list": "http://a.vn/1.xml", "above": ("http://a.vn/sitemap.xml",)}), named_kind({"list": "x"})
    ('sitemap', '')
    """
    return "sitemap" if "above" in meta else "section" if meta.get("in_menu") else ""


class ListTurns:
    """Feeds and sitemaps lead: only what they do not name is to a section's credit, so sections wait for them.

    >>> turns = ListTurns()
    >>> turns.leads.add("http://a.vn/rss")
    >>> turns.hold([Request("http://a.vn/tin")], ())
    >>> [*turns.release()], turns.leads.clear(), [request.url for request in turns.release()]
    ([], None, ['http://a.vn/tin'])
    """

    def __init__(self) -> None:
        #: Lists under way, for which what is held waits.
        self.leads: set[str] = set()
        self._held: deque[Request] = deque()
        self._left: list[Request] = []

    def hold(self, requests: Iterable[Request], left: Iterable[Request]) -> None:
        """Keep requests back until no list leads.

        :param left: those for lists that this run leaves out, unless another shows that much has happened.
        """
        self._held.extend(requests)
        self._left.extend(left)

    def take_up(self) -> None:
        """Let what was left out be asked for after all."""
        self._held.extend(self._left)
        self._left = []

    def release(self) -> Iterator[Request]:
        """Yield what is held once no list leads."""
        while self._held and not self.leads:
            yield self._held.popleft()


class ListRequests(ArticleRequests):
    """A spider that makes requests for the lists of its source, and notes how each is."""

    home: ClassVar[str]
    feeds: ClassVar[Iterable[str]] = ()
    sitemaps: ClassVar[Iterable[str]] = ()
    #: How the names of its sitemaps say their month, where that is not plain: a pattern with groups year and month.
    sitemap_month: ClassVar[str] = ""
    sections: Iterable[str] = ()
    #: Whether the menu of the front page names further sections.
    sections_from_menu: ClassVar[bool] = False
    #: What the addresses of those have in path and query, where they are not made of names alone: a pattern.
    section_url: ClassVar[str] = ""
    #: Those of the sections that only scripts fill: they are opened in a browser, where one is installed.
    browser_sections: ClassVar[Iterable[str]] = ()
    #: What the site's own scripts are given in place of feeds and sitemaps; the first of them stand in `sitemaps`.
    json_lists: ClassVar[tuple[JsonList, ...]] = ()

    def __init__(self, name: str | None = None, *, sections: str | None = None, **kwargs: Any):
        """Take the operator's argument `-a sections=a,b`, which asks for all lists, whether or not it is time."""
        super().__init__(name, **kwargs)
        if sections:
            self.sections = choose_sections(self.sections, sections)
            for section in self.sections:
                if not self.addresses.is_own(absolute(self.home, section) or ""):
                    raise UsageError(f"-a sections: {section!r} is on none of the hosts in allowed_domains")
        self.is_told_sections = bool(sections)
        self.turns = ListTurns()

    def list_request(
        self, url: str, callback: Any, priority: int, known: Resource | None = None, **meta: Any
    ) -> Request:
        """Return the request for a list, conditional if it is known and is believed."""
        meta = {"old_host": self.is_on_old_host(url), "root": url} | meta
        headers: dict[str, Any] = {}
        if self.is_scripted(url) and self.browser_use != "never" and self.has_browser():
            meta |= in_browser("dom")
        elif headers := validators(known, verify=True):
            meta["handle_httpstatus_list"] = [304]
        meta |= {"list": url, "known": known, "incremental": known is not None and known.is_complete}
        return Request(url, callback, errback=self.list_failed, headers=headers, priority=priority, meta=meta)

    def json_list(self, url: str) -> JsonList | None:
        """Return the form of the JSON at an address; None if it is no list in JSON."""
        return next((form for form in self.json_lists if re.search(form.answers, url)), None)

    def is_on_old_host(self, url: str) -> bool:
        """Whether a list is on a host that the source has left."""
        return not url.startswith(self.home) and self.json_list(url) is None

    def is_scripted(self, url: str) -> bool:
        """Whether only scripts fill a list."""
        return any(url == absolute(self.home, path) for path in self.browser_sections)

    def sort_out(self, response: Response, kind: str, found: Iterable[Address]) -> list[Address]:
        """Return those of a list's articles that were not known before this run, and note how the list is."""
        tally = Tally()
        new = self.sort_part(response, found, tally)
        self.note_list(response, kind, tally)
        return new

    def sort_part(self, response: Response, found: Iterable[Address], tally: Tally) -> list[Address]:
        """Return those of some of a list's articles that were not known before this run."""
        ids = {f"{self.name}:{address.article}": address for address in found}
        known = {} if self.refetch else self.crawl_state.get(ids)
        new = [address for id, address in ids.items() if id not in known]
        root = response.meta.get("root", response.url)
        named = {id: address.url for id, address in ids.items()}
        self.crawl_state.note_named(named, known, root, response.meta["capture"])
        tally.own = tally.own or any(self.crawl_state.found_on(id, known.get(id)) == root for id in ids)
        tally.new += len(new)
        tally.known += len(known)
        self.count("newsbot/known", len(known))
        return new

    def note_list(self, response: Response, kind: str, tally: Tally) -> None:
        """Note how a list is whose articles were sorted."""
        if "list" not in response.meta:
            return
        key, row, answer, own = response.meta["list"], response.meta.get("known"), Answer(response), tally.own
        if response.status == 304:
            self.count("newsbot/lists_unchanged")
            own = row is not None and not row.step
        self.crawl_state.note_list(key, kind, answer, row, own=own, news=bool(tally.new))
        if row and tally.new and answer.has_validators_of(row):
            self.note("newsbot/lying_validators", "it has changed, but its validators have not", response)
            self.crawl_state.note_lie(key)
        if row and row.is_complete and tally.new >= _MANY and not tally.known:  # more may have happened than it shows
            self.turns.take_up()

    def note_unread_list(self, response: Response, kind: str, reason: str) -> None:
        """Name a list that was not read to its end; the next run reads it again, unless it never is whole.

        Stats, without those of hosts that a source has left: ``newsbot/lists_unread`` (their number),
        ``newsbot/unread_listings`` (the first of them, each as one line).
        """
        self.logger.warning("%s %s was not read to its end: %s", kind, response.url, reason)
        if not response.meta.get("old_host"):
            self.count("newsbot/lists_unread")
            self.add_line("newsbot/unread_listings", f"{kind} {response.url}: {reason}")
        if not self.crawl_state.note_cut(response.meta.get("list", ""), response.meta.get("known")):
            self.note_incomplete(response.meta)

    def note_unchanged(self, response: Response, kind: str) -> None:
        """Note that a list has not changed: if it was not read to its end before, it is not now."""
        self.note_list(response, kind, Tally())
        known = response.meta.get("known")
        if known and known.complete == AS_FAR_AS_IT_GOES:
            self.note_unread_list(response, kind, "it was not the last time, and has not changed")

    def note_section_shortfall(self, response: Response, kind: str, section: Section) -> None:
        """Name a page of a list that breaks off, or in whose place something else stands."""
        if section.stands_in:
            self.note_unread_list(response, kind, "a wall or an error stands in its place")
        elif section.breaks_off:
            self.note_unread_list(response, kind, f"it breaks off {section.breaks_off}")

    def note_incomplete(self, meta: Mapping[str, Any]) -> None:
        """Note that a list could not be read, or not to its end, and so neither could those that name it."""
        for key in {meta.get("list"), meta.get("root"), *meta.get("above", ())} - {None}:
            self.crawl_state.note_incomplete(key)

    def list_done(self, meta: Mapping[str, Any]) -> Iterator[Request]:
        """Yield the requests that waited for a list."""
        self.turns.leads.discard(meta.get("list", ""))
        yield from self.release()

    def list_failed(self, failure: Failure) -> Iterator[Request]:
        """Note that a list or a part of it could not be read."""
        meta = failure.request.meta
        self.note_incomplete(meta)
        kind = named_kind(meta)
        if kind and not isinstance(failure.value, UnsentError):
            self.crawl_state.note_list_failure(meta["list"], kind, meta.get("known"), failed_at(failure))
        yield from self.list_done(meta)

    def release(self) -> Iterator[Request]:
        """Yield the requests for sections once no feed or sitemap is under way."""
        if not self.is_done():
            yield from self.turns.release()
