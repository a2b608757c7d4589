from newsbot.cms.onecms import OneCmsSpider


class BaodanangSpider(OneCmsSpider):
    """Báo và phát thanh truyền hình Đà Nẵng, https://baodanang.vn

    Báo Quảng Nam was merged into it in 2025; its numbers go on here. Before 2023 they were shorter, below a section.
    """

    name = "baodanang"
    province = "Đà Nẵng"
    evidence = "page"
    allowed_domains = ["baodanang.vn", "www.baodanang.vn", "baoquangnam.vn", "www.baoquangnam.vn"]
    sitemaps = ("sitemap-news.xml", "sitemap.xml")
    sections = (
        "", "chinh-tri", "xa-hoi", "kinh-te", "nong-nghiep-nong-thon", "quoc-phong-an-ninh", "the-gioi", "the-thao",
        "van-hoa-van-nghe", "doi-song", "du-lich", "khoa-hoc-cong-nghe", "su-kien-binh-luan", "co-hoi-dau-tu",
        "theo-buoc-chan-nguoi-quang", "toa-soan-ban-doc", "tin-moi-nhat",
    )  # fmt: skip
    article_url = (*OneCmsSpider.article_url, r"^/[^/]+/[^/]+-(?P<id>\d{5,6})\.html$")
    slugs = ("ĐNO", "QNO")
    outlets = ("Báo Đà Nẵng", "Báo và PT-TH Đà Nẵng", "Báo và phát thanh, truyền hình Đà Nẵng", "Báo Quảng Nam")
