"""Drafts a source: what its pages say of it becomes a class to read with, and the text of its module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from newsbot.cms.detection import families
from newsbot.cms.family import FamilySpider
from newsbot.inspecting.province_names import guess_province
from newsbot.inspecting.site_facts import SiteFacts
from newsbot.spider import NewsSpider

#: Where the name ends that may be had, so that `www.` is the same site.
_SUFFIX: Final = re.compile(r"\.(?:(?:com|net|org|edu|gov|info|ac|name)\.vn|[a-z]{2,})\Z")
_WIDTH: Final = 120
#: Ids at the end of an address with an ending or without, as most systems have them.
_ANY_ARTICLE: Final = (r"-(?P<id>\d{4,})(?:\.\w+)?/?$",)
#: An address that can stand in a module as it is; others are left out.
_PLAIN: Final = re.compile(r"https?://[\w./:?&=%+,;~@-]{1,100}", re.ASCII)
#: What is said behind attributes that somebody has to fill in.
_COMMENTS: Final = {
    'province = ""': "as the paper prints it, such as Sơn La; empty for a national one",
    "layouts = ()": 'such as Layout(name="2026", body="article .content"); without, the generic step reads',
    f'article_url = (r"{_ANY_ARTICLE[0]}",)': "patterns of an article's path, the current form first",
}


@dataclass(frozen=True)
class Draft:
    """A source that nobody has looked over yet."""

    name: str
    hosts: tuple[str, ...]
    paper: str
    province: str
    family: str  # its module in `newsbot/cms/`; "" for a system of its own
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    sections: tuple[str, ...] = ("",)
    sections_from_menu: bool = True
    outlets: tuple[str, ...] = ()

    @property
    def base(self) -> type[NewsSpider]:
        return families()[self.family] if self.family else NewsSpider

    def spider(self) -> type[NewsSpider]:
        """Return the source as a class, made of values: nothing that a page says is run."""
        attributes = {"name": self.name, **self._attributes()}  # its name is that of its module, which is not yet there
        made: type[NewsSpider] = type(_class_name(self.name), (self.base,), attributes)
        return made

    def module(self) -> str:
        """Return the text of the source's module, laid out as ruff does."""
        base = self.base
        lines = [
            f"from {base.__module__} import {base.__name__}",
            "",
            "",
            f"class {_class_name(self.name)}({base.__name__}):",
            f'    """{self.paper}, https://{self.hosts[0]}"""',
            "",
        ]
        for name, value in self._attributes().items():
            lines += _assignment(name, value)
        for number, line in enumerate(lines):
            lines[number] += next((f"  # {says}" for start, says in _COMMENTS.items() if line == f"    {start}"), "")
        return "\n".join(lines) + "\n"

    def said(self) -> Iterator[str]:
        """Yield what is to be looked over in it."""
        if self.province:
            yield f"province: {self.province}; change it if the name misleads"
        else:
            yield "province: neither --province nor the name tells any; it counts as national until you say one"

    def _attributes(self) -> Mapping[str, Any]:
        """Return what the class sets: what its family has anyway is left to it."""
        attributes: dict[str, Any] = {
            "province": self.province,
            "evidence": "inferred",
            "allowed_domains": list(self.hosts),
        }
        if not {*self.feeds} <= {*self.base.feeds}:
            attributes["feeds"] = self.feeds
        if not {*self.sitemaps} <= {*self.base.sitemaps}:
            attributes["sitemaps"] = self.sitemaps
        if not self.family or self.sections != ("",):
            attributes["sections"] = self.sections
        if not self.family and self.sections_from_menu:
            attributes["sections_from_menu"] = True
        if not self.family:
            attributes |= {"article_url": _ANY_ARTICLE, "layouts": ()}
        if self.outlets:
            attributes["outlets"] = self.outlets
        return attributes


