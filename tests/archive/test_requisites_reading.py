"""Which addresses a page and a style sheet ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.requisites.html_page import page_requisites
from archive.requisites.page_info import captures_of
from archive.requisites.requisite import Requisite, absolute, once
from archive.requisites.srcset import candidates
from archive.requisites.style_sheet import sheet_requisites

PAGE = "https://bao.vn/tin/bai-1.html"


def found(html: str) -> list[tuple[str, str, bool]]:
    """Address below the site, kind and whether it is spare, of all but the usual icon."""
    requisites = (r for r in page_requisites(html, PAGE) if not r.url.endswith("/favicon.ico"))
    return [(r.url.removeprefix("https://bao.vn"), r.kind, r.is_spare) for r in requisites]


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<img src=a.jpg>", [("/tin/a.jpg", "image", False)]),
        ("<base href=/b/><img src=a.jpg>", [("/b/a.jpg", "image", False)]),
        ("<html></html><head><link rel=stylesheet href=/s.css></head>", [("/s.css", "style", False)]),
        ("<link rel='preload stylesheet' as=style href=/s.css>", [("/s.css", "style", False)]),
        ("<link rel=preload as=font href=/f.woff2>", [("/f.woff2", "font", False)]),
        ("<link rel=canonical href=/x><link rel=next href=/y><a href=/z>z</a>", []),
        ("<script src=/a.js></script><script>'b.js'</script>", [("/a.js", "script", False)]),
        ("<iframe src=//www.youtube.com/embed/x></iframe>", [("https://www.youtube.com/embed/x", "frame", False)]),
        ("<video src=v.mp4 poster=p.jpg>", [("/tin/v.mp4", "media", False), ("/tin/p.jpg", "image", False)]),
        ("<picture><source srcset='a.webp 1x, b.webp 2x'><img src=c.jpg></picture>",
         [("/tin/a.webp", "image", False), ("/tin/b.webp", "image", True), ("/tin/c.jpg", "image", False)]),
        ("<img data-src=/a.jpg src=data:image/gif;base64,R0l>", [("/a.jpg", "image", False)]),
        ("<img data-original='/anh/1.jpg?w=2' src=/spin.gif>",
         [("/spin.gif", "image", False), ("/anh/1.jpg?w=2", "image", False)]),
        ("<img data-srcset='/w_200,h_100/a.jpg 1x, /b.jpg 2x'>",
         [("/w_200,h_100/a.jpg", "image", False), ("/b.jpg", "image", True)]),
        ("<img data-src=/anh/khong-duoi>", [("/anh/khong-duoi", "image", False)]),
        ("<div data-bg=/nen.jpg data-url=/bai-2.html data-id=7></div>", [("/nen.jpg", "image", False)]),
        ("<iframe data-src=//tv.vn/e/1></iframe>", [("https://tv.vn/e/1", "frame", False)]),
        ("<noscript><img src=/n.jpg></noscript>", [("/n.jpg", "image", False)]),
        ("<p style=\"background:url('/b.png')\">", [("/b.png", "image", False)]),
        ("<style>@import '/i.css';@font-face{src:url(/f.woff)}</style>",
         [("/i.css", "style", False), ("/f.woff", "font", False)]),
        ("<svg><image xlink:href=/v.svg /><use href=#a /></svg>", [("/v.svg", "image", False)]),
        ("<meta property=og:image content=/og.jpg>", [("/og.jpg", "image", True)]),
        ('<script type=application/ld+json>{"image":["https:\\/\\/bao.vn\\/l.jpg"],"url":"/x.html"}</script>',
         [("/l.jpg", "image", True)]),
        ("<img src=' /a b.jpg\n'><img src='\\anh\\c.jpg'>",
         [("/a%20b.jpg", "image", False), ("/anh/c.jpg", "image", False)]),
        ("<img src='javascript:x'><img src=''><img><img src=#><img src='http://[x/'>", []),
        ("<div data-x='{\"a\": 1}' data-y='a < b.jpg'></div>", []),
        ("<!-- <img src=/c.jpg> -->", []),
    ],
)  # fmt: skip
def test_what_a_page_asks_for(html: str, wanted: list[tuple[str, str, bool]]) -> None:
    assert found(html) == wanted


def test_a_page_without_an_icon_has_the_usual_one() -> None:
    (icon,) = page_requisites("<p>a", PAGE)
    assert icon == Requisite("https://bao.vn/favicon.ico", "image", is_spare=True)
    assert [r.url for r in page_requisites("<link rel='shortcut icon' href=/i.png>", PAGE)] == ["https://bao.vn/i.png"]


@pytest.mark.parametrize(
    ("css", "wanted"),
    [
        ("a{b:url(x.png)}", [("x.png", "image")]),
        ("a{b:url( \"x.png\" )}", [("x.png", "image")]),
        ("@import url(i.css) screen;@import 'j.css' layer(a);@import url('k.css');",
         [("i.css", "style"), ("j.css", "style"), ("k.css", "style")]),
        ("@font-face{font-family:x;src:local('Arial'),url(f.woff2)format('woff2'),url(f.ttf)}",
         [("f.woff2", "font"), ("f.ttf", "font")]),
        ("@media print{@supports (display:grid){a{b:url(x.png)}}}", [("x.png", "image")]),
        ("a{b:image-set('x.avif' type('image/avif'),\"x.png\" 2x)}", [("x.avif", "image"), ("x.png", "image")]),
        ("@namespace svg url(http://www.w3.org/2000/svg);", []),
        ("a::before{content:'x.png'}", []),
        ("a{b:url(data:image/png;base64,AA)}/* url(c.png) */", []),
        ("a{--x:url(v.png)}a{b:calc((1px + 2px))}", [("v.png", "image")]),
        ("a{&:hover{b:url(n.png)}}", [("n.png", "image")]),
        ("a{b:url(x.png", [("x.png", "image")]),
        ("@charset 'utf-8';a{b:url(cầu.png)}", [("c%E1%BA%A7u.png", "image")]),
    ],
)  # fmt: skip
def test_what_a_style_sheet_asks_for(css: str, wanted: list[tuple[str, str]]) -> None:
    read = sheet_requisites(css.encode(), "https://cdn.vn/css/a.css", None)
    assert [(r.url.removeprefix("https://cdn.vn/css/"), r.kind) for r in read] == wanted


def test_the_header_says_how_a_style_sheet_is_written() -> None:
    css = "a{b:url(é.png)}".encode("latin-1")
    assert [r.url for r in sheet_requisites(css, "https://a.vn/", "windows-1252")] == ["https://a.vn/%C3%A9.png"]
    assert list(sheet_requisites(css, "https://a.vn/", "no-such-charset"))


def test_nesting_without_end_is_no_recursion() -> None:
    assert [*sheet_requisites(b"a{" * 20_000 + b"b:url(x.png)", "https://a.vn/", None)]
    assert not [*sheet_requisites(b"a{b:" + b"(" * 50_000, "https://a.vn/", None)]
    deep = '<script type="application/ld+json">' + "[" * 100_000 + "</script><img src=/a.jpg>"
    assert next(once(page_requisites(deep, PAGE))).url == "https://bao.vn/a.jpg"


def test_each_address_comes_once_what_is_shown_first() -> None:
    html = (
        "<meta property=og:image content=/a.jpg><meta property=og:image content=/b.jpg><img src=/a.jpg><img src=/a.jpg>"
    )
    assert [r.url for r in once(page_requisites(html, PAGE))] == [
        "https://bao.vn/a.jpg",
        "https://bao.vn/b.jpg",
        "https://bao.vn/favicon.ico",
    ]


@given(st.text(alphabet="a,(1x \t)\n", max_size=40))
def test_a_srcset_of_any_kind_is_read(value: str) -> None:
    for link in candidates(value):
        assert link == "" or (not link.endswith(",") and link.split() == [link])


@given(st.text(max_size=60))
def test_any_link_is_a_web_address_or_none(link: str) -> None:
    address = absolute(PAGE, link)
    assert address is None or (address.startswith(("http://", "https://")) and address.isascii() and "#" not in address)


@given(st.text(alphabet="a{}()[];:@\\'\"/*url import.png,", max_size=80))
def test_a_style_sheet_of_any_kind_is_read(css: str) -> None:
    assert all(r.url.startswith("https://") for r in sheet_requisites(css.encode(), "https://a.vn/", None))


@pytest.mark.parametrize("block", [b"", b"[]", b"{}", b'{"urls":[]}', b'{"urls":{"a":1}}', b"\xff", b"[" * 100_000])
def test_a_damaged_record_of_a_page_names_nothing(block: bytes) -> None:
    assert captures_of(block) == {}
