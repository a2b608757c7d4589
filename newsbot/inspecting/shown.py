"""Lays out what was seen of a page for a terminal, in lines that a site cannot steer it with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from newsbot.health.console import printable_line
from newsbot.inspecting.inspection import Inspection
from newsbot.inspecting.layout_fit import LayoutFit

_LONGEST: Final = 160
_MOST_LINKS: Final = 10


def lines(found: Inspection) -> Iterator[str]:
    """Yield what was seen, line by line."""
    yield from (printable_line(line, _LONGEST) for line in _lines(found))
    if found.draft:
        yield ""
        yield "No source has this site. One that reads it (scrapy genspider --detect writes it):"
        yield ""
        yield from found.draft.module().splitlines()


def _lines(found: Inspection) -> Iterator[str]:
    yield found.url
    yield f"answer: HTTP {found.status}, {found.size:,} bytes, {found.fetched_at}"
    yield f"robots.txt: {found.robots}"
    yield f"source: {found.source or 'none'}"
    yield from found.detection.said()
    yield f"page: {found.kind}{f', {found.article_id}' if found.article_id else ''}"
    yield from (f"further page: {url}" for url in found.further_pages)
    if found.kind == "article" or found.layouts:
        yield "layouts:"
        if not found.layouts:
            yield "  none is known: the generic step reads"
        for layout in found.layouts:
            yield from _layout(layout)
    if found.fields:
        yield "fields (* is believed):"
    for field in found.fields:
        steps = [(step, text) for step in ("layout", "structured", "generic") if (text := getattr(field, step))]
        yield f"  {field.name}{'' if steps or field.value else ': nothing'}"
        if field.won and field.won not in dict(steps):
            yield f"    * {field.won}: {field.value}"
        for step, text in steps:
            yield f"    {'*' if step == field.won else ' '} {step}: {text}"
    if found.links:
        links = found.links
        yield f"links: {links.number}, of which {len(links.articles)} are articles of the source"
        yield from (f"  {url}" for url in links.articles[:_MOST_LINKS])
        yield from (f"  sitemap {url}" for url in links.sitemaps[:_MOST_LINKS])
        if links.shortfall:
            yield f"  not all of it can be read: {links.shortfall}"
        yield f"next page: {links.next_page or 'none found'}"


def _layout(layout: LayoutFit) -> Iterator[str]:
    bodies = [each for each in layout.selected if each.field == "body"]
    if not layout.fits:
        missed = ", ".join(each.selector for each in bodies)
        yield f"  {layout.name}: does not fit, its body selects nothing: {missed}"
        return
    body = next(each for each in bodies if each.number)
    why = "is used" if layout.is_used else "would fit, but one before it does"
    yield f"  {layout.name}: {why}, its body is {body.selector}"
    if layout.is_used:
        hit = {each.field for each in layout.selected if each.number}
        for name in dict.fromkeys(each.field for each in layout.selected if each.field not in hit):
            missed = ", ".join(each.selector for each in layout.selected if each.field == name)
            yield f"    {name}: nothing is selected by {missed}"
