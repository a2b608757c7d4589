"""Charts as SVG inside the page, drawn by pygal and coloured by the page's style sheet, so that they follow its theme.

pygal is pure Python and small; matplotlib or vega would bring fifty megabytes and colours fixed in the drawing, a chart
library in JavaScript a script for each reader to trust. What pygal adds for its own script and style is taken out.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]
from markupsafe import Markup

from newsbot.health.status_page.spans import Span

# pygal hooks itself into every later import, by a protocol that Python 3.12 dropped and 3.11 warns of.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", ImportWarning)
    import pygal  # type: ignore[import-untyped]
    from pygal.style import Style  # type: ignore[import-untyped]
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

#: Room for labels; the fonts and colours themselves are in page.css.
_STYLE: Final = Style(label_font_size=11, major_label_font_size=11, font_family="sans-serif")
_SVG: Final = "{http://www.w3.org/2000/svg}"
#: A line through so few points is not seen for what it is: they are drawn, too.
_FEW_POINTS: Final = 7
#: Labels along the time axis.
_DATES: Final = 4
#: Groups that pygal's script would fill.
_UNUSED: Final = re.compile("(text|tooltip)-overlay|titles")
#: What only pygal's script and style read of a mark.
_FOR_SCRIPT: Final = frozenset({"class", "rx", "ry"})
#: A tenth of a pixel is fine enough.
_LONG_NUMBER: Final = re.compile(r"(?<!\d)(\d+\.\d)\d+")

Number = float | None
Series = Mapping[str, Sequence[Number]]


def bars(title: str, parts: Sequence[Span], series: Series, *, width: int = 360, height: int = 150) -> Markup:
    """Return a chart of counts, a bar a span, the series on top of each other."""
    top = max((sum(value or 0 for value in values) for values in zip(*series.values(), strict=True)), default=0)
    chart = pygal.StackedBar(
        **_options(parts, width, height), y_labels=_steps(top), margin_right=8, spacing=4, margin_top=8
    )
    for name, values in series.items():
        chart.add(name, _told(parts, name, [value or None for value in values], "{:,.0f}".format))
    return _inline(chart, title, "chart bars")


def lines(title: str, parts: Sequence[Span], series: Series, *, width: int = 360, height: int = 150) -> Markup:
    """Return a chart of shares from 0 to 1, a line a series, broken where there is nothing to measure."""
    chart = pygal.Line(
        **_options(parts, width, height),
        range=(0, 1),
        y_labels=[{"value": share, "label": f"{share:.0%}"} for share in (0, 0.5, 1)],
        dots_size=4,
        margin_right=8,
        margin_top=8,
    )
    for name, values in series.items():
        chart.add(name, _told(parts, name, values, "{:.0%}".format))
    points = max((sum(value is not None for value in values) for values in series.values()), default=0)
    return _inline(chart, title, "chart lines" if points > _FEW_POINTS else "chart lines dotted")


def sparkline(title: str, parts: Sequence[Span]) -> Markup:
    """Return the new articles of spans as a word-sized chart."""
    chart = pygal.Bar(
        **_options(parts, 120, 28) | {"show_x_labels": False, "show_y_labels": False, "margin": 0, "x_labels": []},
        spacing=0,
        show_y_guides=False,
    )
    chart.add("new", _told(parts, "new", [part.new or None for part in parts], "{:,.0f}".format))
    return _inline(chart, title, "spark bars", stretched=True)


def _options(parts: Sequence[Span], width: int, height: int) -> dict[str, Any]:
    every = max(1, -(-len(parts) // _DATES))
    # Counted from the newest, so that today has its label.
    named = [not (len(parts) - 1 - number) % every for number in range(len(parts))]
    return {
        "width": width,
        "height": height,
        "style": _STYLE,
        "css": (),
        "js": (),
        "no_prefix": True,
        "show_legend": False,
        "margin": 4,
        "show_x_guides": False,
        "x_labels": [part.label if shown else "" for part, shown in zip(parts, named, strict=True)],
        "truncate_label": -1,
        "no_data_text": "nothing yet",
        "disable_xml_declaration": True,
    }


def _steps(top: float) -> list[int]:
    """Return three round numbers for an axis, the last not below the greatest value.

    >>> _steps(0), _steps(3), _steps(74), _steps(1310)
    ([0, 1, 2], [0, 2, 4], [0, 40, 80], [0, 800, 1600])
    """
    scale = 1
    while True:
        for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8):
            if 2 * step * scale >= top and step * scale == int(step * scale):
                return [0, int(step * scale), int(2 * step * scale)]
        scale *= 10


def _told(parts: Sequence[Span], name: str, values: Sequence[Number], say: Callable[[float], str]) -> list[Any]:
    """Return values as pygal takes them, each with the text of its tooltip."""
    return [
        None if value is None else {"value": value, "label": f"{part.label}: {say(value)} {name}"}
        for part, value in zip(parts, values, strict=True)
    ]


def _inline(chart: Any, title: str, kind: str, *, stretched: bool = False) -> Markup:
    """Draw a chart, without what pygal adds for its own script and style, its labels as tooltips that need neither."""
    root = etree.fromstring(chart.render(is_unicode=True))
    for label in root.iterfind(f".//{_SVG}desc[@class='label']"):
        label.tag = f"{_SVG}title"
        del label.attrib["class"]
    unwanted = [*root.iter(etree.Comment), *root.iter(f"{_SVG}defs", f"{_SVG}desc"), *root.findall(f"{_SVG}title")]
    unwanted += root.findall(f".//{_SVG}g[@class='guides']/{_SVG}title") + root.findall(f".//{_SVG}rect[@height='0.0']")
    unwanted += [group for group in root.iter(f"{_SVG}g") if _UNUSED.search(group.get("class") or "")]
    for element in unwanted:
        element.getparent().remove(element)
    for guides in root.findall(f".//{_SVG}g[@class='axis x']/{_SVG}g"):
        if not guides.findtext(f"{_SVG}text"):
            guides.getparent().remove(guides)
    for group in root.findall(f".//{_SVG}g[@class='bar']"):
        if not len(group):
            group.getparent().remove(group)
    for mark in root.iter(f"{_SVG}rect", f"{_SVG}circle"):
        for name in _FOR_SCRIPT & set(mark.keys()) if mark.get("class") != "background" else ():
            del mark.attrib[name]
    root.set("class", kind)
    if stretched:
        root.set("preserveAspectRatio", "none")
    root.set("role", "img")
    root.set("aria-label", title)
    del root.attrib["id"]
    etree.cleanup_namespaces(root)
    # pygal wrote it and lxml has parsed it, so every text in it is escaped.
    return Markup(_LONG_NUMBER.sub(r"\1", etree.tostring(root, encoding="unicode")))  # noqa: S704
