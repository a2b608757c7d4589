from newsbot.spider import NewsSpider


class BaobinhdinhSpider(NewsSpider):
    """Báo Bình Định, https://baobinhdinh.vn

    Merged into Báo Gia Lai in 2025. Of its pages nothing is known but addresses of articles, told apart by the query,
    and that a feed was read in 2026: the generic step reads them.
    """

    province = "Bình Định"
    evidence = "inferred"
    allowed_domains = ["baobinhdinh.vn", "www.baobinhdinh.vn"]
    feeds = ("rss/home.rss",)
    sections = ("",)
    sections_from_menu = True
    article_url = (r"^/viewer\.aspx\?(?:.*&)?mabb=(?P<id>\d+)",)
    outlets = ("Báo Bình Định", "Báo Bình Định điện tử")
