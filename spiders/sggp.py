from newsbot.cms.zce import ZceSpider


class SggpSpider(ZceSpider):
    """Sài Gòn Giải Phóng, https://www.sggp.org.vn

    Older articles have a number alone, of a row of its own, which here ends in .html.
    """

    province = "Hồ Chí Minh"
    allowed_domains = ["www.sggp.org.vn", "sggp.org.vn"]
    feeds = ("rss/home.rss", "rss/kinh-te-3.rss", "rss/xahoi-199.rss", "rss/phapluat-112.rss", "rss/kinhte-89.rss",
             "rss/thegioi-143.rss", "rss/tai-chinh-chung-khoan-44.rss", "rss/ytesuckhoe-212.rss")  # fmt: skip
    sections = ("", "chinhtri/", "xaydungdang/", "bvnentangtutuongdang/", "caicachhanhchinh/", "quoc-phong-an-ninh/",
                "chinhtri-doingoai/", "xahoi/", "theodongthoisu/", "sapxepcacdonvihanhchinh/", "xahoi-giaothong/",
                "xahoi-gt/", "xahoi-tuoitrecuocsong/", "xahoi-moitruong/", "phapluat/", "anninhtrattu/",
                "tuvanphapluat/", "kinhte/", "thitruongkt/", "xaydungdiaoc/",
                "kinhte-taichinhchuungkhoan/")  # fmt: skip
    sections_from_menu = True
    article_url = (*ZceSpider.article_url, r"^/(?:[^/]+/)?[^/]*-(?P<id>\d{4,}\.html)$")
    outlets = ("Sài Gòn Giải Phóng", "Báo Sài Gòn Giải Phóng", "SGGP", "SGGP Online")
