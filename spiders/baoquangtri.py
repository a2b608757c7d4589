from newsbot.cms.vnpt import VnptSpider


class BaoquangtriSpider(VnptSpider):
    """Báo và phát thanh truyền hình Quảng Trị, https://baoquangtri.vn

    On the system of Báo Quảng Bình (`baoquangbinh`), with which it was merged in 2025; before, with numbers of its own.
    """

    province = "Quảng Trị"
    allowed_domains = ["baoquangtri.vn", "www.baoquangtri.vn"]
    sections = ("", "chinh-tri/", "dat-va-nguoi-quang-binh/", "dat-va-nguoi-quang-tri/", "du-lich/", "giao-duc/",
                "khoa-hoc-cong-nghe/", "kinh-te/", "multimedia/", "phap-luat/", "phong-su-ky-su/",
                "quoc-phong-an-ninh/", "quoc-te/", "suc-khoe/", "the-thao/", "thoi-su/", "toa-soan-ban-doc/",
                "van-hoa/", "xa-hoi/", "moi-nong/")  # fmt: skip
    article_url = (*VnptSpider.article_url, r"^/[^/]*-(?P<id>\d{3,6})\.htm$")
    outlets = ("Báo Quảng Trị", "Báo và PT-TH Quảng Trị", "Báo và phát thanh, truyền hình Quảng Trị")
