from newsbot.spider import Layout, NewsSpider


class BaothaibinhSpider(NewsSpider):
    """Báo Thái Bình, https://baothaibinh.com.vn

    Merged into Báo Hưng Yên in 2025; on a system of its own.
    """

    province = "Thái Bình"
    archive_only = True
    allowed_domains = ["baothaibinh.com.vn", "www.baothaibinh.com.vn"]
    sections = ("",)
    sections_from_menu = True
    article_url = (r"^/tin-tuc/\d+/(?P<id>\d+)/[^/]+$",)
    outlets = ("Báo Thái Bình", "Báo Thái Bình điện tử")
    layouts = (
        Layout(
            name="thaibinh-2020",
            body=(".news_content .fr-view", ".news_content"),
            sapo=".news_content .desc",
            published=".news_content .date",
            captions="p.caption",
            drop=".date, .views, .desc",
        ),
    )
