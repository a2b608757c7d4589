"""Tells which URLs are articles of a source, and maps each to its article id."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urlsplit

from newsbot.reading.further_pages import PageOf, first_page, page_of
from newsbot.reading.limits import LONGEST_ADDRESS, has_endless_host

_PORTS: Final = (None, 80, 443)
_SLASHES: Final = re.compile("/{2,}")
#: What Java servers add to a path for readers who take no cookies.
_SESSION: Final = re.compile(r";jsessionid=[^/;?#]*", re.IGNORECASE)
#: A form that asks for the query, too: a path has no question mark of its own.
_ASKS_QUERY: Final = re.compile(r"\\\?")
#: Parameters that tell where a reader comes from, never which article it is.
_TRACKER: Final = re.compile(r"(?:utm_\w+|fbclid|gclid|zarsrc|redirect)(?:=|\Z)", re.IGNORECASE)

#: Number of addresses of a source of which it is remembered what they are.
_REMEMBERED: Final = 128


@dataclass(frozen=True, slots=True)
class Address:
    """An article's URL, taken apart."""

    article: str  # the site's own id
    url: str  # where to ask for it
    age: int  # 0 if it is an address of the site's current system, more for older ones


class Addresses:
    """The hosts and the URL forms of one source.

    Hosts are compared whole: `evil-baosonla.vn` and `x.baosonla.vn` are strangers. Ids are read from the path alone, so
    one article has one id under every host, scheme, slug and query. Only a form with an escaped question mark, for
    systems that have nothing but `?nid=7`, is held against path and query: what the query adds beside is kept, but for
    what tells where a reader comes from.

    >>> paper = Addresses(["a.vn", "demo.a.vn", "old.com.vn"], (r"^/[^/]+-(?P<id>\\d+)\\.html$", r"^/(?P<id>\\d+)/$"))
    >>> paper.find("http://demo.a.vn/mua-to-17.html?utm=1#x")
    Address(article='17', url='https://a.vn/mua-to-17.html', age=0)
    >>> paper.find("https://a.vn//mua-to-17.html")  # put together of parts with a slash each
    Address(article='17', url='https://a.vn/mua-to-17.html', age=0)
    >>> paper.find("http://old.com.vn/17/")
    Address(article='17', url='http://old.com.vn/17/', age=1)
    >>> paper.find("https://a.vn.evil.com/mua-to-17.html"), paper.find("ftp://a.vn/mua-to-17.html")
    (None, None)
    >>> paper.is_own(f"http://a.vn/{'9' * 3000}/")
    False
    >>> portal = Addresses(["a.gov.vn"], (r"^/Trang/Tin\\.aspx\\?(?:.*&)?nid=(?P<id>\\d+)(?:&|$)",))
    >>> portal.find("http://a.gov.vn/Trang/Tin.aspx?Cat=2&fbclid=nid&nid=17")
    Address(article='17', url='https://a.gov.vn/Trang/Tin.aspx?Cat=2&nid=17', age=0)
    >>> portal.find("https://a.gov.vn/Trang/Tin.aspx?unid=17"), portal.find("https://a.gov.vn/Trang/Tin.aspx/nid=17")
    (None, None)
    """

    def __init__(self, hosts: Iterable[str], forms: Iterable[str], *, ignore_case: bool = False) -> None:
        self._hosts = tuple(hosts)
        self._own = frozenset(self._hosts)
        self._ignore_case = ignore_case
        flags = re.IGNORECASE if ignore_case else 0
        #: Each with whether it is held against the query, too.
        self._forms = [(re.compile(form, flags), bool(_ASKS_QUERY.search(form))) for form in forms]
        #: Of a page it is asked time and again whose address it has.
        self._known_article_at = lru_cache(maxsize=_REMEMBERED)(self._article_at)

    def find(self, url: str) -> Address | None:
        """Return what an article's URL means; None for every other URL, whatever is wrong with it.

        The newest form of address is asked for at the current host, because its mirrors (www., demo., http, the domain
        before) serve the same. An older form is asked for as it stands: only its own host knows it.
        """
        parts = self._own_parts(url)
        if parts is None:
            return None
        path = _SESSION.sub("", _SLASHES.sub("/", parts.path))
        whole = f"{path}?{_without_trackers(parts.query)}"
        for age, (form, asks_query) in enumerate(self._forms):
            asked = whole if asks_query else path
            if match := form.search(asked):
                article = match["id"].lower() if self._ignore_case else match["id"]
                if age == 0:
                    return Address(article, f"https://{self._hosts[0]}{asked}", age)
                return Address(article, first_page(parts._replace(fragment="").geturl()), age)
        return None

    def article_at(self, url: str) -> str | None:
        """Return the id of the article that is at a URL; None where there is none, or but a further page of one.

        >>> paper = Addresses(["a.vn"], (r"-(?P<id>\\d+)\\.html$",))
        >>> paper.article_at("https://a.vn/lu-17.html"), paper.article_at("https://a.vn/lu-17.html?page=2")
        ('17', None)
        """
        return self._known_article_at(url) if len(url) <= LONGEST_ADDRESS else None

    def _article_at(self, url: str) -> str | None:
        return self._id(url) if self.page_at(url) is None else None

    def page_at(self, url: str) -> PageOf | None:
        """Return which further page of an article is at a URL; None if none is.

        >>> Addresses(["a.vn"], (r"-(?P<id>\\d+)\\.html$",)).page_at("https://a.vn/lu-17.html?page=2")
        PageOf(article='17', number=2)
        """
        return page_of(url, self._id)

    def _id(self, url: str) -> str | None:
        address = self.find(url)
        return address.article if address else None

    def is_own(self, url: str) -> bool:
        """Whether a URL leads to one of the source's hosts, over http(s)."""
        return self._own_parts(url) is not None

    def _own_parts(self, url: str) -> SplitResult | None:
        if len(url) > LONGEST_ADDRESS:
            return None
        parts, host = _web_parts(url)
        return parts if host in self._own else None


