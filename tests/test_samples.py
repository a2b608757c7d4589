"""Real pages, which are the papers' own work and lie outside of the project: they are looked at, never copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbot.cms.mediatech import MediaTechSpider
from newsbot.cms.vnpt import VnptSpider
from newsbot.items import Article
from newsbot.spider import NewsSpider
from tests.harness.pages import make_spider, read, reply

SAMPLES = Path(__file__).parents[2] / "shared" / "samples"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"the real pages are not on this machine ({SAMPLES})")

LEFTOVERS = ("BÌNH LUẬN", "Chia sẻ", "Từ khóa", "ký tự", "Cùng chuyên mục", "Tin liên quan", "{{", "ads_zones", "[GMT")


class CanthoSpider(NewsSpider):
    """Family D, for which there is no layout: the generic path."""

    name = "cantho"
    province = "Cần Thơ"
    allowed_domains = ["baocantho.com.vn"]
    article_url = (r"-a(?P<id>\d+)\.html$",)
    slugs = ("CTO",)


class TayninhSpider(MediaTechSpider):
    name = "tayninh"
    province = "Tây Ninh"
    allowed_domains = ["baotayninh.vn"]
    outlets = ("longantv",)


class PhuyenSpider(VnptSpider):
    name = "phuyen"
    province = "Phú Yên"
    allowed_domains = ["baophuyen.vn", "phuyen.baodaklak.vn"]
    article_url = (*VnptSpider.article_url, r"^/\d+/(?P<id>\d+)/[^/]+/$")


class VtcSpider(NewsSpider):
    """A national site, read without a layout."""

    name = "vtcnews"
    province = ""
    allowed_domains = ["vtcnews.vn"]
    article_url = (r"-ar(?P<id>\d+)\.html$",)
    slugs = ("VTC News",)


def read_sample(cls: type[NewsSpider], path: str, url: str) -> Article:
    return read(make_spider(cls), reply(url, (SAMPLES / path).read_bytes()))


def assert_clean(article: Article) -> None:
    texts = [article.title, article.sapo or "", article.body, *article.authors]
    assert not [(text[:60], leftover) for text in texts for leftover in LEFTOVERS if leftover in text]
    assert article.sapo and article.sapo not in article.body
    assert article.title not in article.body.split("\n\n")


def test_generic_path_reads_a_family_without_layout():
    url = (
        "https://baocantho.com.vn/tap-trung-trien-khai-cac-dot-thanh-tra-kiem-tra-co-trong-tam-trong-diem-nhat-la-cac-"
        "linh-vuc-co-ng-a196670.html"
    )
    article = read_sample(CanthoSpider, "baocantho.com.vn/article.html", url)
    assert_clean(article)
    assert article.id == "cantho:196670"
    assert article.title.startswith("Tập trung triển khai") and len(article.title) == 105
    assert article.published_at == "2026-01-08T18:21:00+07:00"
    assert article.published_raw == "08/01/2026 - 18:21"
    assert article.authors == ["P.Y"] and article.byline == "Tin, ảnh: P.Y"
    assert (
        article.sapo is not None and article.sapo.startswith("Ngày 8-1,") and article.sapo.endswith("ngành Thanh tra.")
    )
    paragraphs = article.body.split("\n\n")
    assert len(paragraphs) == 6 and paragraphs[0].startswith("Ông Trương") and paragraphs[-1].startswith("Phát biểu")
    (image,) = article.images
    assert image["url"] is not None and image["url"].endswith("web-8-1-2026-16.webp")
    assert image["caption"] is not None and image["caption"].startswith("Chủ tịch UBND")
    assert article.layout is None
    assert article.extracted_by["body"] == article.extracted_by["published_at"] == "generic"
    assert article.conflicts is None
    assert article.province == "Cần Thơ"


def test_mediatech():
    url = "https://baotayninh.vn/voi-bien-chung-omicron-nguyen-tac-phong-benh-chinh-van-la-5k-va-vaccine-88701.html"
    article = read_sample(TayninhSpider, "baotayninh.vn/article_excerpt.html", url)
    assert_clean(article)
    assert article.published_at == "2021-12-01T11:51:00+07:00" and article.published_precision == "second"
    assert article.modified_at == "2021-12-01T04:51:00+00:00"
    assert article.authors == ["Tạ Nguyên"] and article.agency == "Báo Tin tức"
    assert article.sapo is not None and article.sapo.endswith("5K và vaccine.")
    assert article.body.startswith("Cần có phương án dự phòng\n\n") and len(article.body.split("\n\n")) == 3
    (image,) = article.images
    assert image["caption"] is not None and image["caption"].endswith("Ảnh: TTXVN")
    assert article.section == ["Y tế sức khỏe"]
    assert set(article.extracted_by.values()) == {"layout", "structured"}
    assert article.conflicts is None  # the header shows another day


def test_vnpt():
    url = "https://baophuyen.vn/95/64112/dung-mang-chat-ung-thu-vao-nha/"
    article = read_sample(PhuyenSpider, "phuyen.baodaklak.vn/article_excerpt.html", url)
    assert_clean(article)
    assert article.published_at == "2011-05-15T10:30:00+07:00"
    assert article.agency == "DTO" and article.authors == []
    assert article.title.startswith("Đừng mang") and article.sapo is not None and article.sapo.startswith("Nhà cửa")
    assert article.body.split("\n\n")[0] == "PHÒNG NGỦ" and len(article.body.split("\n\n")) == 2
    assert [image["caption"] for image in article.images] == [None, "Ảnh có tính minh họa. Nguồn internet"]
    assert article.section == ["Sức khỏe"]
    assert article.canonical_url == url
    assert article.province == "Đắk Lắk"


def test_gzip_bytes_without_a_header():
    url = "https://vtcnews.vn/mo-rong-duong-hon-2-000-ty-dong-giai-cuu-ket-xe-o-cua-ngo-phia-dong-tp-hcm-ar994669.html"
    article = read_sample(VtcSpider, "vtcnews.vn/article_gzip_bytes.html", url)
    assert_clean(article)
    assert article.title.startswith("Mở rộng đường hơn 2.000 tỷ")
    assert article.published_at == "2025-12-24T09:30:00+07:00"
    assert article.authors == ["Lương Ý"]
    assert article.sapo is not None and article.sapo.startswith("Sau 8 tháng khởi công")
    assert len(article.body.split("\n\n")) == 9 and len(article.images) == 9
    assert article.province is None