def draft(name: str, domain: str, family: str, *, province: str | None = None, facts: SiteFacts | None = None) -> Draft:
    """Return the draft of a source.

    :param province: as the paper prints it; guessed from name and domain if it is None.
    :param facts: what a page says of the site, if one was read.
    """
    hosts = hosts_of(domain)
    province = guess_province(name, domain) if province is None else province
    outlet = facts.outlet if facts else ""
    paper = outlet or (f"Báo {province}" if province and name.startswith("bao") else domain)
    feeds, sitemaps, sections = (
        tuple(dict.fromkeys(_below(hosts, url) for url in urls if _PLAIN.fullmatch(url)))
        for urls in ((facts.feeds, facts.sitemaps, facts.sections) if facts else ((), (), ()))
    )
    return Draft(
        name=name,
        hosts=hosts,
        paper=paper.replace(", ", " - "),
        province=province,
        family=family,
        feeds=feeds,
        sitemaps=sitemaps,
        sections=("", *(section for section in sections if section)),
        sections_from_menu=not sections,
        outlets=(outlet,) if outlet else (),
    )


def name_of(domain: str) -> str:
    """Return what a source is called after its domain.

    >>> name_of("www.baosonla.vn"), name_of("yenmy.hungyen.gov.vn"), name_of("a-b.com.vn")
    ('baosonla', 'yenmyhungyen', 'ab')
    """
    return re.sub("[^a-z0-9]", "", _SUFFIX.sub("", domain.lower().removeprefix("www.")))


def hosts_of(domain: str) -> tuple[str, ...]:
    """Return the hosts of a site, its current one first.

    >>> hosts_of("baosonla.vn"), hosts_of("yenmy.hungyen.gov.vn")
    (('baosonla.vn', 'www.baosonla.vn'), ('yenmy.hungyen.gov.vn',))
    """
    bare = domain.removeprefix("www.")
    if "." in _SUFFIX.sub("", bare):
        return (domain,)
    return (domain, bare if domain != bare else f"www.{domain}")


def article_forms(family: type[FamilySpider] | None) -> tuple[str, ...]:
    """Return patterns of articles' addresses: a family's, or what most systems have."""
    return family.article_url if family else _ANY_ARTICLE


def _below(hosts: tuple[str, ...], url: str) -> str:
    """Return an address as a source writes it: the path below the home page, where it is on the current host."""
    parts = urlsplit(url)
    if (parts.hostname or "") not in hosts:
        return url
    return parts._replace(scheme="", netloc="").geturl().lstrip("/")


def _class_name(name: str) -> str:
    return "".join(map(str.capitalize, name.split("_"))) + "Spider"


def _assignment(name: str, value: Any) -> list[str]:
    """Return the lines that set an attribute; what is longer than a line is packed, as others are here."""
    if not isinstance(value, list | tuple):
        return [f"    {name} = {_written(value)}"]
    opening, closing = "[]" if isinstance(value, list) else "()"
    written = [_written(each) for each in value]
    inside = ", ".join(written) + ("," if isinstance(value, tuple) and len(value) == 1 else "")
    line = f"    {name} = {opening}{inside}{closing}"
    if len(line) <= _WIDTH:
        return [line]
    rows, row = [], "       "
    for each in written:
        if len(row) + len(each) + 2 > _WIDTH:
            rows.append(row)
            row = "       "
        row += f" {each},"
    return [f"    {name} = {opening}", *rows, row, f"    {closing}  # fmt: skip"]


def _written(value: Any) -> str:
    r"""Return a value as Python has it, in double quotes; a pattern is raw.

    >>> _written("Sơn La"), _written(r"(?P<id>\d+)"), _written(True)
    ('"Sơn La"', 'r"(?P<id>\\d+)"', 'True')
    """
    if not isinstance(value, str):
        return repr(value)
    assert '"' not in value and value.isprintable(), value
    return f'r"{value}"' if "\\" in value else f'"{value}"'
