from newsbot.spider import Layout, NewsSpider


class BaobaclieuSpider(NewsSpider):
    """Báo Bạc Liêu, https://baobaclieu.vn

    Merged into Báo Cà Mau in 2025. The selectors are those of a reader program of 2020.
    """

    province = "Bạc Liêu"
    allowed_domains = ["baobaclieu.vn", "www.baobaclieu.vn"]
    sections = ("", "quoc-phong-an-ninh")
    sections_from_menu = True
    article_url = (r"^/[^/]+/[^/]*-(?P<id>\d+)\.html$",)
    outlets = ("Báo Bạc Liêu", "Báo Bạc Liêu Online", "Bạc Liêu Online")
    layouts = (
        Layout(name="2020", body="div.newscontent", sapo="div.newscontent > p:first-child", published="div.date"),
    )
