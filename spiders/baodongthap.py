from newsbot.cms.fck import FckSpider


class BaodongthapSpider(FckSpider):
    """Báo Đồng Tháp, https://baodongthap.vn"""

    province = "Đồng Tháp"
    allowed_domains = ["baodongthap.vn", "www.baodongthap.vn"]
    sections = ("", "chinh-tri/", "kinh-te/", "xa-hoi/", "van-hoa-nghe-thuat/", "the-thao/", "giao-duc/", "phap-luat/",
                "suc-khoe-y-te/", "quoc-te/", "khoa-hoc/")  # fmt: skip
    outlets = ("Báo Đồng Tháp", "Báo Đồng Tháp Online")
