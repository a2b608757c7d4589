"""A mistake in one source is one line with its file and attribute; all other sources go on."""

from __future__ import annotations

import fcntl
import gzip
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.harness.commands import Done, against
from tests.harness.foreign_warc import record, write
from tests.harness.own_project import OwnProject, own_project
from tests.harness.pages import SPIDERS
from tests.replica.server import Replica

GOOD = """from newsbot.spider import Layout, NewsSpider


class BaovumSpider(NewsSpider):
    name = "baovum"
    province = "Sơn La"
    allowed_domains = ["baovum.vn"]
    sections = ("",)
    article_url = (r"-(?P<id>\\d+)\\.html$",)
    layouts = (Layout(name="a", body="div.a"),)
"""
MISTAKES = {
    ('"Sơn La"', '"Sơn Lam"'): "BaovumSpider: province: 'Sơn Lam' is the name of no province of Vietnam",
    ('    province = "Sơn La"\n', ""): "BaovumSpider: province is missing",
    ('    allowed_domains = ["baovum.vn"]\n', ""): "BaovumSpider: allowed_domains is missing",
    ("\\d+)", "\\d+"): "BaovumSpider: article_url: '-(?P<id>\\\\d+\\\\.html$': missing ), unterminated subpattern",
    ("(?P<id>", "("): "has no group (?P<id>…)",
    ('("",)', '""'): "BaovumSpider: sections: '' is not a list of texts",
    ('("",)', '("tin tuc",)'): "BaovumSpider: sections: 'tin tuc' is neither a path nor an address",
    ('("",)', '("https://other.vn/",)'): "sections: 'https://other.vn/' is on none of the hosts in allowed_domains",
    ("    sections", "    section"): "BaovumSpider: section: no source has such an attribute; did you mean sections?",
    ('["baovum.vn"]', '["https://baovum.vn/"]'): "BaovumSpider: allowed_domains: 'https://baovum.vn/' is no host",
    ("-(?P<id>", r"^/([\\w-]+/?)+-(?P<id>"): "repeats what is repeated within it: on some addresses it would never end",
    ('body="div.a"', "body=5"): "BaovumSpider: layouts: 'a': body: 5 is no CSS selector",
    ('(Layout(name="a", body="div.a"),)', '("div.a",)'): "BaovumSpider: layouts: ('div.a',) is not a list of Layout(…)",
    ('"div.a"', '"div["'): "BaovumSpider: layouts: 'a': body: 'div[' is no CSS selector",
    ("class Baovum", "clas Baovum"): "line 4: SyntaxError: invalid syntax",
    ("\n\n\nclass", "\n\nraise SystemExit(5)\n\nclass"): "line 3: SystemExit: 5",
    ("import Layout", "import Lyout"): "line 1: ImportError: cannot import name 'Lyout'",
    ('"baovum"', '"bao-vum"'): "name: 'bao-vum' is no name of a source: small letters, digits and _, a letter first",
    ('"baovum"', '"24h"'): "name: '24h' is no name of a source: small letters, digits and _, a letter first",
    ('"baovum"', '"yenmy"'): "name: 'yenmy' is that of another source",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project with its sources in a folder of its own, where one more can be added."""
    return own_project(tmp_path).folder


def scrapy(project: Path, *words: str, **variables: str) -> Done:
    return OwnProject(project).scrapy(*words, **variables)


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of each mistaken source, all of them made at once."""
    project = own_project(tmp_path_factory.mktemp("mistakes")).folder
    for number, change in enumerate(MISTAKES):
        assert change[0] in GOOD
        module = GOOD.replace(*change).replace('"baovum"', f'"baovum{number}"')
        (project / "spiders" / f"baovum{number}.py").write_text(module)
    done = scrapy(project, "list")
    assert done.returncode == 2, done.stderr
    assert done.stdout.split() == SPIDERS
    return dict(line.removeprefix("newsbot: ").split(": ", 1) for line in done.stderr.splitlines())


@pytest.mark.parametrize("number", range(len(MISTAKES)), ids=[" ".join(old.split())[:20] for old, _ in MISTAKES])
def test_one_line_with_file_and_attribute(number: int, listed: dict[str, str]) -> None:
    assert len(listed) == len(MISTAKES)
    said = listed[f"baovum{number}"]
    assert said.startswith(f"spiders/baovum{number}.py")
    assert [*MISTAKES.values()][number] in said


@pytest.mark.parametrize("name", ['    name = "baovum"\n', ""])
def test_a_source_without_a_mistake(name: str, project: Path) -> None:
    """It is called after its module, whether or not it says so."""
    (project / "spiders" / "baovum.py").write_text(GOOD.replace('    name = "baovum"\n', name))
    done = scrapy(project, "list")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == sorted([*SPIDERS, "baovum"])


@pytest.mark.parametrize("command", ["report", "check", "crawlall yenmy baovum -s CONNECT_TO=::127.0.0.1:1"])
def test_who_goes_over_all_sources_says_so(command: str, project: Path) -> None:
    (project / "spiders" / "baovum.py").write_text(GOOD.replace('"Sơn La"', '"Sơn Lam"'))
    (project / "data").mkdir()
    done = scrapy(project, *command.split())
    assert done.returncode == 2, done.stderr
    line = "spiders/baovum.py, line 4: BaovumSpider: province: 'Sơn Lam' is the name of no province of Vietnam"
    assert [said for said in done.stderr.splitlines() if "baovum" in said] == [f"newsbot: baovum: {line}"]
    assert "Traceback" not in done.stderr
    if command == "report":
        page = LexborHTMLParser((project / "data" / "report.html").read_text())
        (listed,) = page.css(".mistakes li")
        assert listed.text(strip=True, separator=" ") == f"baovum {line}"


def test_a_page_of_a_source_that_cannot_be_loaded(project: Path) -> None:
    (project / "spiders" / "baovum.py").write_text(GOOD.replace('"Sơn La"', '"Sơn Lam"'))
    done = scrapy(project, "parse", "https://baovum.vn/")
    assert done.returncode == 2
    assert done.stderr.count("spiders/baovum.py, line 4: BaovumSpider: province: ") == 1


def test_other_sources_go_on(project: Path) -> None:
    (project / "spiders" / "baovum.py").write_text(GOOD.replace("(?P<id>", "(?P<id"))
    with Replica(articles=4) as replica:
        given = against(replica)
        alone = scrapy(project, "crawl", "baovum", *given, **replica.environment)
        assert (alone.returncode, alone.stdout) == (2, "")
        assert alone.stderr.startswith("newsbot: baovum: spiders/baovum.py, line 4: BaovumSpider: article_url: ")
        done = scrapy(project, "crawlall", "haiduongtv", "baovum", *given, **replica.environment)
        assert done.returncode == 2, done.stderr
        assert done.stderr.count("spiders/baovum.py") == 1
    (file,) = (project / "data" / "warc").glob("haiduongtv-*.warc.gz")
    assert list((project / "data" / "articles" / "haiduongtv").glob("*.jsonl"))
    for words in (["rebuild", str(file)], ["rebuildstate"], ["verify"], ["wacz"]):
        done = scrapy(project, *words)
        assert done.returncode == 2, done.stderr
        assert done.stderr.count("spiders/baovum.py, line 4: BaovumSpider: article_url") == 1, done.stderr
        assert "Traceback" not in done.stderr
    assert list((project / "data" / "rebuilt" / "haiduongtv").glob("*.jsonl"))
    assert scrapy(project, "rebuild", "--source=haiduongtv", "--output=other", str(file)).returncode == 0


def test_a_crawl_that_began_before_the_mistake_was_made(project: Path) -> None:
    """Nobody rewrites the archive beside it, though its source cannot be loaded any more."""
    (project / "spiders" / "baovum.py").write_text(GOOD.replace("class Baovum", "clas Baovum"))
    file = project / "data" / "warc" / "a.warc.gz"
    write(file, [record("warcinfo", b"software: a crawler\r\n", type="application/warc-fields")])
    file.write_bytes(gzip.compress(gzip.decompress(file.read_bytes())) + b"torn")
    (project / "data" / "locks").mkdir()
    with (project / "data" / "locks" / "baovum.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = scrapy(project, "repair", str(file))
    assert done.returncode == 75, done.stderr
    assert "baovum.lock" in done.stderr
