from newsbot.spider import Layout, NewsSpider


class BaoninhthuanSpider(NewsSpider):
    """Báo Ninh Thuận, https://baoninhthuan.com.vn

    Merged into Báo Khánh Hòa in 2025; on a system of its own.
    """

    province = "Ninh Thuận"
    archive_only = True
    allowed_domains = ["baoninhthuan.com.vn", "www.baoninhthuan.com.vn"]
    sections = ("",)
    sections_from_menu = True
    article_url = (r"^/(?:[^/]+/)*(?P<id>\d+)p\d+c\d+/[^/]+\.htm$",)
    outlets = ("Báo Ninh Thuận", "Báo Ninh Thuận Online")
    layouts = (
        Layout(name="ninhthuan-2020", body="div.content", sapo=".sapo", published="#details label", drop=".sapo"),
    )
