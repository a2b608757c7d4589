from newsbot.spider import NewsSpider


class BaohanamSpider(NewsSpider):
    """Báo Hà Nam, https://baohanam.com.vn

    Merged into Báo Ninh Bình in 2025; what is left of its site is read for the archive. Of its pages nothing is known
    but the form of their addresses: the generic step reads them.
    """

    province = "Hà Nam"
    allowed_domains = ["baohanam.com.vn", "www.baohanam.com.vn"]
    sections = ("",)
    sections_from_menu = True
    evidence = "inferred"
    article_url = (r"^/[^/]+/[^/]*-(?P<id>\d+)\.html$",)
    outlets = ("Báo Hà Nam", "Báo Hà Nam điện tử")
