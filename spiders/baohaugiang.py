from newsbot.spider import Layout, NewsSpider


class BaohaugiangSpider(NewsSpider):
    """Báo Hậu Giang, https://baohaugiang.com.vn

    Merged into Báo Cần Thơ in 2025. Sections have numbers in their addresses, of which one is known.
    """

    province = "Hậu Giang"
    allowed_domains = ["baohaugiang.com.vn", "www.baohaugiang.com.vn"]
    sections = ("", "thoi-su-215.html")
    sections_from_menu = True
    article_url = (r"^/[^/]+/[^/]*-(?P<id>\d+)\.html$",)
    outlets = ("Báo Hậu Giang", "Báo Hậu Giang Online")
    layouts = (Layout(name="content-view", body="div.contentView", title=("div.news-details-content h1", "h1")),)
