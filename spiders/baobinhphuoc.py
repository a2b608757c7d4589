from newsbot.spider import Layout, NewsSpider


class BaobinhphuocSpider(NewsSpider):
    """Báo Bình Phước, https://baobinhphuoc.com.vn

    Merged into Báo Đồng Nai in 2025; on a system of its own.
    """

    province = "Bình Phước"
    archive_only = True
    allowed_domains = ["baobinhphuoc.com.vn", "www.baobinhphuoc.com.vn"]
    sections = ("",)
    sections_from_menu = True
    article_url = (r"^/news/\d+/(?P<id>\d+)/[^/]+$",)
    outlets = ("Báo Bình Phước", "Báo Bình Phước Online")
    layouts = (
        Layout(name="binhphuoc-2020", body=".news_body", sapo=".sapo", published=".time", captions=".hinh em",
               drop=".sapo, .ilink"),
    )  # fmt: skip
