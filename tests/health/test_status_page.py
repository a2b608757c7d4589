"""The report page: all is on it, nothing fetched, every text of a site escaped, legible on a phone and in the dark."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from newsbot.health.history import Reports
from newsbot.health.run_report import RunReport
from newsbot.health.status_page.page import page
from newsbot.health.status_page.spans import spans
from tests.harness.run_history import LAST, PAPERS, history

NOW = LAST + timedelta(minutes=40)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOSTILE = "</style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&lt;\u202e"


@pytest.fixture(scope="module")
def runs() -> list[RunReport]:
    return sorted(history(), key=lambda run: run.started)


@pytest.fixture(scope="module")
def html(runs: list[RunReport]) -> str:
    return page(Reports(runs, []), NOW)


def first(tree: Any, selector: str) -> Any:
    """Return the one element that a test is about."""
    found = tree.css_first(selector)
    assert found is not None, selector
    return found


def test_every_source_has_a_row_with_its_state_and_a_section_with_its_charts(html: str) -> None:
    tree = LexborHTMLParser(html)
    rows = {first(row, "th").text(): row for row in tree.css("tbody tr:not(.why)")}
    assert list(rows) == ["haiduongtv", "suckhoemoitruong", "baohaiduong", "baoquangninh", "baosonla", "yenmy"]
    states = {name: first(row, ".pill").text(strip=True) for name, row in rows.items()}
    assert states["haiduongtv"] == "!not well"
    assert states["baosonla"] == "✓well"
    for name, row in rows.items():
        assert len(row.css("svg .bar")) > 10
        section = first(tree, f"section#{name}")
        assert len(section.css("svg.chart")) == 3
        assert len(section.css(".strip li")) == 60
    assert first(tree, "section#baosonla .strip").html.count('class="unwell"') == 2
    assert "no new article for 7 days" in first(tree, "section#haiduongtv, .why").text()


def test_what_pages_lack_to_be_shown_is_named(html: str, runs: list[RunReport]) -> None:
    tree = LexborHTMLParser(html)
    row = next(row for row in tree.css("tbody tr:not(.why)") if first(row, "th").text() == "baoquangninh")
    assert first(row, "[data-label='requisites had']").text() in ("97%", "98%")
    last = next(run for run in reversed(runs) if run.source == "baoquangninh")
    assert last.requisites["missing"] == len(last.missing_requisites) > 0
    summary = next(each for each in tree.css("section#baoquangninh summary") if "lack to be shown" in each.text())
    assert f"({last.requisites['missing']})" in summary.text()
    assert last.missing_requisites[0] in first(tree, "section#baoquangninh").text()
    assert "lack to be shown" not in first(tree, "section#suckhoemoitruong").text()  # its last run read no page


def test_a_bar_says_its_day_and_number(html: str, runs: list[RunReport]) -> None:
    titles = [node.text() for node in LexborHTMLParser(html).css("section#baosonla svg .bar title")]
    noon = LAST - timedelta(days=3)
    new = sum(run.new for run in runs if run.source == "baosonla" and spans([run], noon.date(), noon.date())[0].runs)
    assert f"19 Nov: {new} new" in titles


def test_the_page_fetches_nothing_and_runs_nothing(html: str) -> None:
    tree = LexborHTMLParser(html)
    assert not tree.css("script, link, img, iframe, object, embed, [onload], [onclick], [onerror], [style]")
    addresses = [node.attributes.get("href") or "" for node in tree.css("[href], [src]")]
    assert all(address.startswith("#") for address in addresses)
    assert not re.findall(r"url\(|@import|xlink|https?://(?!www\.w3\.org/2000/svg)", html.partition("<main>")[0])
    assert "default-src 'none'" in html


def test_texts_of_sites_are_texts(runs: list[RunReport]) -> None:
    odd = replace(
        runs[-1],
        source="yenmy",
        problems=[HOSTILE],
        alarms={HOSTILE: HOSTILE},
        exit_status=1,
        layouts={HOSTILE: {"articles": 3, "field_coverage": {HOSTILE: 1.0}}},
        field_coverage={HOSTILE: 1.0},
    )
    html = page(Reports([*runs, odd], [HOSTILE]), NOW)
    tree = LexborHTMLParser(html)
    assert not tree.css("script, img, [onerror]")
    assert len(tree.css("style")) == 1
    assert html.count("&lt;script&gt;alert(1)") >= 4


def test_a_page_over_nothing_says_so() -> None:
    assert "There is no run report yet" in page(Reports([], []), NOW)
    assert "hold no report: torn.json" in page(Reports([], ["torn.json"]), NOW)


def test_a_source_that_cannot_be_loaded_is_not_well(runs: list[RunReport]) -> None:
    """One that was crawled before, and one that never was."""
    mistakes = {runs[-1].source: "spiders/a.py: <b>", "baomoi": "spiders/baomoi.py: name is missing"}
    tree = LexborHTMLParser(page(Reports(runs, []), NOW, mistakes=mistakes))
    assert {item.text(strip=True) for item in tree.css(".mistakes li")} == {f"{k}{v}" for k, v in mistakes.items()}
    row = first(tree, ".sources tbody tr")
    assert row.css_first("th").text() == runs[-1].source
    assert "cannot be loaded" in row.css_first(".state").text()
    named = {run.source for run in runs}
    assert first(tree, ".tiles dd").text().endswith(f" of {len(named) + 1}")
    assert not LexborHTMLParser(page(Reports(runs, []), NOW)).css(".mistakes")


def test_one_run_alone_and_runs_of_an_older_newsbot_have_a_page(runs: list[RunReport]) -> None:
    old = RunReport(
        source="yenmy",
        started=runs[-1].started,
        finished=runs[-1].finished,
        exit_status=1,
        problems=["every request failed"],
        process=1,
    )
    tree = LexborHTMLParser(page(Reports([old], []), NOW))
    assert first(tree, ".episodes b").text() == "problem"
    assert first(tree, "tbody .why").text(strip=True) == "every request failed"


def test_a_source_that_has_no_run_of_late_is_late(runs: list[RunReport]) -> None:
    own = [run for run in runs if run.source == "baosonla"]
    tree = LexborHTMLParser(page(Reports(own, []), NOW + timedelta(days=3)))
    assert first(tree, ".pill").text(strip=True) == "…no run of late"


@pytest.mark.parametrize(("years", "length"), [(0.1, 1), (1, 7), (5, 30), (20, 365)])
def test_years_are_gathered_so_that_a_chart_can_be_read(years: float, length: int) -> None:
    last = date(2026, 11, 22)
    parts = spans([], last - timedelta(days=int(365 * years)), last)
    assert {part.days for part in parts} == {length}
    assert len(parts) <= 110
    assert parts[-1].first + timedelta(days=length - 1) == last


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("needs Chromium (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "scale"), [(360, 2), (1280, 1)])
def test_it_looks_right(browser: Any, html: str, tmp_path: Path, width: int, scale: int, theme: str) -> None:
    """What a machine can see of it: fits the screen, is painted in its theme, its words can be told from the ground."""
    (path := tmp_path / "report.html").write_text(html, encoding="utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 900}, device_scale_factor=scale, color_scheme=theme
    )
    tab = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda line: complaints.append(line.text))
    tab.goto(path.as_uri())
    assert (asked, complaints) == ([path.as_uri()], [])
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    cut = "[...document.querySelectorAll('th, td, dd, figcaption, summary, small')]"
    cut += ".filter(it => it.offsetParent && it.scrollWidth > it.clientWidth + 1).map(it => it.textContent)"
    assert tab.evaluate(cut) == []
    assert tab.evaluate("[...document.querySelectorAll('section svg.chart')].every(it => it.ariaLabel)")
    for selector, least in (
        ("body", 7),
        (".tiles dt", 4.5),
        (".pill.well", 4.5),
        (".pill.unwell", 4.5),
        (".why li", 4.5),
    ):
        assert contrast(tab, selector) >= least, selector
    bars = tab.evaluate("getComputedStyle(document.querySelector('svg.chart .bar rect')).fill")
    assert bars not in ("none", "rgb(0, 0, 0)")
    tab.screenshot(path=tmp_path / "report.png", full_page=True)
    assert (tmp_path / "report.png").stat().st_size > 50_000
    context.close()


def contrast(tab: Any, selector: str) -> float:
    """Return the contrast of an element's text with the ground it is painted on (WCAG 2)."""
    colours = tab.evaluate(
        """selector => {
            let it = document.querySelector(selector), ground = it;
            const clear = 'rgba(0, 0, 0, 0)';
            const back = element => getComputedStyle(element).backgroundColor;
            while (back(ground) === clear && ground.parentElement) ground = ground.parentElement;
            return [getComputedStyle(it).color, back(ground)];
        }""",
        selector,
    )
    light, dark = sorted((luminance(colour) for colour in colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a CSS colour.

    >>> luminance("rgb(255, 255, 255)"), luminance("rgb(0, 0, 0)")
    (1.0, 0.0)
    """
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return round(0.2126 * red + 0.7152 * green + 0.0722 * blue, 6)


def test_the_papers_of_the_history_are_the_sources() -> None:
    from spiders import baohaiduong, baoquangninh, baosonla, haiduongtv, suckhoemoitruong, yenmy

    modules = (baohaiduong, baoquangninh, baosonla, haiduongtv, suckhoemoitruong, yenmy)
    assert [paper.name for paper in PAPERS] == [module.__name__.rpartition(".")[2] for module in modules]
