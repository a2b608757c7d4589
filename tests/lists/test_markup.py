"""Markup that is not well-formed: no tag of it may cost an entry, or make another of a part."""

from __future__ import annotations

import pytest

from newsbot.lists.feeds import Feed
from newsbot.lists.markup import Markup
from newsbot.lists.sitemaps import Sitemap
from tests.harness.pages import reply

HOME = "https://baosonla.vn"


def addresses(number: int) -> list[str]:
    return [f"{HOME}/mai-son/ban-{each}.html" for each in range(number)]


@pytest.mark.parametrize("every", [1, 7, 90, 1_500])
@pytest.mark.parametrize("stray", ["</i>", "</url></sitemap>"])
def test_end_tags_without_a_beginning_cost_no_entry(every: int, stray: str) -> None:
    """Wherever a piece of the text ends: they are 64 KB, and an entry has 70 to 90 characters."""
    named = addresses(3_000)
    entries = (
        f"<url><loc>{url}</loc></url>{stray if number % every == 0 else ''}\n" for number, url in enumerate(named)
    )
    sitemap = Sitemap.of(reply(f"{HOME}/sitemap.xml", f"<urlset>{stray * 3}{''.join(entries)}</urlset>"))
    assert ([entry.url for entry in sitemap], sitemap.shortfall) == (named, "")
    items = (
        f"<item><link>{url}</link>{stray if number % every == 0 else ''}</item>" for number, url in enumerate(named)
    )
    feed = Feed.of(reply(f"{HOME}/rss", f"<rss>{stray * 3}{''.join(items)}</rss>"))
    assert ([links[0] for links in feed], feed.shortfall) == (named, "")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("<loc>{}/a</b>.html</loc></url>", ["/a.html"]),
        ("<loc>{}/a.html</url>", ["/a.html"]),
        ("<b><loc>{}/a.html</loc></url>", ["/a.html"]),
        ("<LOC>{}/a.html</loc></URL>", ["/a.html"]),
        ("<loc>{}/a.html</loc></url></urlset></url><url><loc>{}/b.html</loc></url>", ["/a.html", "/b.html"]),
        ('<?php a <?b?><loc x=y z="1" w\'>{}/a.html</loc></url>', ["/a.html"]),
        ("<loc title='a > b'>{}/a.html</loc></url>", ["/a.html"]),
        ("<loc>{}/a\x01.html\x00</loc></url>", ["/a.html"]),
        ("</newsbot><loc>{}/a.html</loc></url>", ["/a.html"]),
        ("<x <loc>{}/a.html</loc></url>", ["/a.html"]),
    ],
)
def test_odd_tags(entry: str, expected: list[str]) -> None:
    text = f"<urlset><url>{entry.replace('{}', HOME)}<url><loc>{HOME}/last.html</loc></url></urlset>"
    for size in (1, 7, len(text)):
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        sitemap = Sitemap(pieces, f"{HOME}/sitemap.xml")
        found = [entry.url.removeprefix(HOME) for entry in sitemap]
        assert (found, sitemap.shortfall) == ([*expected, "/last.html"], "")


@pytest.mark.parametrize("end", ["</{0}>", ""])
@pytest.mark.parametrize("prefix", ["", "image:"])
def test_no_picture_is_an_entry(prefix: str, end: str) -> None:
    """However many addresses stand in one, and whether or not it ends: the article's date is the article's."""
    pictures = "".join(
        f"<{prefix}image><{prefix}loc>{HOME}/{number}.jpg</{prefix}loc><{prefix}loc>{HOME}/{number}.webp</{prefix}loc>"
        + end.format(f"{prefix}image")
        for number in range(2)
    )
    day = "<lastmod>2026-10-31</lastmod>"
    entries = (
        f"<url><loc>{HOME}/a.html</loc>{pictures}{day}</url><url>{pictures}<loc>{HOME}/b.html</loc>{day}</url>"
        f"<url>{day}<loc>{HOME}/c.html</loc>{pictures}</url>"
    )
    sitemap = Sitemap([f"<urlset>{entries}</urlset>"], f"{HOME}/sitemap.xml")
    expected = [(f"{HOME}/{name}.html", "2026-10-31") for name in "abc"]
    assert [(entry.url, entry.changed) for entry in sitemap] == expected


@pytest.mark.parametrize(
    ("text", "expected", "why"),
    [
        ('loc,lastmod\n"{}/a,b.html","2026-10-31"\n{}/c,2026-10-30', ["/a,b.html 2026-10-31", "/c 2026-10-30"], ""),
        ('"{}/a;b.html";"2026-10-31"\n{}/c;2026-10-30', ["/a;b.html 2026-10-31", "/c 2026-10-30"], ""),
        ("{}/xem;1999\n{}/thang,.5", ["/xem;1999", "/thang,.5"], ""),
        ("{}/su-kien,2026-10-31\n{}/b\n{}/c", ["/su-kien,2026-10-31", "/b", "/c"], ""),
        ("{}/a,2026-10-31\n{}/b,2026-10-30\n{}/c", ["/a 2026-10-31", "/b 2026-10-30", "/c"], ""),
        ("{}/a,0.5,daily\n{}/b,.9,never\n", ["/a", "/b"], ""),
        ("{}/a {}/b\t{}/c\n{}/d,{}/e\n", ["/a", "/b", "/c", "/d", "/e"], ""),
        ('"{}/a","{}/b"\n', ["/a", "/b"], ""),
        ("{}/a {}/" + "b" * 2_100 + "\n{}/c", ["/a", "/c"], "1 line is no address"),
        ("{}/a\nmới: {}/b", ["/a", "/b"], "1 line is no address"),
    ],
)
def test_texts_of_addresses(text: str, expected: list[str], why: str) -> None:
    """None is cut short where nothing says that a column ends, and each in a line is read."""
    sitemap = Sitemap([text.replace("{}", HOME)], f"{HOME}/sitemap.txt")
    found = [f"{entry.url.removeprefix(HOME)} {entry.changed or ''}".strip() for entry in sitemap]
    assert (found, sitemap.shortfall) == (expected, why)


def test_a_line_of_more_addresses_than_are_read_is_told() -> None:
    sitemap = Sitemap([" ".join(addresses(500))] * 9, f"{HOME}/sitemap.txt")
    found = [entry.url for entry in sitemap]
    assert found == addresses(len(found))
    assert len(found) > 50
    assert sitemap.shortfall == "1 line is no address"


def test_each_tag_has_its_end_and_a_document_cut_off_none() -> None:
    markup = Markup(["<a><b x='1&amp;2'/><c><d>", "e</a><f>g"])
    tags = [(tag.name, tag.attributes, tag.text) for tag in markup if tag.name]
    assert tags == [
        ("a", {}, ""),
        ("b", {"x": "1&2"}, ""),
        ("b", None, ""),
        ("c", {}, ""),
        ("d", {}, ""),
        ("d", None, "e"),
        ("c", None, ""),
        ("a", None, ""),
        ("f", {}, ""),
    ]
    cut = Markup(["<a><b></a></b><a><b>c"])
    assert [tag.name for tag in cut if tag.attributes is None and tag.name] == ["b", "a"]
    assert not cut.is_whole
