from newsbot.cms.fck import FckSpider


class HuengaynaySpider(FckSpider):
    """Huế Ngày Nay, https://huengaynay.vn

    Báo Thừa Thiên Huế at baothuathienhue.vn until 2023, on content-fck; its files kept their paths. No page of the
    present design was at hand, and one section alone: both are found as they come.
    """

    province = "Huế"
    evidence = "inferred"
    allowed_domains = ["huengaynay.vn", "www.huengaynay.vn", "baothuathienhue.vn", "www.baothuathienhue.vn"]
    sections = ("", "du-lich")
    section_feed = ""
    custom_settings = {"HEALTH_GENERIC_SHARE": 1.0}  # no layout of today's design is known
    article_url = (r"^/(?:[^/]+/){1,3}[^/]+-(?P<id>\d{5,})\.html$", *FckSpider.article_url)
    outlets = ("Huế Ngày Nay", "Báo Huế Ngày Nay", "Báo Thừa Thiên Huế")
