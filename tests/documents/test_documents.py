"""The documents say what is so: their tables are those of the code, and what they name is there.

What a reader types is looked up, not run: commands and their options, targets of make, settings, modules, files.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from archive.crawling.extension import Archive
from newsbot import settings
from newsbot.configuration.given_settings import read_given
from newsbot.health.telling.metrics import GAUGES
from newsbot.items import FIELDS
from newsbot.lists.feeds import Feed
from newsbot.lists.sitemaps import Sitemap
from newsbot.reader_process.process import PageLimits
from newsbot.reading.article import READER_VERSION
from newsbot.reading.limits import LONGEST_ADDRESS, MAX_BYTES, MAX_DEPTH
from newsbot.spider import Layout, NewsSpider
from newsbot.vietnamese.text import content_digest
from tests.documents.pages import documents, github_slug, mkdocs_slug, page
from tests.documents.shell_lines import (
    argument_names,
    faults,
    is_missing,
    option_names,
    setting_names,
    variable_names,
)
from tests.documents.tables import GENERATED, SCHEMA, example, filled, generated_parts
from tests.harness.pages import SPIDERS
from tests.project import ROOT

DOCS: Final = ROOT / "docs"
README: Final = ROOT / "README.md"
PAGES: Final = documents()
OPERATE, DATA, CONTRIBUTE = (DOCS / name for name in ("operate", "data", "contribute"))
ARCHITECTURE: Final = CONTRIBUTE / "architecture.md"
#: Languages of the blocks of code; none is without, so that no command goes unread.
LANGUAGES: Final = {"cron", "json", "python", "sh", "sql", "text", "toml"}
#: What a new user wants to know, and where it is said.
QUESTIONS: Final = {
    "install": "docs/operate/install.md",
    "schedule": "docs/operate/schedule.md",
    "exit status 1": "docs/operate/exit-status.md#what-to-do-about-status-1",
    "disk full": "docs/operate/disk.md#when-the-disk-fills",
    "replay": "docs/archive/replay.md#in-a-browser-replaywebpage",
    "takedown": "docs/archive/redaction.md",
    "one field's meaning": "docs/data/article-line.md#published_precision",
    "add a paper": "docs/contribute/add-a-source.md",
}
#: Names in capitals that are no settings.
NO_SETTINGS: Final = {"EX_TEMPFAIL", "WARC_FILE"}
_CAPITALS: Final = re.compile(r"(?<![\w<])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w=])")
_DOTTED: Final = re.compile(r"(?<![\w/-])(?:archive|newsbot)(?:\.\w+)+")
#: What follows a dot in names of files.
_SUFFIXES: Final = (".toml", ".service", ".timer", ".git")
_KEY: Final = re.compile(r"([a-z][a-z0-9_]*) = .*")
#: Between the parts of a text that is longer than a line.
_PARTS: Final = re.compile(r'"\s*\n\s*f?"')
_INNER_FOLDER: Final = re.compile(r"(?:archive|newsbot)/[a-z_]+/.*")

each_page = pytest.mark.parametrize("path", PAGES, ids=[str(path.relative_to(ROOT)) for path in PAGES])


@each_page
def test_generated_parts_are_in_step(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert filled(text) == text, "make docs, or python -m tests.documents, writes it as it should be"


def test_all_that_is_generated_is_on_some_page() -> None:
    found = [name for path in PAGES for name in generated_parts(path.read_text(encoding="utf-8"))]
    assert sorted(found) == sorted(GENERATED)


def test_the_example_is_an_article_line() -> None:
    line = example()
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(line)
    assert tuple(line) == FIELDS
    assert line["reader_version"] == READER_VERSION
    assert line["content_digest"] == content_digest(line["title"], line["sapo"], line["body"])


@each_page
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for written, target, anchor in page(path).links():
        if not target.exists() or (anchor and anchor not in page(target).anchors):
            broken.append(written)
    assert not broken


@each_page
def test_headings_have_the_same_anchors_everywhere(path: Path) -> None:
    slugs = [mkdocs_slug(heading) for heading in page(path).headings]
    assert slugs == [github_slug(heading) for heading in page(path).headings]
    assert len(set(slugs)) == len(slugs)


def test_pages_of_the_site_link_only_within_it() -> None:
    """Mkdocs knows no file outside of docs/: such are named, not linked."""
    outside = [
        (str(path.relative_to(ROOT)), written)
        for path in PAGES
        if path.is_relative_to(DOCS)
        for written, target, _ in page(path).links()
        if not target.is_relative_to(DOCS)
    ]
    assert not outside


def test_every_page_is_on_the_front_page_and_in_the_navigation() -> None:
    pages = {path for path in PAGES if path.is_relative_to(DOCS)} - {DOCS / "index.md"}
    assert pages <= {target for _, target, _ in page(DOCS / "index.md").links()}
    navigation = set(re.findall(r": ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE))
    assert {DOCS / name for name in navigation} == pages | {DOCS / "index.md"}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_two_clicks_from_the_readme(question: str) -> None:
    name, _, anchor = QUESTIONS[question].partition("#")
    first = {target for _, target, _ in page(README).links() if target.suffix == ".md"}
    second = {target for path in first for _, target, _ in page(path).links()}
    assert ROOT / name in first | second
    assert not anchor or anchor in page(ROOT / name).anchors


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 100


@each_page
def test_commands_can_be_typed(path: Path) -> None:
    found = page(path)
    assert set(found.fences()) <= LANGUAGES
    assert [fault for block in found.blocks("sh", "cron") for fault in faults(block)] == []
    within = [code for code in found.code() if re.match(r"(scrapy|make|python -m|\.venv/bin/\S+) [^\[<…]*$", code)]
    assert [fault for code in within for fault in faults(code.replace("python -m", ".venv/bin/python -m"))] == []


@each_page
def test_options_and_arguments_exist(path: Path) -> None:
    for code in page(path).code():
        assert set(re.findall(r"(?<!\S)--[a-z][a-z-]*", code)) <= option_names() | {"--connect-to"}, code  # curl's
        assert set(re.findall(r"(?<!\S)-a ([a-z_]+)", code)) <= argument_names(), code


@each_page
def test_settings_exist(path: Path) -> None:
    known = setting_names() | variable_names() | NO_SETTINGS
    assert {name for name in _CAPITALS.findall(page(path).text) if name not in known} == set()
    keys = {found[1].upper() for code in page(path).code() if (found := _KEY.fullmatch(code))}
    assert keys <= setting_names()


@each_page
def test_configuration_can_be_read(path: Path, tmp_path: Path) -> None:
    for number, block in enumerate(page(path).blocks("toml")):
        file = tmp_path / f"{number}.toml"
        file.write_text(block, encoding="utf-8")
        assert set(read_given(vars(settings), {}, file).sources) <= set(SPIDERS)


@each_page
def test_files_and_modules_exist(path: Path) -> None:
    code = page(path).code()
    assert [name for name in code if is_missing(name)] == []
    assert [name for name in dotted(code) if not is_there(name)] == []
    if path != ARCHITECTURE:  # one page to change when rooms are moved
        assert [name for name in code if _INNER_FOLDER.fullmatch(name) and not name.startswith("newsbot/cms/")] == []


@each_page
def test_python_is_python_and_imports_what_there_is(path: Path) -> None:
    for block in page(path).blocks("python"):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("archive", "newsbot"):
                assert all(is_there(f"{node.module}.{alias.name}") for alias in node.names)


@each_page
def test_files_in_the_data_folder_are_in_its_table(path: Path) -> None:
    table = (OPERATE / "data-folder.md").read_text(encoding="utf-8")
    known = set(re.findall(r"`data/([\w.-]+)", table))
    assert {name for code in page(path).code() for name in re.findall(r"^data/([\w.-]+)", code)} <= known


def test_monitors_are_explained() -> None:
    named = page(OPERATE / "monitoring.md").code()
    monitors = set(re.findall(r'Problem\(\s*"([^"]+)", ', sources()))
    assert len(monitors) > 20
    assert monitors <= set(named)
    assert {f"newsbot_{name}" for name in GAUGES} <= set(named)


def test_limits_of_pages_and_lists_are_those_of_the_code() -> None:
    text = " ".join((OPERATE / "crawling.md").read_text(encoding="utf-8").split())
    seconds, _, memory = PageLimits()
    for said in (
        f"{seconds} seconds of processor time, {memory >> 20} MB of memory, {MAX_BYTES // 10**6} MB of page",
        f"{MAX_DEPTH:,} levels of nested tags",
        f"addresses and titles of {LONGEST_ADDRESS:,} characters",
        f"feeds {Feed.limit >> 20} MB, sitemaps {Sitemap.limit >> 20} MB unpacked",
    ):
        assert said in text


@pytest.mark.parametrize("name", ["operate/troubleshooting.md", "operate/state.md"])
def test_messages_and_tables_are_those_of_the_code(name: str) -> None:
    cells = page(DOCS / name).tree.css("tr > td:first-child > code")
    parts = [part.strip() for cell in cells for part in re.split(r"…|\d+%?|<[^>]*>", cell.text())]
    wanted = [part for part in parts if len(part) > 9 and not part.startswith(("data/", "scrapy "))]
    assert len(wanted) >= 5
    assert [part for part in wanted if part not in sources()] == []


def test_a_source_can_be_described_as_the_walk_says() -> None:
    tree = page(CONTRIBUTE / "add-a-source.md").tree
    named = {code.text() for code in tree.css("tr > td:first-child > code")}
    assert {"province", "feeds", "article_url", "layouts"} <= named
    assert named <= {*dir(NewsSpider), *NewsSpider.__annotations__}
    assert all(f"`{name}`" in page(CONTRIBUTE / "add-a-source.md").text for name in ("credit", "pictures", "drop"))
    assert {"credit", "pictures", "captions", "drop"} <= set(Layout.__dataclass_fields__)


def test_every_field_has_a_row_among_the_vocabularies() -> None:
    named = [code.text() for code in page(DATA / "vocabularies.md").tree.css("tr > td:first-child > code")]
    assert sorted(named) == sorted(FIELDS)


def test_forms_and_workflow_are_read_by_a_forge() -> None:
    forms = sorted((ROOT / ".github").rglob("*.yml"))
    assert len(forms) > 3
    read = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in forms}
    assert any(step.get("run") == ".ci/run" for step in read["ci.yml"]["jobs"]["test"]["steps"])
    for name, form in read.items():
        if "body" in form:
            assert {"name", "description"} <= set(form), name
            assert json.dumps(form)


def dotted(code: list[str]) -> Iterator[str]:
    """Yield the names of modules, and of what is in them."""
    return (name for each in code for name in _DOTTED.findall(each) if not name.endswith(_SUFFIXES))


def test_another_project_is_told_what_the_archive_has() -> None:
    calls = re.findall(r"\barchive\.(\w+)\(", page(DOCS / "archive" / "in-your-project.md").text)
    assert calls
    assert all(callable(getattr(Archive, name)) for name in calls)


def is_there(dotted: str) -> bool:
    """Whether a dotted name leads to a module, or to something in one."""
    module, _, name = dotted.rpartition(".")
    try:
        import_module(dotted)
    except ModuleNotFoundError:
        return bool(module) and "." in dotted and hasattr(import_module(module), name)
    return True


@cache
def sources() -> str:
    """Return all code, with texts that are written in several parts put together."""
    paths = sorted(path for folder in ("archive", "newsbot") for path in (ROOT / folder).rglob("*.py"))
    return _PARTS.sub("", "\n".join(path.read_text(encoding="utf-8") for path in paths))
