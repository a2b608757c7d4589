"""Menus of pages: what hundreds of links around an article change of what is read of it."""

from __future__ import annotations

import pytest

from newsbot.items import Article
from newsbot.reading.menus import menus, shorten_menus
from newsbot.reading.parsing import parsed
from tests.harness.example_paper import PlainSpider
from tests.harness.pages import make_spider, read, reply

URL = "https://baovidu.vn/doi-song/cho-que-17.html"
LINKS = "".join(f'<li><a href="/muc-{n}/tin-{n}.html">Tin khác số {n}</a></li>' for n in range(400))
TEXT = "".join(
    f"<div>Ngày {n} tháng Chạp, chợ họp đông, <a href='/chu-de/cho-{n}.html'>bà con</a> chở mía và lá dong về.</div>"
    for n in range(1, 9)
)
STORY = f"<h1>Chợ quê ngày giáp Tết</h1><div class=ngay>08/01/2026 10:02</div><div id=bai>{TEXT}</div>"


SPIDER = make_spider(PlainSpider)


def article(html: str) -> Article:
    found = read(SPIDER, reply(URL, f"<title>Chợ quê ngày giáp Tết</title><body>{html}".encode()))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(f"<nav><ul>{LINKS}</ul></nav>{STORY}", id="above"),
        pytest.param(f"{STORY}<nav><ul>{LINKS}</ul></nav>", id="below"),
        pytest.param(f"<nav><nav>{LINKS}</nav><nav>{LINKS}</nav></nav>{STORY}", id="nested"),
        pytest.param(f"<nav>{STORY}</nav>", id="around the article"),
        pytest.param(f"<nav><ul>{LINKS}</ul>{STORY.replace('h1', 'h2')}<ul>{LINKS}</ul>", id="that has no end"),
        pytest.param(f"<nav>{STORY}<ul>{LINKS}</ul></nav>", id="around the article and a list"),
    ],
)
def test_an_article_is_read_whatever_menu_is_on_its_page(page: str) -> None:
    plain, found = article(STORY), article(page)
    assert found.body.count("\n\n") == 7
    assert (found.title, found.body, found.published_at) == (plain.title, plain.body, plain.published_at)


@pytest.mark.parametrize("tag", ["ul", "ol"])
def test_a_text_that_is_a_list_of_links_is_read_whatever_menus_are_beside_it(tag: str) -> None:
    """Menus that no element marks as such are lists of links, too, and so are the results that an article leads to."""
    results = "".join(f"<li><a href=/vb/kq-{n}.pdf>Thôn {n}</a></li>" for n in range(12))
    listed = f"<p>Kết quả bình xét gia đình văn hóa của các thôn được niêm yết tại đây:</p><{tag}>{results}</{tag}>"
    story = STORY.replace("</div></div>", f"</div>{listed}</div>")
    menu = "".join(f"<li><a href=/muc-{n}>Mục {n}</a></li>" for n in range(15))
    plain, found = article(story), article(f"<ul>{menu}</ul>{story}<{tag}>{menu}</{tag}>")
    assert (plain.body.count(" Thôn "), len(plain.documents)) == (12, 12)
    assert (found.body, found.documents) == (plain.body, plain.documents)


def test_what_is_near_a_menu_stays_as_far_away() -> None:
    """A clock above the menu is no date of the article's, however many links are between."""
    clock = "<div>Thứ hai, 30/11/2026 13:25</div>"
    story = STORY.replace("<div class=ngay>08/01/2026 10:02</div>", "")
    assert article(f"{clock}<nav>{LINKS}</nav>{story}").published_at is None
    assert article(f"{story}<nav>{LINKS}</nav>{clock}").published_at is None


@pytest.mark.parametrize(
    ("beside", "is_shortened"),
    [
        pytest.param("Chuyên mục", True, id="a label"),
        pytest.param("Hotline " * 18, True, id="more beside links than a tenth of those that stay"),
        pytest.param("Hotline " * 30, False, id="more than any menu has"),
        pytest.param("<table><tr><td></table>", False, id="a table"),
    ],
)
def test_a_list_is_a_menu_by_all_that_is_in_it(beside: str, is_shortened: bool) -> None:
    for at in (0, 200):
        links = LINKS.replace("Tin khác số 200</a>", f"Tin khác số 200</a>{beside}") if at else f"{beside}{LINKS}"
        tree = parsed(f"<nav>{links}</nav><p>Nước lên.")
        whole = tree.html
        shorten_menus(tree)
        assert (len(tree.css("nav a")) == 60) == is_shortened
        assert is_shortened or tree.html == whole


@pytest.mark.parametrize("tag", ["h1", "p", "br", "table"])
def test_a_list_with_what_articles_are_made_of_in_a_link_stays_whole(tag: str) -> None:
    """A table that has no end there holds all that follows."""
    tree = parsed(f"<nav>{LINKS.replace('Tin khác số 200<', f'<{tag}>Tin khác số 200<')}</nav>")
    whole = tree.html
    shorten_menus(tree)
    assert tree.html == whole


def test_a_list_that_is_no_menu_stays_as_it_was_sent() -> None:
    """A browser would put the chosen entry of a list into its button."""
    chosen = (
        "<select><button><selectedcontent></selectedcontent></button><option>Sơn La<option selected>Hòa Bình</select>"
    )
    tree = parsed(f"<nav>{LINKS}{chosen}{'lời ' * 300}</nav>")
    whole = tree.html
    shorten_menus(tree)
    assert tree.html == whole


def test_links_within_links_are_taken_out_once() -> None:
    """A parser puts a link into another where some elements are between."""
    inner = "<marquee><a href=/2>hai</a></marquee>"
    tree = parsed(f"<nav>{f'<a href=/1>một{inner}</a>' * 200}</nav>")
    assert len(tree.css("a a")) == 200
    shorten_menus(tree)
    assert 60 <= len(tree.css("nav a")) <= 120
    assert len(menus(tree)) == 1


def test_links_right_within_links_are_taken_out_once() -> None:
    """As in pictures that are drawn: a parser closes no link there."""
    chain = "<a href=/1>một" * 200
    tree = parsed(f"<nav><svg>{chain}</svg></nav><nav>{'<svg><a href=/1><a href=/2>hai</a></a></svg>' * 100}</nav>")
    assert len(tree.css("a > a")) == 299
    shorten_menus(tree)
    assert (tree.html or "").count("một") == 30
    assert len(tree.css("a > a")) < 299 - 140
