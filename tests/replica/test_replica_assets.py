"""What lies beside the replica's pages, by plain HTTP: pictures, fonts, style sheets, scripts, and faults of some."""

from __future__ import annotations

import io
import json
import re
from urllib.parse import urljoin, urlsplit

import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from tests.harness.replica_asking import SITES, follow, get, page, page_html, with_trap
from tests.replica.assets import LOOK
from tests.replica.elsewhere import AD_HOSTS, FRAME_HOSTS, TRACKER_HOSTS, Elsewhere
from tests.replica.fonts import digit_width
from tests.replica.picture_sizes import picture_size
from tests.replica.request import Request
from tests.replica.site import Reply
from tests.replica.walls import COOKIE, GATE, KINDS

_CSS_ADDRESS = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")


def media_type(reply: Reply) -> str:
    return dict(reply.headers)["Content-Type"].partition(";")[0]


def opened(reply: Reply) -> Image.Image:
    image = Image.open(io.BytesIO(reply.body))
    image.load()
    return image


@pytest.mark.parametrize("name", SITES)
def test_pictures_of_articles_have_the_size_their_address_says(name: str) -> None:
    site = SITES[name]
    sources = [source for story in site.stories[:8] if "dead-image" not in story.traps for source, _ in story.images]
    assert sources
    for source in sources:
        reply = follow(site, source)
        assert media_type(reply) == "image/jpeg"
        assert opened(reply).size == picture_size(urlsplit(source).path)
        assert 2_000 < len(reply.body) < 100_000


@pytest.mark.parametrize(
    ("file", "kind"),
    [("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.gif", "GIF"), ("a.webp", "WEBP"), ("a.avif", "AVIF"), ("a.ico", "ICO")],
)
def test_every_format_is_real(file: str, kind: str) -> None:
    reply = get(SITES["baosonla"], f"https://media.baosonla.org.vn/icon_{file}")
    assert opened(reply).format == kind
    assert get(SITES["baosonla"], f"https://media.baosonla.org.vn/icon_b{file}").body != reply.body


@pytest.mark.parametrize("name", SITES)
def test_style_sheets_and_all_they_name(name: str) -> None:
    """Every sheet, font and background that a page's sheets lead to is there, but for the few that are missing."""
    site = SITES[name]
    seen: dict[str, Reply] = {}
    todo = []
    for lane in range(len(site.lanes)):
        story = next(s for s in site.stories if s.index % len(site.lanes) == lane and s.kind == "article")
        html = page_html(page(site, story))
        todo += [urljoin(story.urls[0], url) for url in re.findall(r'<link[^>]*href="([^"]*\.css[^"]*)"', html)]
    while todo:
        url = todo.pop()
        if url in seen:
            continue
        seen[url] = follow(site, url)
        if seen[url].status == 200 and media_type(seen[url]) == "text/css":
            found = [urljoin(url, a or b) for a, b in _CSS_ADDRESS.findall(seen[url].body.decode())]
            todo += [other for other in found if not other.startswith("data:")]
    missing = {urlsplit(url).path for url, reply in seen.items() if reply.status == 404}
    assert missing <= {"/themes/frontend/hdtv/images/khong-con/zalo.png", "/themes/frontend/fonts/digits.ttf"}
    kinds = [media_type(reply) for reply in seen.values() if reply.status == 200]
    assert kinds.count("text/css") >= 2
    assert "font/woff2" in kinds
    assert any(kind.startswith("image/") for kind in kinds)


def test_the_font_has_digits_of_odd_width() -> None:
    reply = get(SITES["baohaiduong"], "https://bhd.1cdn.vn/assets/fonts/digits.woff2?v=20260114")
    font = TTFont(io.BytesIO(reply.body))
    assert dict(reply.headers)["Access-Control-Allow-Origin"] == "*"
    assert [font["hmtx"][f"digit{digit}"][0] for digit in range(10)] == [digit_width(digit) for digit in range(10)]
    assert font.getBestCmap()[0x37] == "digit7"


def test_all_that_lies_in_look_is_served() -> None:
    for site in SITES.values():
        for folder in (*site.look, "shared"):
            files = [*(LOOK / folder).rglob("*.*")]
            assert files, folder
            for file in files:
                path = file.relative_to(LOOK / folder).as_posix()
                assert get(site, f"https://{site.hosts[-1]}/{path}").body == file.read_bytes()


def test_what_is_wrong_with_some() -> None:
    site = SITES["baoquangninh"]
    moved = get(site, "https://baoquangninh.vn/themes/frontend/bqn/images/logo.png")
    assert moved.status == 302
    assert get(site, urljoin("https://baoquangninh.vn/", dict(moved.headers)["Location"])).status == 200
    assert get(SITES["baosonla"], "https://baosonla.vn/images/app-store.png").status == 404
    assert get(site, "https://baoquangninh.vn/css/khong-co.css").status == 404
    misnamed = get(SITES["baohaiduong"], "https://baohaiduong.vn/images/120x80/chung-nhan.png")
    assert media_type(misnamed) == "text/html"
    assert opened(misnamed).size == (120, 80)


def test_answers_to_scripts() -> None:
    site = SITES["haiduongtv"]
    rows = json.loads(get(site, "https://haiduongtv.vn/ajax/most-read?_=1").body)
    assert [row["url"] for row in rows] == [site.headline(index).url for index in range(5)]
    assert json.loads(get(site, "https://haiduongtv.vn/ajax/comments?id=7").body)[0].keys() == {"name", "text"}
    assert json.loads(get(site, "https://haiduongtv.vn/ajax/views?id=7").body)["views"] >= 10_000
    assert b"<img" in get(site, "https://haiduongtv.vn/widget/weather").body


def test_every_kind_of_wall_stands_somewhere() -> None:
    found = {
        next(script for script in KINDS if script.encode() in get(site, story.urls[0]).body)
        for site, story in with_trap("soft-wall")
    }
    assert found == set(KINDS)


def test_the_gate_wants_the_token_and_leads_nowhere_else() -> None:
    site = SITES["baosonla"]
    address = f"https://baosonla.vn{GATE}?t=21522&n="
    reply = get(site, f"{address}%2Fa.html", Cookie="js=1")
    assert (reply.status, dict(reply.headers)["Location"]) == (302, "/a.html")
    assert dict(reply.headers)["Set-Cookie"].startswith(COOKIE)
    assert get(site, f"{address}%2Fa.html").status == 403
    assert get(site, f"{address}%2F%2Fexample.org%2F", Cookie="js=1").status == 403
    assert get(site, f"https://baosonla.vn{GATE}?t=1&n=/a.html", Cookie="js=1").status == 403


def test_other_peoples_hosts_answer() -> None:
    site = Elsewhere()
    for host, path in (
        *[(host, "/tag/js/gpt.js") for host in (*AD_HOSTS, *TRACKER_HOSTS)],
        *[(host, "/embed/x") for host in FRAME_HOSTS[:1]],
    ):
        assert site.reply(Request("GET", "https", host, path)).status == 200
    assert {*AD_HOSTS, *TRACKER_HOSTS, *FRAME_HOSTS} == set(site.hosts)
    assert site.reply(Request("GET", "https", "www.google.com", "/robots.txt")).status == 404
