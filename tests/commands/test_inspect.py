"""`scrapy inspect` shows what there is to say of a page, leaves nothing behind, and lets no page steer a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newsbot.items import Article
from newsbot.replaying.fixtures import FOLDER
from newsbot.spider import NewsSpider
from tests.harness.commands import Done, clean_environment, run_scrapy
from tests.harness.pages import make_spider, read, reply
from tests.replica.faults import instead
from tests.replica.server import Replica

Look = Callable[..., Done]
HOME = "https://baosonla.vn/"
FIXTURE = FOLDER / "baosonla" / "fulltext-word.warc"
ROBOTS = (
    "User-agent: *\nDisallow: /kin/\nSitemap: https://baosonla.vn/sitemap-b.xml\n"
    f"Sitemap: https://baosonla.vn/sitemap.xml?ky={'a' * 2500}\n"
)
TEXT = "Nước sông dâng cao từ đêm qua làm ngập nhiều tuyến đường ven sông, hàng trăm hộ dân phải chuyển đồ lên gác. "
#: A page of a family on a site that nobody has.
UNKNOWN = f"""<title>Mưa to - Báo Sơn Vũ</title><link rel=canonical href=https://baosonvu.vn/mua-to-12345.html>
<meta property=og:site_name content="Báo Sơn Vũ"><meta property=og:type content=article>
<img src=https://baosonvu.1cdn.vn/2026/1.jpg>
<nav><a href=/thoi-su>a</a><a href=/kinh-te>b</a><a href=/xa-hoi>c</a></nav>
<h1 class=c-detail-head__title>Mưa to gây ngập</h1><span class=c-detail-head__time>10:05 22/11/2026</span>
<div class=b-maincontent><div class=entry><p>{TEXT * 3}</p><p>{TEXT * 2}</p></div></div>"""


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Look]:
    """Runs the command against the replica; afterwards nothing may have been written."""
    data = tmp_path_factory.mktemp("inspecting") / "data"
    with Replica(articles=30) as replica:
        replica.set_faults(instead("baosonla.vn/robots.txt", ROBOTS, type="text/plain"))
        environment = clean_environment() | replica.environment
        environment |= {"NEWSBOT_CONNECT_TO": ",".join(replica.settings["CONNECT_TO"]), "NEWSBOT_DOWNLOAD_DELAY": "0"}
        yield lambda *words: run_scrapy("inspect", *words, data=data, environment=environment)
        assert not data.exists()


def seen(look: Look, *words: str | Path) -> dict[str, Any]:
    done = look(*words, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_list_of_a_known_site(look: Look) -> None:
    found = seen(look, f"{HOME}nong-nghiep.html")
    assert (found["kind"], found["source"], found["robots"], found["spider"]) == ("list", "baosonla", "allowed", None)
    assert found["sitemaps"] == ["https://baosonla.vn/sitemap-b.xml"]
    assert len(found["links"]["articles"]) >= 5
    assert all(url.startswith(HOME) for url in found["links"]["articles"])
    assert found["links"]["next_page"].startswith(HOME)


@pytest.mark.parametrize(("path", "kind"), [("rss/home.rss", "feed"), ("sitemap.xml", "sitemap")])
def test_feeds_and_sitemaps(look: Look, path: str, kind: str) -> None:
    found = seen(look, HOME + path)
    assert found["kind"] == kind
    assert found["links"]["articles"] or found["links"]["sitemaps"]


def test_an_article_of_a_known_site_and_why_other_layouts_do_not_fit(look: Look) -> None:
    expected = json.loads(FIXTURE.with_suffix(".json").read_text())["article"]
    found = seen(look, FIXTURE)
    assert (found["kind"], found["article_id"], found["source"]) == ("article", expected["id"], "baosonla")
    assert found["fields"]["title"]["value"] == expected["title"]
    assert found["fields"]["title"]["won"] == expected["extracted_by"]["title"] == "layout"
    assert found["fields"]["title"]["structured"] == f"{expected['title']} (meta)"
    assert {each["name"]: (each["fits"], each["used"]) for each in found["layouts"]} == {
        "editor-detail": (False, False),
        "fulltext": (True, True),
    }
    said = look(FIXTURE).stdout
    assert "  editor-detail: does not fit, its body selects nothing: #editor-detail\n" in said
    assert "  fulltext: is used, its body is div.fulltext\n" in said
    assert f"    * layout: {expected['title']}\n" in said


def test_a_page_of_an_unknown_site_gives_a_spider_that_reads_it(look: Look, tmp_path: Path) -> None:
    (page := tmp_path / "page.html").write_text(UNKNOWN)
    found = seen(look, page)
    assert (found["family"], found["source"], found["kind"]) == ("onecms", None, "article")
    assert found["fields"]["published_at"]["value"] == "2026-11-22T10:05:00+07:00"
    space: dict[str, Any] = {"__name__": "spiders.baosonvu"}
    exec(compile(found["spider"], "spider", "exec"), space)  # as an import would
    (cls,) = [each for each in space.values() if isinstance(each, type) and "name" in vars(each)]
    assert issubclass(cls, NewsSpider)
    assert cls.sections == ("", "thoi-su", "kinh-te", "xa-hoi")
    article = read(make_spider(cls), reply("https://baosonvu.vn/mua-to-12345.html", UNKNOWN))
    assert isinstance(article, Article)
    assert (article.title, article.layout) == ("Mưa to gây ngập", "onecms")
    assert found["spider"] in look(page).stdout


def test_no_page_steers_a_terminal(look: Look, tmp_path: Path) -> None:
    bad = "\x1b]0;x\x07 \x9b31m \u202e \x00 \r"
    page = UNKNOWN.replace("Mưa to", f"Mưa {bad} to").replace("Báo Sơn Vũ", f"Báo {bad} Sơn Vũ")
    (tmp_path / "bad.html").write_text(
        page.replace("/kinh-te", f"/kinh-te{bad}").replace("12345.html>", f"12345.html#{bad}>")
    )
    for words in ([], ["--json"]):
        done = look(tmp_path / "bad.html", *words, "--url", "https://baosonvu.vn/mua-to-12345.html")
        assert (done.returncode, done.stderr) == (0, "")
        assert all(line.isprintable() for line in done.stdout.split("\n"))


def test_a_page_in_a_file_of_several(look: Look, tmp_path: Path) -> None:
    other = FOLDER / "baosonla" / "fulltext-capitals.warc"
    (both := tmp_path / "both.warc").write_bytes(FIXTURE.read_bytes() + other.read_bytes())
    done = look(both)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        r"newsbot: \S+both.warc: it has 2 pages: name one behind a colon, such as https://.*\n", done.stderr
    )
    urls = [json.loads(page.with_suffix(".json").read_text())["article"]["url"] for page in (FIXTURE, other)]
    assert [seen(look, f"{both}:{url}")["url"] for url in urls] == urls
    offset = both.read_bytes().index(b"WARC/1", FIXTURE.read_bytes().index(b"WARC-Type: response") - 200)
    assert seen(look, f"{FIXTURE}:{offset}")["url"] == urls[0]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ([], 2, "name one page: a URL, an HTML file or a WARC file"),
        (["nowhere.html"], 2, "nowhere.html: there is no such file, and https:// is missing for an address"),
        (["README.md"], 1, "README.md: it does not say its own address: give it with --url"),
        ([f"{FIXTURE}:https://baosonla.vn/x"], 1, "it has no page of https://baosonla.vn/x"),
        ([f"{FIXTURE}:7"], 1, "fulltext-word.warc"),
        ([f"{HOME}kin/1.html"], 1, "its site's robots.txt forbids to ask for it"),
        ([f"{HOME}not-there-123456789.html"], 1, "HTTP 404"),
        (
            ["http://10.0.0.1/", "-s", "CONNECT_TO=a.test:80:127.0.0.1:1"],
            1,
            "is at a private address (10.0.0.1): refused",
        ),
    ],
)
def test_says_what_is_wrong_in_one_line(look: Look, words: list[str], status: int, said: str) -> None:
    done = look(*words)
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_compare_says_which_selectors_are_lost_and_where_the_same_stands_now(look: Look, tmp_path: Path) -> None:
    (old := tmp_path / "old.html").write_text(UNKNOWN)
    after = UNKNOWN.replace("c-detail-head__time", "meta-time").replace("b-maincontent", "art-text")
    (new := tmp_path / "new.html").write_text(after.replace(TEXT * 3, f"<b>{TEXT * 3}</b>"))
    lost = seen_list(look, "--compare", old, new)
    assert {(each["field"], each["selector"]) for each in lost} == {
        ("body", ".b-maincontent .entry"),
        ("body", ".b-maincontent"),
        ("published", ".c-detail-head__time"),
    }
    assert {each["candidate"] for each in lost if each["field"] == "published"} == {"span.meta-time"}
    done = look("--compare", old, new)
    assert (done.returncode, done.stderr) == (0, "")
    assert "onecms: published: .c-detail-head__time selects nothing any more\n" in done.stdout
    assert "  try: span.meta-time\n" in done.stdout
    assert "Nước sông" not in done.stdout
    assert look("--compare", old, old).stdout.endswith(
        "no selector that selected something before selects nothing now\n"
    )
    for words in ([old], [old, HOME]):
        assert look("--compare", *words).returncode == 2
    (other := tmp_path / "other.html").write_text(f'<link rel="canonical" href="{HOME}kinh-te/a-123456.html">')
    done = look("--compare", old, other)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("--compare: they are of no source and baosonla: there is no design to compare\n")


def seen_list(look: Look, *words: str | Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(look(*words, "--json").stdout)
    return found
