"""`scrapy genspider` writes whole sources: for each family, and from what a page says of its site."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from newsbot.cms.detection import families
from newsbot.inspecting.detecting import Detection
from newsbot.inspecting.draft import Draft, draft
from newsbot.inspecting.site_facts import SiteFacts
from newsbot.reading.page import Page
from newsbot.spider import NewsSpider
from tests.harness.own_project import OwnProject, own_project
from tests.harness.pages import reply
from tests.project import ROOT

MANY = tuple(f"https://baodemo.vn/chuyen-muc-so-{number}/tin-moi" for number in range(30))
FACTS = SiteFacts("Báo Demo, cơ quan của Đảng bộ", MANY[:2], ("https://baodemo.vn/sitemap.xml",), MANY)
DRAFTS = {
    f"{family or 'own'}-{province or 'none'}-{'facts' if facts else 'bare'}": draft(
        "baodemo", "baodemo.vn", family, province=province, facts=facts
    )
    for family in ("", *families())
    for province in ("Sơn La", "")
    for facts in (FACTS, None)
} | {"of two words": draft("bao_demo", "baodemo.vn", "")}
#: A site that says of itself what would end a text, a docstring or a module, or steer a terminal.
HOSTILE = (
    """<title>"); import os #</title><meta property="og:site_name" content='Báo """
    + '"""\\'
    + """ \x1b[2J x\u202e'>
<link rel=alternate type=application/rss+xml href='/rss/")+x().rss'>
<link rel=alternate type=application/rss+xml href="https://evil.test/rss">
<nav><a href="/kinh-te'+x">a</a><a href='/"x"/'>b</a><a href="/xa-hoi">c</a><a href="/the-thao">d</a>
<a href="/du-lich">e</a><a href="/van-hoa\x1b[31m">f</a></nav>"""
)


def read(source: Draft) -> type[NewsSpider]:
    """The class in a draft's module, which is that of the draft."""
    space: dict[str, object] = {"__name__": f"spiders.{source.name}"}
    exec(compile(source.module(), "draft", "exec"), space)  # as an import would
    (cls,) = (each for each in space.values() if isinstance(each, type) and "allowed_domains" in vars(each))
    assert issubclass(cls, NewsSpider)
    return cls


@pytest.mark.parametrize("name", DRAFTS)
def test_a_draft_is_a_source(name: str) -> None:
    source = DRAFTS[name]
    cls, made = read(source), source.spider()
    for attribute in ("name", "province", "allowed_domains", "feeds", "sitemaps", "sections", "article_url", "outlets"):
        assert getattr(cls, attribute) == getattr(made, attribute)
    assert re.fullmatch(r"\S.*, https://baodemo\.vn", (cls.__doc__ or "").partition("\n")[0])
    assert cls.sections_from_menu == (made.sections_from_menu or cls.sections == ("",))
    assert len(source.module().splitlines()) <= 40
    assert not any(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(source.module())))


def test_drafts_are_laid_out_as_ruff_does(tmp_path: Path) -> None:
    for name, source in DRAFTS.items():
        (tmp_path / f"{name}.py").write_text(source.module())
    for words in (["format", "--check", "--diff"], ["check"]):
        ruff = [sys.executable, "-m", "ruff", *words, "--config", str(ROOT / "pyproject.toml"), "--no-cache", "."]
        done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_a_site_says_neither_runs_nor_breaks_out() -> None:
    page = Page.from_response(reply("https://baodemo.vn/", HOSTILE))
    seen = Detection(page, (), ('https://baodemo.vn/x")+y.xml', "https://evil.test/sitemap.xml"))
    source = draft("baodemo", "baodemo.vn", seen.family, facts=seen.facts("baodemo.vn"))
    cls = read(source)
    assert {*cls.sections} >= {"", "xa-hoi", "the-thao", "du-lich"}
    assert not any("evil.test" in url for url in (*cls.feeds, *cls.sitemaps, *cls.sections))
    assert source.module().isprintable() or source.module().replace("\n", "").isprintable()
    assert [node.func for node in ast.walk(ast.parse(source.module())) if isinstance(node, ast.Call)] == []


