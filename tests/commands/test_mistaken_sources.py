"""A mistake in one source is one line with its file and attribute; all other sources go on."""

from __future__ import annotations

import fcntl
import gzip
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.harness.commands import LONG, against, command_line
from tests.harness.foreign_warc import record, write
from tests.project import ROOT
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
    ('"Sơn La"', '"Sơn Lam"'): "province: no province of Vietnam has the name 'Sơn Lam'",
    ('    province = "Sơn La"\n', ""): "BaovumSpider: province is missing",
    ('    allowed_domains = ["baovum.vn"]\n', ""): "BaovumSpider: allowed_domains is missing",
    ('    name = "baovum"\n', ""): "BaovumSpider: name is missing",
    ("\\d+)", "\\d+"): "BaovumSpider: article_url: '-(?P<id>\\\\d+\\\\.html$': missing ), unterminated subpattern",
    ("(?P<id>", "("): "has no group (?P<id>…)",
    ('("",)', '""'): "BaovumSpider: sections: '' is not a list of texts",
    ('"div.a"', '"div["'): "BaovumSpider: layouts: 'a': body: 'div[' is no CSS selector",
    ("class Baovum", "clas Baovum"): "line 4: SyntaxError: invalid syntax",
    ("import Layout", "import Lyout"): "line 1: ImportError: cannot import name 'Lyout'",
    ('"baovum"', '"yenmy"'): "name: 'yenmy' is that of another source",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project with its sources in a folder of its own, where one more can be added."""
    shutil.copytree(ROOT / "spiders", tmp_path / "spiders")
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = newsbot.settings\n")
    return tmp_path


def scrapy(project: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"NEWSBOT_DATA": str(project / "data"), "PYTHONPATH": f"{project}:{ROOT}"} | variables
    return subprocess.run(
        command_line(*words), cwd=project, env=environment, capture_output=True, text=True, timeout=LONG, check=False
    )


def loaded(project: Path, text: str) -> tuple[list[str], dict[str, str]]:
    """The sources that are loaded, and what is said of the others; many kinds in one process."""
    (project / "spiders" / "baovum.py").write_text(text)
    done = scrapy(project, "list")
    said = dict(line.removeprefix("newsbot: ").split(": ", 1) for line in done.stderr.splitlines())
    assert done.returncode == (2 if said else 0), done.stderr
    return done.stdout.split(), said


@pytest.mark.parametrize(("change", "said"), MISTAKES.items(), ids=[" ".join(old.split())[:20] for old, _ in MISTAKES])
def test_one_line_with_file_and_attribute(change: tuple[str, str], said: str, project: Path) -> None:
    assert change[0] in GOOD
    names, mistakes = loaded(project, GOOD.replace(*change))
    assert len(names) == 6
    assert list(mistakes) == ["baovum"]
    assert mistakes["baovum"].startswith("spiders/baovum.py")
    assert said in mistakes["baovum"]


def test_other_sources_go_on(project: Path) -> None:
    assert loaded(project, GOOD) == (sorted([*loaded(project, GOOD)[0]]), {})
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
