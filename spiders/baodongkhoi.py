from newsbot.cms.fck import FckSpider


class BaodongkhoiSpider(FckSpider):
    """Báo Đồng Khởi, https://dongkhoi.baovinhlong.vn

    The paper of Bến Tre, at baodongkhoi.vn until it was merged into Báo Vĩnh Long in 2025; kept up as an archive.
    """

    province = "Bến Tre"
    allowed_domains = ["dongkhoi.baovinhlong.vn", "baodongkhoi.vn", "www.baodongkhoi.vn"]
    sections = ("", "thoi-su/", "chinh-tri/", "kinh-te/", "phap-luat/", "xa-hoi/", "van-hoa/", "khoa-giao/",
                "the-thao/", "quoc-phong/", "an-ninh/", "ban-doc/", "quoc-te/")  # fmt: skip
    section_feed = ""
    outlets = ("Báo Đồng Khởi", "Báo Đồng Khởi Online", "Đồng Khởi Online")
