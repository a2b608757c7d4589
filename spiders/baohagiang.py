from newsbot.cms.vnpt import VnptSpider


class BaohagiangSpider(VnptSpider):
    """Báo Hà Giang, https://baohagiang.vn"""

    province = "Hà Giang"
    archive_only = True  # merged into Báo Tuyên Quang in 2025
    allowed_domains = ["baohagiang.vn", "www.baohagiang.vn"]
    # Its numbers were shorter than elsewhere on the system.
    article_url = (*VnptSpider.article_url, r"^/(?:[^/]+/){1,2}\d{6}/[^/]*-(?P<id>\d{6})/?$")
    outlets = ("Báo Hà Giang", "Báo Hà Giang điện tử")
