"""Every source, checked the same way. A new source adds a module, never test code."""

from __future__ import annotations

import ast
import re
from collections import Counter
from statistics import median

import pytest

from newsbot.cms.family import FamilySpider
from newsbot.vietnamese.provinces import PROVINCES
from tests.documents.tables import source_row
from tests.harness.pages import SPIDERS, load
from tests.project import ROOT

TABLE = (ROOT / "docs" / "data" / "sources.md").read_text(encoding="utf-8").splitlines()
MODULES = {path.stem: path for path in sorted((ROOT / "spiders").glob("[!_]*.py"))}
MEMBERS = [name for name in SPIDERS if issubclass(load(name), FamilySpider)]
#: Lines of the module of a family's member, of a source on a system of its own; and of the median member.
LONGEST_MEMBER, LONGEST, MEDIAN = 40, 60, 13


def length(name: str) -> int:
    return len(MODULES[name].read_text(encoding="utf-8").splitlines())


def nodes(name: str) -> list[ast.AST]:
    return [*ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8")))]


@pytest.mark.parametrize("name", SPIDERS)
class TestConventions:
    def test_names_agree(self, name: str) -> None:
        cls = load(name)
        assert cls.name == name
        assert cls.__module__ == f"spiders.{name}"
        assert cls.__name__ == f"{name.capitalize()}Spider"

    def test_docstring_names_the_paper_and_its_address(self, name: str) -> None:
        cls = load(name)
        first = (cls.__doc__ or "").partition("\n")[0]
        assert re.fullmatch(r"\S.*, https://\S+", first)
        assert first.endswith(f"://{cls.allowed_domains[0]}")

    def test_province_is_on_the_map_of_today(self, name: str) -> None:
        cls = load(name)
        assert cls.province == "" or cls.current_province in {province.name for province in PROVINCES}

    def test_hosts_are_hosts(self, name: str) -> None:
        hosts = load(name).allowed_domains
        assert len(set(hosts)) == len(hosts)
        assert all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host) for host in hosts)

    def test_has_lists(self, name: str) -> None:
        cls = load(name)
        assert cls.feeds or cls.sitemaps or cls.sections or cls.sections_from_menu

    def test_layouts_have_names_of_their_own(self, name: str) -> None:
        names = Counter(layout.name for layout in load(name).layouts)
        assert [each for each, times in names.items() if times > 1] == []

    def test_is_small_and_catches_nothing(self, name: str) -> None:
        assert length(name) <= (LONGEST_MEMBER if name in MEMBERS else LONGEST)
        assert not any(isinstance(node, ast.Try) for node in nodes(name))

    def test_is_in_the_table(self, name: str) -> None:
        assert f"| {' | '.join(source_row(load(name)))} |" in TABLE, "python -m tests.documents writes the table"


@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_of_a_family_is_attributes_alone(name: str) -> None:
    """What its pages need beside them, its family has."""
    assert not any(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) for node in nodes(name))


def test_members_of_families_are_short() -> None:
    assert median(map(length, MEMBERS)) <= MEDIAN


def test_every_module_is_a_source() -> None:
    assert sorted(MODULES) == sorted(SPIDERS)


def test_no_host_has_two_sources() -> None:
    hosts = Counter(host for name in SPIDERS for host in load(name).allowed_domains)
    assert [host for host, sources in hosts.items() if sources > 1] == []
