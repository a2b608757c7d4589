"""Every source, checked the same way. A new source adds a module, never test code."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from selectolax.lexbor import LexborHTMLParser

from newsbot.spider import Layout
from newsbot.vietnamese.provinces import PROVINCES
from tests.harness.pages import SPIDERS, load
from tests.project import ROOT

TABLE = ROOT / "docs" / "data" / "sources.md"


@pytest.mark.parametrize("name", SPIDERS)
class TestConventions:
    def test_names_agree(self, name):
        cls = load(name)
        assert cls.name == name
        assert cls.__module__ == f"spiders.{name}"
        assert cls.__name__ == f"{name.capitalize()}Spider"

    def test_docstring_names_the_paper_and_its_address(self, name):
        cls = load(name)
        first = (cls.__doc__ or "").splitlines()[0]
        assert re.fullmatch(r"[^,]+, https://\S+", first)
        assert first.endswith(f"https://{cls.allowed_domains[0]}")

    def test_province_is_on_the_map_of_today(self, name):
        cls = load(name)
        assert cls.province == "" or cls.current_province in {province.name for province in PROVINCES}

    def test_hosts_are_hosts(self, name):
        hosts = load(name).allowed_domains
        assert len(set(hosts)) == len(hosts)
        assert all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host) for host in hosts)
        assert f"www.{hosts[0]}" in hosts

    def test_has_lists_and_ids(self, name):
        cls = load(name)
        assert cls.feeds or cls.sitemaps or cls.sections
        assert all("(?P<id>" in form for form in cls.article_url)

    def test_layouts_are_selectors(self, name):
        cls = load(name)
        tree = LexborHTMLParser("<p>")
        names = [layout.name for layout in cls.layouts]
        assert names and len(set(names)) == len(names)
        for layout in cls.layouts:
            assert isinstance(layout, Layout)
            for entry in fields(layout):
                value = getattr(layout, entry.name)
                for selector in () if entry.name == "name" else (value,) if isinstance(value, str) else value:
                    assert selector == "" or tree.css(selector) is not None

    def test_is_small(self, name):
        path = ROOT / "spiders" / f"{name}.py"
        lines = path.read_text().splitlines()
        on_known_system = any("newsbot.cms" in line for line in lines)
        assert len(lines) <= (25 if on_known_system else 60)
        assert not re.search(r"^\s*(try|except)\b", path.read_text(), re.MULTILINE)

    def test_is_in_the_table(self, name):
        assert f"`{name}`" in TABLE.read_text()


def test_no_host_has_two_sources():
    hosts = [host for name in SPIDERS for host in load(name).allowed_domains]
    assert len(set(hosts)) == len(hosts)