def test_a_page_in_a_file_gives_a_source(tmp_path: Path) -> None:
    project = own_project(tmp_path)
    (tmp_path / "front.html").write_text(
        "<title>Báo Sơn Vũ</title><link rel=canonical href=https://www.baosonvu.com.vn/>"
        "<link rel=alternate type=application/rss+xml href=/rss/home.rss>"
        "<meta property=og:site_name content='Báo Sơn Vũ'>"
        "<nav><a href=/thoi-su>a</a><a href=/kinh-te>b</a><a href=/xa-hoi>c</a><a href=/lien-he>d</a></nav>"
        "<img src=https://baosonvu.1cdn.vn/2026/1.jpg><h3><a href=/mua-to-12345.html>x</a></h3>"
    )
    done = project.scrapy("genspider", "--detect", "front.html", "--province", "Sơn La")
    assert (done.returncode, done.stderr) == (0, "")
    assert "family: onecms (OneCMS), by its signs: pictures on *.1cdn.vn" in done.stdout
    text = (tmp_path / "spiders" / "baosonvu.py").read_text()
    assert text == (
        "from newsbot.cms.onecms import OneCmsSpider\n\n\nclass BaosonvuSpider(OneCmsSpider):\n"
        '    """Báo Sơn Vũ, https://www.baosonvu.com.vn"""\n\n    province = "Sơn La"\n'
        '    evidence = "inferred"\n    allowed_domains = ["www.baosonvu.com.vn", "baosonvu.com.vn"]\n'
        '    feeds = ("rss/home.rss",)\n    sections = ("", "thoi-su", "kinh-te", "xa-hoi")\n'
        '    outlets = ("Báo Sơn Vũ",)\n'
    )
    again = project.scrapy("genspider", "--detect", "front.html")
    assert (again.returncode, again.stderr) == (
        1,
        f"newsbot: {tmp_path}/spiders/baosonvu.py exists (--force writes over it)\n",
    )


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["-t", "nosuch", "a", "a.vn"], 2, "-t nosuch: there is no such family; known: "),
        (["--province", "Sơn Lam", "a", "a.vn"], 2, "--province: 'Sơn Lam' is the name of no province of Vietnam"),
        (["baodemo", "127.0.0.1"], 2, "'127.0.0.1' is no domain such as baosonla.vn"),
        (["-t", "onecms"], 2, "say the name and the domain of the source"),
        (["--detect", "nowhere.html"], 2, "nowhere.html: there is no such file, and https:// is missing"),
        (["--detect", "scrapy.cfg"], 1, "scrapy.cfg: it does not say its own address: give it with --url"),
        (["--detect", "deep.html"], 1, "deep.html: not read: its tags nest more than 10000 deep"),
        (["--detect", "binary", "--url=https://a.vn/", "a", "a.vn"], 1, "binary: has no link: it is no page of a site"),
        (["--detect", "ftp://a.vn/"], 2, "ftp://a.vn/: only http:// and https:// are asked for"),
        (["--detect", "http://127.0.0.1:1/"], 1, "is at a private address (127.0.0.1): refused"),
        (["-t", "onecms", "baodemo", "baosonla.vn"], 1, "baosonla.vn is a host of baosonla (--force"),
    ],
)
def test_says_what_is_wrong_in_one_line(words: list[str], status: int, said: str, project: OwnProject) -> None:
    before = sorted((project.folder / "spiders").iterdir())
    done = project.scrapy("genspider", *words)
    assert done.returncode == status, done.stderr
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert sorted((project.folder / "spiders").iterdir()) == before
    assert not (project.folder / "data").exists()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> OwnProject:
    project = own_project(tmp_path_factory.mktemp("own"))
    (project.folder / "deep.html").write_text("<div>" * 20_000)
    (project.folder / "binary").write_bytes(bytes(range(256)) * 20)
    return project


def test_a_tree_that_is_no_page_has_no_family() -> None:
    assert LexborHTMLParser("").css_first("body") is not None
    page = Page.from_response(reply("https://baodemo.vn/", b""))
    assert Detection(page, (), ()).family == ""
