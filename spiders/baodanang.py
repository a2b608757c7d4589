from newsbot.cms.onecms import OneCmsSpider
from newsbot.cms.vnpt import VNPT_LAYOUTS
from newsbot.spider import Layout


class BaodanangSpider(OneCmsSpider):
    """Báo và phát thanh truyền hình Đà Nẵng, https://baodanang.vn

    Báo Quảng Nam was merged into it in 2025; its numbers go on here. Before 2023 they were shorter, below a section.
    Báo Đà Nẵng was on the VNPT system then, with numbers that meet these: an id of that time has its month and slug.
    """

    province = "Đà Nẵng"
    evidence = "page"
    allowed_domains = ["baodanang.vn", "www.baodanang.vn", "baoquangnam.vn", "www.baoquangnam.vn"]
    sitemaps = ("sitemap-news.xml", "sitemap.xml")
    sections = ("", "chinh-tri", "xa-hoi", "kinh-te", "nong-nghiep-nong-thon", "quoc-phong-an-ninh", "the-gioi",
                "the-thao", "van-hoa-van-nghe", "doi-song", "du-lich", "khoa-hoc-cong-nghe", "su-kien-binh-luan",
                "co-hoi-dau-tu", "theo-buoc-chan-nguoi-quang", "toa-soan-ban-doc", "tin-moi-nhat")  # fmt: skip
    article_url = (
        *OneCmsSpider.article_url, r"^/[^/]+/[^/]+-(?P<id>\d{5,6})\.html$",
        r"^/channel/\d+/(?P<id>\d{6}/[^/]+-\d{7})/?$",
    )  # fmt: skip
    slugs = ("ĐNO", "QNO")
    outlets = ("Báo Đà Nẵng", "Báo và PT-TH Đà Nẵng", "Báo và phát thanh, truyền hình Đà Nẵng", "Báo Quảng Nam")
    layouts = (
        *OneCmsSpider.layouts,
        *VNPT_LAYOUTS,
        Layout(name="quangnam-2020", body=".body-content", sapo=".chapeau", published=".date-time"),
    )
