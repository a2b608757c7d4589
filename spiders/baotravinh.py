from newsbot.cms.fck import FckSpider


class BaotravinhSpider(FckSpider):
    """Báo Trà Vinh, https://travinh.baovinhlong.vn

    On another system at baotravinh.vn until it was merged into Báo Vĩnh Long in 2025: its numbers here end in .html.
    The host's certificate is not whole: `[sources.baotravinh] download_verify_certificates = false` lets it be crawled.
    """

    province = "Trà Vinh"
    allowed_domains = ["travinh.baovinhlong.vn", "baotravinh.vn", "www.baotravinh.vn"]
    sections = ("", "thoi-su/", "chinh-tri/", "kinh-te/", "phap-luat/", "xa-hoi/", "van-hoa/", "khoa-giao/",
                "the-thao/", "quoc-phong/", "an-ninh/", "ban-doc/", "quoc-te/")  # fmt: skip
    article_url = (*FckSpider.article_url, r"^/(?:[^/]+/){1,2}[^/]+-(?P<id>\d{3,}\.html)$")
    section_feed = ""
    outlets = ("Báo Trà Vinh", "Báo Trà Vinh Online")
