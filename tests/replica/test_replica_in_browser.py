"""What a reader sees who opens the replica's pages in Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.harness.replica_browser import replica_browser
from tests.replica.elsewhere import AD_HOSTS, TRACKER_HOSTS
from tests.replica.fonts import digits_width
from tests.replica.news import Story
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites, unread_sites

SITES = {site.name: site for site in sites(articles=40)}
UNREAD = {site.name: site for site in unread_sites(articles=40)}
LANES = [(site.name, lane) for site in (*SITES.values(), *UNREAD.values()) for lane in range(len(site.lanes))]
#: A font of each layout, as its style sheet calls it.
FONTS = {
    ("baohaiduong", 0): "OneCMS Digits", ("baohaiduong", 1): "DateDigits", ("baosonla", 0): "Son La Digits",
    ("baosonla", 1): "Son La Digits", ("haiduongtv", 0): "MT Digits", ("haiduongtv", 1): "MT Digits",
    ("baoquangninh", 0): "MT Digits", ("baoquangninh", 1): "VnptDigits", ("suckhoemoitruong", 0): "SK Digits",
    ("suckhoemoitruong", 1): "SK Digits", ("yenmy", 0): "PortalDigits", ("yenmy", 1): "PortalDigits",
    ("yenmy", 2): "PortalDigits", ("baodienbienphu", 0): "Dien Bien Digits", ("baocantho", 0): "Can Tho Digits",
    ("baolaocai", 0): "Lao Cai Digits",
}  # fmt: skip
_PATIENCE = 30_000  # milliseconds

_SCROLL = """async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += 300) {
        scrollTo(0, y);
        await new Promise(resolve => setTimeout(resolve, 40));
    }
}"""
_WAITING = "() => [...document.images].filter(image => !image.complete).length === 0"
_WIDTH = """family => {
    const text = document.createElement("span");
    text.style = `position: absolute; font: 100px "${family}"`;
    text.textContent = "1002026";
    document.body.append(text);
    return document.fonts.load(`100px "${family}"`, "1002026").then(() => text.getBoundingClientRect().width);
}"""


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(articles=40, now=NOW, more=["--in-full"]) as replica:
        yield replica


@pytest.fixture(scope="module")
def browser(replica: Replica) -> Iterator[Browser]:
    with replica_browser(replica) as browser:
        yield browser


@pytest.fixture
def view(browser: Browser) -> Iterator[Page]:
    """A page of a reader who has no cookies."""
    context = browser.new_context(viewport={"width": 1200, "height": 700})
    page = context.new_page()
    page.set_default_timeout(_PATIENCE)
    yield page
    context.close()


def story_of(name: str, lane: int, *, trap: str = "") -> Story:
    """The newest article of a layout that a browser can show whole."""
    site = (SITES | UNREAD)[name]
    return next(
        story
        for story in site.stories
        if story.index % len(site.lanes) == lane
        and story.kind == "article"
        and (not trap or trap in story.traps)
        and not {"dead-image", "gzip-unlabelled"} & {*story.traps}
    )


def read(view: Page, url: str) -> None:
    """Open a page and look at all of it."""
    view.goto(url)
    view.evaluate(_SCROLL)
    view.wait_for_function(_WAITING)


@pytest.mark.parametrize(("name", "lane"), LANES)
def test_an_article_is_shown(view: Page, name: str, lane: int) -> None:
    story = story_of(name, lane)
    read(view, story.urls[0])
    assert story.title in [" ".join(text.split()) for text in view.locator("h1").all_inner_texts()]
    broken = view.evaluate(
        "() => [...document.images].filter(i => !i.naturalWidth).map(i => new URL(i.src).pathname.split('/').pop())"
    )
    assert set(broken) <= {"app-store.png"}, "it is missing on the site, too"
    for source, _ in story.images:
        shown = view.locator(f'img[src="{source}"], img[src="{source.partition(".vn")[2]}"]').first
        assert shown.evaluate("image => image.naturalWidth") >= 599
    assert view.evaluate(_WIDTH, FONTS[name, lane]) == pytest.approx(digits_width("1002026", 100), abs=1)


@pytest.mark.parametrize(
    "address",
    [
        "https://baohaiduong.vn/kinh-te",
        "https://baohaiduong.vn/chuyen-muc/kinh-te/5",
        "https://baoquangninh.vn/kinh-te",
        "http://www.baoquangninh.com.vn/kinh-te/",
        "https://haiduongtv.vn/thoi-su",
        "https://baosonla.vn/the-thao.html",
        "https://suckhoemoitruong.com.vn/the-gioi.html",
        "https://baocantho.com.vn/kinh-te/",
        "https://baolaocai.vn/tin-moi.html",
    ],
)
def test_a_list_shows_its_pictures(view: Page, address: str) -> None:
    read(view, address)
    sizes = view.evaluate(
        "() => [...document.images].filter(i => i.closest('li, article')).map(i => [i.naturalWidth, i.naturalHeight])"
    )
    assert len(sizes) >= 6
    assert all(width >= 200 and height >= 100 for width, height in sizes)


@pytest.mark.parametrize(
    ("address", "picture"),
    [
        ("https://baohaiduong.vn/", ".c-block:last-of-type .b-grid__img img"),
        ("https://suckhoemoitruong.com.vn/", ".main li:last-child img.lazy"),
        ("https://baocantho.com.vn/", ".news-img-left img"),
    ],
)
def test_pictures_wait_until_they_come_into_view(view: Page, address: str, picture: str) -> None:
    view.goto(address)
    shown = view.locator(picture).last
    assert "thumb" not in shown.evaluate("image => image.currentSrc")
    shown.scroll_into_view_if_needed()
    view.wait_for_function(
        "image => image.currentSrc.includes('thumb') && image.naturalWidth > 100", arg=shown.element_handle()
    )


def test_a_lead_picture_that_a_script_loads(view: Page) -> None:
    story = story_of("baohaiduong", 0, trap="lead-picture-in-head")
    read(view, story.urls[0])
    shown = view.evaluate("() => [...document.images].map(image => image.currentSrc)")
    assert story.images[0][0] in shown


@pytest.mark.parametrize("name", [*SITES, *UNREAD])
def test_walls_open(view: Page, name: str) -> None:
    walled = [story for story in (SITES | UNREAD)[name].stories if story.kind == "wall"][:3]
    assert walled
    for story in walled:
        view.context.clear_cookies()
        view.goto(story.urls[0])
        view.get_by_text(story.paragraphs[0]).first.wait_for(timeout=_PATIENCE)
        assert view.url == story.urls[0]


def test_a_script_loads_more_of_a_list(view: Page) -> None:
    view.goto("https://baohaiduong.vn/kinh-te")
    rows = view.locator("ul.loadAjax li.loadArticle")
    before = rows.count()
    view.get_by_text("Xem thêm").first.click()
    view.wait_for_function("count => document.querySelectorAll('ul.loadAjax li').length > count", arg=before)
    view.evaluate(_SCROLL)
    view.wait_for_function(_WAITING)
    assert rows.last.locator("img").first.evaluate("image => image.naturalWidth") == 600
    assert view.locator(".onecms__loadmore").count() == 0, "the second page is the last"


def test_a_script_loads_more_by_jsonp(view: Page) -> None:
    view.goto("http://www.baoquangninh.com.vn/kinh-te/")
    rows = view.locator("ul.list li.item")
    before = rows.count()
    view.get_by_text("Xem thêm").click()
    view.wait_for_function("count => document.querySelectorAll('ul.list li.item').length > count", arg=before)


def test_comments_and_most_read_come_by_script(view: Page) -> None:
    view.goto(story_of("haiduongtv", 0).urls[0])
    view.locator("#comments-list p").first.wait_for()
    assert view.locator(".most-read li").count() == 5
    view.goto(story_of("baosonla", 0).urls[0])
    view.locator("section.comments li").first.wait_for()


def test_the_menu_of_a_telephone(browser: Browser) -> None:
    view = browser.new_page(viewport={"width": 390, "height": 800})
    view.goto("https://haiduongtv.vn/thoi-su")
    assert not view.locator(".menu-mobile").is_visible()
    assert not view.locator(".menu-desktop").is_visible()
    view.locator(".menu-button").click()
    assert view.locator(".menu-mobile").is_visible()
    assert view.evaluate("() => document.documentElement.scrollWidth") <= 390
    view.close()


def test_a_browser_left_alone_asks_advertisers_and_trackers(view: Page, replica: Replica) -> None:
    replica.forget_counters()
    view.goto(story_of("baosonla", 0).urls[0], wait_until="networkidle")
    asked = {address.partition("/")[0] for address in replica.counters()}
    assert {*AD_HOSTS[:2], TRACKER_HOSTS[0]} <= asked


def test_a_list_that_only_scripts_fill(view: Page) -> None:
    site = UNREAD["baodienbienphu"]
    view.goto("https://baodienbienphu.vn/tin-tuc/kinh-te")
    rows = view.locator("#list li")
    rows.nth(8).wait_for()
    view.locator("#more").click()
    rows.nth(12).wait_for()
    assert [row.title for row in site.rows((0,), 0, 0, 13)] == rows.locator("h3").all_inner_texts()[:13]
    rows.first.locator("h3 a").click()
    view.locator(".editor-content").wait_for()
    assert view.url == site.stories[0].urls[0]
