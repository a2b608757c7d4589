"""`parse`, `fetch` and `shell` look at any page, and leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsbot.locks.source_lock import SourceLock
from tests.harness.commands import Done, clean_environment, run_scrapy
from tests.replica.faults import instead
from tests.replica.server import Replica

Look = Callable[..., Done]
HOME = "https://baosonla.vn/"
#: So long that a crawl does other work while it is read.
LONG = instead(
    "baosonla.vn/years.xml",
    f"<urlset>{'-' * 500_000}<url><loc>{HOME}kinh-te/che-shan-tuyet-Dlf1mtZIg.html</loc></url></urlset>",
    type="text/xml",
)


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Look]:
    """Runs a command against the replica while the source is locked; afterwards nothing may have been written."""
    data = tmp_path_factory.mktemp("looking") / "data"
    with Replica(articles=6) as replica, SourceLock(data / "locks", "baosonla"):
        replica.set_faults(LONG)
        environment = clean_environment() | replica.environment
        environment |= {"NEWSBOT_CONNECT_TO": ",".join(replica.settings["CONNECT_TO"]), "NEWSBOT_DOWNLOAD_DELAY": "0"}
        environment |= {"NEWSBOT_AUTOTHROTTLE_ENABLED": "false", "NEWSBOT_CRAWL_DELAY_MAX": "0"}
        yield lambda *words: run_scrapy(*words, data=data, environment=environment)
        assert [str(path.relative_to(data)) for path in data.rglob("*")] == ["locks", "locks/baosonla.lock"]


@pytest.fixture(scope="module")
def article(look: Look) -> str:
    """The address of an article, as the source's feed is read."""
    done = look("parse", f"{HOME}rss/home.rss", "--nocolour")
    assert (done.returncode, done.stderr) == (0, "")
    links = [line.strip(" [],<>").removeprefix("GET ") for line in done.stdout.splitlines() if "<GET " in line]
    assert len(links) > 2
    return links[0]


def test_parse_shows_an_article_as_its_line_would_have_it(look: Look, article: str) -> None:
    done = look("parse", article, "--nocolour")
    assert (done.returncode, done.stderr) == (0, "")
    assert "'layout': 'editor-detail'" in done.stdout
    assert "'content_digest': 'sha256:" in done.stdout


@pytest.mark.parametrize("path", ["", "sitemap.xml", "years.xml", "kinh-te.html"])
def test_parse_shows_the_links_of_a_list(look: Look, path: str) -> None:
    done = look("parse", HOME + path, "--nocolour")
    assert (done.returncode, done.stderr) == (0, "")
    assert "<GET https://baosonla.vn/" in done.stdout
    assert "None" not in done.stdout


def test_parse_says_what_it_could_not_fetch(look: Look) -> None:
    done = look("parse", f"{HOME}not/there-123456789.html", "--nocolour")
    assert (done.returncode, "[]" in done.stdout) == (1, True)


def test_fetch_prints_what_a_site_answers_also_one_that_is_no_source(look: Look, article: str) -> None:
    done = look("fetch", article)
    assert (done.returncode, done.stderr) == (0, "")
    assert "</html>" in done.stdout
    assert "Awkward responses" in look("fetch", "https://awkward.test/").stdout


def test_fetch_says_why_in_one_line(look: Look) -> None:
    done = look("fetch", "http://nobody.test/", "-s", "RETRY_ENABLED=False", "-s", "CONNECT_TO=::127.0.0.1:1")
    assert (done.returncode, done.stdout) == (1, "")
    logged, said = done.stderr.splitlines()
    why = "connection refused"
    assert logged.endswith(f"ERROR: Error downloading <GET http://nobody.test/>: {why}")
    assert said == f"newsbot: http://nobody.test/ could not be fetched: its robots.txt cannot be read: {why}"


def test_runspider_prints_the_items_of_a_spider_that_is_no_source(look: Look, tmp_path: Path) -> None:
    (tmp_path / "headings.py").write_text(
        f"import scrapy\n\nclass Headings(scrapy.Spider):\n    name = 'headings'\n    start_urls = ['{HOME}']\n\n"
        "    def parse(self, response):\n        yield {'báo': response.css('title::text').get()}\n"
    )
    done = look("runspider", str(tmp_path / "headings.py"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith('{"báo": "') and done.stdout.count("\n") == 1


def test_shell_has_the_response(look: Look, article: str) -> None:
    done = look("shell", article, "-c", "(response.status, spider.name, spider.article_id(response.url))")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("(200, 'baosonla', 'baosonla:")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("raise SystemExit(5)", "line 1: SystemExit: 5"),
        ("1 / 0", "line 1: ZeroDivisionError: division by zero"),
        ("a = = 1", "line 1: SyntaxError: invalid syntax"),
    ],
)
def test_runspider_names_the_mistake_in_a_file(look: Look, tmp_path: Path, content: str, said: str) -> None:
    (file := tmp_path / "mistaken.py").write_text(content)
    done = look("runspider", str(file))
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"newsbot: {file}, {said}\n")