class AnyAddresses(Addresses):
    """All addresses on the web: each is an article of its own, whose id is host, path and query.

    >>> anywhere = AnyAddresses()
    >>> anywhere.find("http://www.a.vn//tin/mua-to/?b=1&utm_source=x#top").article
    'a.vn/tin/mua-to?b=1'
    >>> anywhere.find("https://a.vn/"), anywhere.find("mailto:a@a.vn")
    (None, None)
    """

    def __init__(self) -> None:
        super().__init__((), ())

    def find(self, url: str) -> Address | None:
        parts = self._own_parts(url)
        if parts is None:
            return None
        path = _SESSION.sub("", _SLASHES.sub("/", parts.path)).rstrip("/")
        query = _without_trackers(parts.query)
        if not path and not query:
            return None  # a front page
        host = (parts.hostname or "").removeprefix("www.")
        return Address(f"{host}{path}{'?' if query else ''}{query}", parts._replace(fragment="").geturl(), 0)

    def _own_parts(self, url: str) -> SplitResult | None:
        return None if len(url) > LONGEST_ADDRESS else _web_parts(url)[0]


@lru_cache(maxsize=128)  # source after source is asked whose an address is
def _web_parts(url: str) -> tuple[SplitResult | None, str | None]:
    """Return the parts of an address that a browser opens without a password, and its host; else nothing."""
    if has_endless_host(url):
        return None, None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None, None
    if parts.scheme not in ("http", "https") or port not in _PORTS or parts.username is not None:
        return None, None
    return parts, parts.hostname


def _without_trackers(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not _TRACKER.match(part))


def link_base(base: str, url: str, addresses: Addresses) -> str:
    """Return what the links of a list are relative to: what its `<base>` names, unless that is none of its paper's.

    Some systems name the host of their style sheets and pictures there; a link that is relative all the same would
    lead to no page.

    >>> own = Addresses(["a.vn"], ())
    >>> link_base("https://a.vn/tin/", "https://a.vn/", own), link_base("https://static.a.vn/", "https://a.vn/", own)
    ('https://a.vn/tin/', 'https://a.vn/')
    """
    return base if addresses.is_own(base) else url
