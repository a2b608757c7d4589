from newsbot.cms.fck import FckSpider


class BaoangiangSpider(FckSpider):
    """Báo An Giang, https://baoangiang.com.vn"""

    province = "An Giang"
    evidence = "page"
    allowed_domains = ["baoangiang.com.vn", "www.baoangiang.com.vn"]
    sections = ("", "an-giang-24-gio/", "chinh-tri-xa-hoi/", "xh-tt/", "kinh-te/", "giao-duc/", "cong-nghe/",
                "phap-luat/", "quoc-te/", "van-hoa/", "the-thao/", "suc-khoe/", "nhip-song-moi/", "tam-nong/",
                "thoi-trang/", "du-lich/")  # fmt: skip
    outlets = ("Báo An Giang", "Báo An Giang Online", "An Giang Online")
