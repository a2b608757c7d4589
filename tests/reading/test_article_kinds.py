"""Articles that are not made of paragraphs: pictures with captions, films, entries that follow an event."""

from __future__ import annotations

import json

import pytest

from tests.harness.example_paper import OTHER, SENTENCE, URL, BaoviduSpider, PlainSpider, page
from tests.harness.pages import make_spider, read, reply

KINDS = pytest.mark.parametrize("spider", [BaoviduSpider, PlainSpider])
LEAD = "Nước lũ rút dần, người dân ba xã ven sông dọn bùn."
SAPO = f'<p class="sapo">{LEAD}</p>'
META = f'<meta name="description" content="{LEAD}">'
CAPTIONS = [f"Người dân thôn {number} dọn bùn sau lũ. Ảnh: Lê An" for number in ("Đông", "Đoài", "Hạ")]
FIGURES = "".join(
    f"<figure><img src=/{n}.jpg><figcaption>{text}</figcaption></figure>" for n, text in enumerate(CAPTIONS)
)
CENTRED = "".join(f"<p><img src=/{n}.jpg></p><p><em>{text}</em></p>" for n, text in enumerate(CAPTIONS))
VIDEO = "<video controls src=/lu.mp4></video>"
FRAME = "<iframe src=https://www.youtube.com/embed/x></iframe>"
ENTRIES = [("10:25", SENTENCE), ("9h40", OTHER), ("08:00 12/9", "Mưa bắt đầu to.")]
LINES = [f"{time} | {text}" for time, text in ENTRIES]
LIVE = "[Trực tiếp] Mưa to ở Ví Dụ"


@KINDS
@pytest.mark.parametrize("html", [FIGURES, CENTRED])
def test_captions_are_the_text_of_a_gallery(spider, html):
    article = read(make_spider(spider), reply(URL, page(html, head=META)))
    assert (article.kind, article.sapo, article.body.split("\n\n")) == ("gallery", LEAD, CAPTIONS)
    assert [image["caption"] for image in article.images] == CAPTIONS


def test_text_of_a_gallery_is_its_own_where_it_has_some():
    article = read(make_spider(BaoviduSpider), reply(URL, page(f"<p>Nước đã rút.</p>{FIGURES}", before=SAPO)))
    assert (article.kind, article.body, len(article.images)) == ("gallery", "Nước đã rút.", 3)


@KINDS
def test_text_with_pictures_is_no_gallery(spider):
    article = read(make_spider(spider), reply(URL, page(f"<p>{SENTENCE}</p>{FIGURES}<p>{OTHER}</p>")))
    assert (article.kind, article.body) == ("article", f"{SENTENCE}\n\n{OTHER}")


@KINDS
@pytest.mark.parametrize("film", [VIDEO, FRAME])
@pytest.mark.parametrize(("head", "before"), [("", SAPO), (META, "")])
def test_description_is_the_text_of_a_film(spider, film, head, before):
    article = read(make_spider(spider), reply(URL, page(film, head=head, before=before)))
    assert (article.kind, article.sapo, article.body) == ("video", None, LEAD)
    assert "sapo" not in article.extracted_by
    assert "body" in article.extracted_by


@KINDS
def test_film_in_a_text_makes_no_film_of_it(spider):
    text = f"<p>{SENTENCE}</p><p>{OTHER}</p>{VIDEO}<p>{SENTENCE[::-1]}.</p><p>{OTHER[::-1]}.</p>"
    assert read(make_spider(spider), reply(URL, page(text))).kind == "article"


@pytest.mark.parametrize(
    "html", ["", "<iframe src=https://quangcao.vidu.vn/1></iframe>", "<audio src=/doc.mp3></audio>"]
)
def test_lead_alone_is_no_article(html):
    article = read(make_spider(BaoviduSpider), reply(URL, page(html, before=SAPO)))
    assert (article.kind, article.sapo, article.body) == ("article", LEAD, "")


@KINDS
@pytest.mark.parametrize(
    "html",
    [
        "".join(f"<div class=item><span>{time}</span><div><p>{text}</p></div></div>" for time, text in ENTRIES),
        "".join(f"<p><b>{time}</b></p><p>{text}</p>" for time, text in ENTRIES),
    ],
)
@pytest.mark.parametrize(("title", "kind"), [(LIVE, "live"), ("Diễn biến mưa to ở Ví Dụ", "article")])
def test_entries_have_their_times(spider, html, title, kind):
    article = read(make_spider(spider), reply(URL, page(html, title=title, before=SAPO)))
    assert (article.kind, article.body.split("\n\n")) == (kind, LINES)


def test_live_blog_in_json():
    updates = [
        {"@type": "BlogPosting", "datePublished": "2026-11-22T10:25:00+07:00", "articleBody": SENTENCE},
        {
            "@type": "BlogPosting",
            "datePublished": "2026-11-22T09:40:00+07:00",
            "headline": "Mưa to",
            "articleBody": OTHER,
        },
        "x",
    ]
    blog = {"@type": "LiveBlogPosting", "headline": "Mưa to ở Ví Dụ", "liveBlogUpdate": updates}
    head = f'<script type="application/ld+json">{json.dumps(blog)}</script>'
    article = read(make_spider(BaoviduSpider), reply(URL, page("", head=head, before=SAPO)))
    assert (article.kind, article.modified_at) == ("live", "2026-11-22T10:25:00+07:00")
    assert article.body.split("\n\n") == [f"10:25 | {SENTENCE}", f"09:40 | Mưa to | {OTHER}"]
    html = "".join(f"<p>{time}</p><p>{text}</p>" for time, text in ENTRIES)
    printed = read(make_spider(BaoviduSpider), reply(URL, page(html, head=head)))
    assert (printed.kind, printed.body.split("\n\n")) == ("live", LINES)


@pytest.mark.parametrize("text", ["10:25", "Tỷ số 3-2", "Lúc 7 giờ, mưa to."])
def test_a_time_or_two_are_no_entries(text):
    article = read(make_spider(BaoviduSpider), reply(URL, page(f"<p>{SENTENCE}</p><p>{text}</p><p>{OTHER}</p>")))
    assert (article.kind, article.body.split("\n\n")) == ("article", [SENTENCE, text, OTHER])
