"""Which family a page is of, and what it says of its site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from newsbot.cms.detection import Detected, detect, families
from newsbot.inspecting.draft import article_forms, hosts_of
from newsbot.inspecting.looking import Look, NothingToLookAtError
from newsbot.inspecting.site_facts import SiteFacts, read_site
from newsbot.lists.addresses import Addresses
from newsbot.reading.limits import ReadingLimitError
from newsbot.reading.page import Page

#: Least weight of the signs by which a family is known: one that no other has, or several that others may have.
SURE: Final = 3
_MOST_SHOWN: Final = 8


@dataclass(frozen=True)
class Detection:
    """A page, the families whose signs it has, and what robots.txt says."""

    page: Page
    found: tuple[Detected, ...]
    sitemaps: tuple[str, ...]

    @property
    def host(self) -> str:
        return urlsplit(self.page.url).hostname or ""

    @property
    def has_links(self) -> bool:
        """Whether it can say anything of a site; an empty or binary file cannot."""
        return self.page.tree.css_first("a[href]") is not None

    @property
    def family(self) -> str:
        """The name of the likeliest family; "" if the page is of none that is known."""
        return self.found[0].name if self.found and self.found[0].weight >= SURE else ""

    def facts(self, domain: str) -> SiteFacts:
        """Return what the page says of its site."""
        forms = article_forms(families()[self.family] if self.family else None)
        return read_site(self.page, Addresses(dict.fromkeys((*hosts_of(domain), self.host)), forms), self.sitemaps)

    def said(self) -> Iterator[str]:
        """Yield what was seen, line by line."""
        if not self.family:
            yield "family: none that is known"
        for each in self.found:
            signs = "; ".join(sign.says for sign in each.signs)
            kind = "family" if each.name == self.family else "not enough for"
            yield f"{kind}: {each.name} ({each.family.system}), by its signs: {signs}"
        facts = self.facts(self.host)
        yield f"name: {facts.outlet or 'none found'}"
        for what, urls in (("feeds", facts.feeds), ("sitemaps", facts.sitemaps), ("sections", facts.sections)):
            some = " ".join(urls[:_MOST_SHOWN])
            yield f"{what}: {f'{len(urls)}: {some}' if urls else 'none found'}{' …' if len(urls) > _MOST_SHOWN else ''}"


def detect_site(look: Look) -> Detection:
    """Return which family a page is of.

    :raises NothingToLookAtError: if the page cannot be read.
    """
    try:
        page = Page.from_response(look.response)
    except ReadingLimitError as error:
        raise NothingToLookAtError(f"{look.response.url}: not read: {error}") from error
    if page.status >= 400:
        raise NothingToLookAtError(f"{page.url}: HTTP {page.status}")
    return Detection(page, tuple(detect(page.url, page.tree)), tuple(look.robots.sitemaps))
