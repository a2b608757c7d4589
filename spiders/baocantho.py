from newsbot.cms.fck import FckSpider


class BaocanthoSpider(FckSpider):
    """Báo Cần Thơ, https://baocantho.com.vn"""

    province = "Cần Thơ"
    evidence = "page"
    allowed_domains = ["baocantho.com.vn", "www.baocantho.com.vn"]
    sections = ("", "thoi-su/", "chinh-tri/", "kinh-te/", "xa-hoi-phap-luat/", "quoc-phong-an-ninh/", "the-gioi/",
                "giao-duc/", "y-te/", "cong-nghe/", "chuyen-doi-so/", "van-hoa-giai-tri/", "the-thao/",
                "du-lich/")  # fmt: skip
    outlets = ("Báo Cần Thơ", "Báo Cần Thơ Online", "CTO")
