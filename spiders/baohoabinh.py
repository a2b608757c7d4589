from newsbot.spider import Layout, NewsSpider


class BaohoabinhSpider(NewsSpider):
    """Báo Hòa Bình, https://baohoabinh.com.vn

    Merged into Báo Phú Thọ in 2025; what is left of its site is read for the archive. Titles stand in its addresses as
    they are printed, with commas. The selectors are those of a reader program of 2020.
    """

    province = "Hòa Bình"
    allowed_domains = ["baohoabinh.com.vn", "www.baohoabinh.com.vn"]
    feeds = ("rss/11.rss",)
    sections = ("",)
    sections_from_menu = True
    article_url = (r"^/\d+/(?P<id>\d+)/[^/]*\.htm$",)
    outlets = ("Báo Hòa Bình", "Báo Hòa Bình điện tử")
    layouts = (
        Layout(
            name="post-2020",
            body=".post.clearfix:has(.summary), .post.clearfix",
            sapo=".summary",
            published="span.meta",
            drop=".related-post, .post.margin-top-20, span.meta",
        ),
    )
