"""Who may import whom: spiders newsbot, newsbot archive, and inside newsbot a room those below it; no other way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import ROOT

MAY_IMPORT = {"archive": {"archive"}, "newsbot": {"archive", "newsbot"}, "spiders": {"newsbot", "spiders"}}

#: The rooms of newsbot, from the top: each imports only what stands below it.
ROOMS = (
    "commands",
    "command_line",
    "running",
    "proving",
    "upkeep",
    "inspecting",
    "viewer",
    "replaying",
    "cms",
    "spider",
    "source_attributes",
    "fetching",
    "pipelines",
    "chaining",
    "publishing",
    "planning",
    "reader_process",
    "lists",
    "reading",
    "state",
    "locks",
    "health",
    "settings",
    "configuration",
    "items",
    "line_types",
    "vietnamese",
)
#: These neither fetch nor remember, and know no spider.
PURE = ("lists", "reading", "vietnamese")


def imported(path: Path) -> Iterator[str]:
    """Yield the names that a module imports, wherever in it, with all that they are below."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms(path: Path) -> set[str]:
    """Return the rooms of newsbot that a module imports from."""
    return {name.split(".")[1] for name in imported(path) if name.startswith("newsbot.")} & {*ROOMS}


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_go_one_way(package: str) -> None:
    modules = sorted((ROOT / package).rglob("*.py"))
    assert modules
    ours = {*MAY_IMPORT, "tests"}
    wrong = {
        str(path.relative_to(ROOT)): against
        for path in modules
        if (against := ({name.partition(".")[0] for name in imported(path)} & ours) - MAY_IMPORT[package])
    }
    assert not wrong


def test_every_part_of_newsbot_has_its_place() -> None:
    parts = {path.stem for path in (ROOT / "newsbot").iterdir() if path.suffix == ".py" or any(path.glob("*.py"))}
    assert parts - {"__init__"} == {*ROOMS}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_those_below_it(room: str) -> None:
    place = ROOT / "newsbot" / room
    modules = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    below = {*ROOMS[ROOMS.index(room) :]}
    wrong = {str(path.relative_to(ROOT)): above for path in modules if (above := rooms(path) - below)}
    assert not wrong


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_asks_no_site(room: str) -> None:
    makers = ("scrapy.Request", "scrapy.http.Request", "scrapy.Spider", "sqlalchemy", "twisted")
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in sorted((ROOT / "newsbot" / room).rglob("*.py"))
        if (found := [name for name in imported(path) if name.startswith(makers)])
    }
    assert not wrong


def test_all_trees_are_made_in_one_place() -> None:
    """So that a part of a page that is parsed again is the same as it was in the page."""
    makers = {
        path.stem
        for path in sorted((ROOT / "newsbot").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "LexborHTMLParser"
    }
    assert makers == {"parsing"}


def test_tests_share_by_the_harness() -> None:
    """What two files of tests need stands in neither of them."""
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if (found := [name for name in imported(path) if name.startswith("tests.") and ".test_" in name])
    }
    assert not wrong
