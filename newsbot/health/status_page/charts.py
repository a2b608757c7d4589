"""Charts as SVG inside the page, coloured by its style sheet, so that they follow its theme; they need no script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from newsbot.health.status_page.spans import RunSpan

#: Pixels around the plot, for labels.
_LEFT: Final = 36
_RIGHT: Final = 10
_TOP: Final = 8
_BOTTOM: Final = 22
#: Share of its place that a bar fills.
_FILLED: Final = 0.75
#: A line through so few points is not seen for what it is: they are drawn, too.
_FEW_POINTS: Final = 7
#: Labels along the time axis.
_DATES: Final = 4

_CHART: Final = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" class="{kind}" role="img"'
    ' aria-label="{title}"{stretched}>{inside}</svg>'
)
_SERIES: Final = Markup('<g class="series color-{number}">{marks}</g>')
_BAR: Final = Markup(
    '<g class="bar"><title>{told}</title><rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/></g>'
)
_LINE: Final = Markup('<polyline class="line" points="{points}"/>')
_POINT: Final = Markup('<circle cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{told}</title></circle>')
_GUIDE: Final = Markup(
    '<g class="y"><path class="guide" d="M{left} {y:.1f}H{right}"/><text x="{text}" y="{below:.1f}">{label}</text></g>'
)
_DATE: Final = Markup('<g class="x"><text x="{x:.1f}" y="{y}">{label}</text></g>')
_NOTHING: Final = Markup('<text class="no_data" x="{x}" y="{y}">nothing yet</text>')

Number = float | None
Series = Mapping[str, Sequence[Number]]


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where on a drawing the values of some spans are, up to a greatest one."""

    parts: Sequence[RunSpan]
    width: float
    height: float
    greatest: float
    left: float = _LEFT
    top: float = _TOP

    def x(self, place: float) -> float:
        """Return the middle of a span's place."""
        return self.left + (place + 0.5) * self.step

    def y(self, value: float) -> float:
        return self.top + self.height * (1 - value / self.greatest)

    @property
    def step(self) -> float:
        return self.width / max(1, len(self.parts))

    def axes(self, labels: Mapping[float, str]) -> Iterator[Markup]:
        """Yield guides with their labels, and some dates, counted from the newest, so that today has one."""
        for value, label in labels.items():
            y = self.y(value)
            right = self.left + self.width
            yield _GUIDE.format(left=self.left, right=right, y=y, text=self.left - 5, below=y + 4, label=label)
        every = max(1, -(-len(self.parts) // _DATES))
        for place, part in enumerate(self.parts):
            if not (len(self.parts) - 1 - place) % every:
                yield _DATE.format(x=self.x(place), y=self.top + self.height + 16, label=part.label)

    def bars(self, name: str, values: Sequence[Number], bases: list[float]) -> Iterator[Markup]:
        """Yield the bars of a series on what stands below them, which they are added to."""
        for place, (part, value) in enumerate(zip(self.parts, values, strict=True)):
            if value:
                y, base, width = self.y(bases[place] + value), self.y(bases[place]), self.step * _FILLED
                bases[place] += value
                told = f"{part.label}: {value:,.0f} {name}"
                yield _BAR.format(told=told, x=self.x(place) - width / 2, y=y, width=width, height=base - y)

    def line(self, name: str, values: Sequence[Number]) -> Iterator[Markup]:
        """Yield the lines and points of a series, broken where there is nothing to measure."""
        run: list[str] = []
        points: list[Markup] = []
        for place, value in enumerate([*values, None]):
            if value is not None:
                x, y = self.x(place), self.y(value)
                run.append(f"{x:.1f},{y:.1f}")
                points.append(_POINT.format(x=x, y=y, told=f"{self.parts[place].label}: {value:.0%} {name}"))
            elif run:
                yield _LINE.format(points=" ".join(run))
                run = []
        yield from points


def bars(title: str, parts: Sequence[RunSpan], series: Series, *, width: int = 360, height: int = 150) -> Markup:
    """Return a chart of counts, a bar a span, the series on top of each other."""
    top = max((sum(value or 0 for value in values) for values in zip(*series.values(), strict=True)), default=0)
    steps = _steps(top)
    plot = _Plot(parts, width - _LEFT - _RIGHT, height - _TOP - _BOTTOM, steps[-1])
    bases = [0.0] * len(parts)
    drawn = [_series(number, plot.bars(name, values, bases)) for number, (name, values) in enumerate(series.items())]
    inside = [*plot.axes({step: f"{step:,}" for step in steps}), *drawn]
    return _chart(title, "chart bars", width, height, inside if top else [])


def lines(title: str, parts: Sequence[RunSpan], series: Series, *, width: int = 360, height: int = 150) -> Markup:
    """Return a chart of shares from 0 to 1, a line a series, broken where there is nothing to measure."""
    plot = _Plot(parts, width - _LEFT - _RIGHT, height - _TOP - _BOTTOM, 1)
    drawn = [_series(number, plot.line(name, values)) for number, (name, values) in enumerate(series.items())]
    points = max((sum(value is not None for value in values) for values in series.values()), default=0)
    inside = [*plot.axes({share: f"{share:.0%}" for share in (0, 0.5, 1)}), *drawn]
    kind = "chart lines" if points > _FEW_POINTS else "chart lines dotted"
    return _chart(title, kind, width, height, inside if points else [])


def sparkline(title: str, parts: Sequence[RunSpan]) -> Markup:
    """Return the new articles of spans as a word-sized chart."""
    new = [part.new for part in parts]
    plot = _Plot(parts, 120, 28, max(new, default=0) or 1, left=0, top=0)
    return _chart(title, "spark bars", 120, 28, [_series(0, plot.bars("new", new, [0.0] * len(parts)))], stretched=True)


def _series(number: int, marks: Iterator[Markup]) -> Markup:
    return _SERIES.format(number=number, marks=Markup().join(marks))


def _chart(
    title: str, kind: str, width: int, height: int, inside: Sequence[Markup], *, stretched: bool = False
) -> Markup:
    ratio = Markup(' preserveAspectRatio="none"') if stretched else ""
    drawn = Markup().join(inside or [_NOTHING.format(x=width / 2, y=height / 2)])
    return _CHART.format(title=title, kind=kind, width=width, height=height, inside=drawn, stretched=ratio)


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
