from newsbot.spider import Layout, NewsSpider


class BaokontumSpider(NewsSpider):
    """Báo Kon Tum, https://baokontum.com.vn

    Merged into Báo Quảng Ngãi in 2025; what is left of its site is read for the archive. The selectors are those of a
    reader program of 2020.
    """

    province = "Kon Tum"
    allowed_domains = ["baokontum.com.vn", "www.baokontum.com.vn"]
    feeds = ("rss/kinh-te/7.xml",)
    sections = ("", "thoi-su-chinh-tri")
    sections_from_menu = True
    article_url = (r"^/[^/]+/[^/]*-(?P<id>\d+)\.html$",)
    outlets = ("Báo Kon Tum", "Báo Kon Tum điện tử")
    layouts = (
        Layout(
            name="2020",
            body="#content:has(p), #content",
            sapo="#content p:first-of-type:has(> strong)",
            published=".date-contentL",
        ),
    )
