"""What a small paper is, declared: its hosts, and the designs it has had, newest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from tests.replica import printed_dates
from tests.replica.news import Precision
from tests.replica.printed_dates import HANOI
from tests.replica.traps import EVERY, Turns

if TYPE_CHECKING:
    from tests.replica.papers.pages import Pages
    from tests.replica.papers.small_paper import SmallPaper

ROBOTS = "User-agent: *\nDisallow: /print/\nDisallow: /noi-bo/\n"
#: A robots.txt that lets no crawler in.
FORBIDS = "User-agent: *\nDisallow: /\n"
Sitemap = Literal["", "files", "days"]


@dataclass(frozen=True, kw_only=True)
class Age:
    """One design of a paper, in the time it was in use. Ages with the same home and the same templates share lists.

    Forms of addresses are filled in by `str.format`: with the story's `slug`, `id`, `section` (the slug of it) and
    `moment`, so `{moment:%Y%m}` is its month; those of pictures with `n` besides, of feeds with `section` alone.
    """

    pages: Callable[[SmallPaper, tuple[int, ...]], Pages]
    #: The spider's layout that is to read it; "" where only the generic step can.
    layout: str
    #: Slugs of the sections with stories of their own; "do-thi/giao-thong" stands below "do-thi".
    sections: str
    #: Slugs of sections that show the newest stories of all.
    quiet: str = ""
    #: Where this age stands, if that is not the paper's home of today: "http://www.baodemo.com.vn".
    home: str = ""
    article: str = "/{slug}-{id}.html"
    #: Further forms of an article's address, as paths or whole.
    also: tuple[str, ...] = ()
    #: Number of the newest article; the others count down. As seven hexadecimal digits if `is_hexadecimal`.
    top: int = 500_000
    is_hexadecimal: bool = False
    #: What an article's line has for an id, if not the number alone ("{id}.html") or, without one, the slug.
    identity: str = "{id}"
    picture: str = "/uploads/{moment:%Y/%m}/{id}-{n}.jpg"
    date: printed_dates.Form = printed_dates.onecms
    precision: Precision = "minute"
    #: When its newest article appeared (None: shortly before now), and its oldest.
    newest: datetime | None = None
    oldest: datetime = datetime(2021, 3, 1, tzinfo=HANOI)
    feed: str = ""
    sitemap: Sitemap = ""
    #: Traps (`tests.replica.traps`) of every page, and of some of ten.
    every: str = ""
    some: Mapping[str, Turns] = field(default_factory=dict)
    #: Whether a page names the section above its own.
    names_parents: bool = True
    bylines: bool = True
    tags: bool = False
    says_modified: bool = False
    #: What its templates want to know besides.
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def traps(self) -> Mapping[str, Turns]:
        return {**dict.fromkeys(self.every.split(), EVERY), **self.some}


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A small paper. `host` is where it is today; www. leads there."""

    #: Its spider's.
    name: str
    outlet: str
    host: str
    ages: tuple[Age, ...]
    #: Hosts that lead to the present one, whatever is asked for, and hosts that serve the same pages.
    leads: tuple[str, ...] = ()
    mirrors: tuple[str, ...] = ()
    #: Hosts of style sheets and pictures, besides those of its pictures' addresses.
    media: tuple[str, ...] = ()
    robots: str | None = ROBOTS

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host that it answers under."""
        homes = [urlsplit(age.home).hostname or "" for age in self.ages]
        media = [urlsplit(age.picture.replace("{host}", self.host)).hostname or "" for age in self.ages]
        found = (self.host, f"www.{self.host}", *self.leads, *self.mirrors, *homes, *media, *self.media)
        return tuple(dict.fromkeys(host for host in found if host))

    def home(self, age: Age) -> str:
        """Where an age stands, without a slash at its end."""
        return age.home or f"https://{self.host}"
