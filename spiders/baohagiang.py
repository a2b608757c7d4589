from newsbot.cms.vnpt import VnptSpider


class BaohagiangSpider(VnptSpider):
    """Báo Hà Giang, https://baohagiang.vn

    Merged into Báo Tuyên Quang in 2025. Its numbers were shorter than elsewhere on the system.
    """

    name = "baohagiang"
    province = "Hà Giang"
    archive_only = True
    allowed_domains = ["baohagiang.vn", "www.baohagiang.vn"]
    sections = ("",)
    sections_from_menu = True
    article_url = (*VnptSpider.article_url, r"^/(?:[^/]+/){1,2}\d{6}/[^/]*-(?P<id>\d{6})/?$")
    outlets = ("Báo Hà Giang", "Báo Hà Giang điện tử")
