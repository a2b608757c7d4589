from newsbot.spider import Layout, NewsSpider


class BaoyenbaiSpider(NewsSpider):
    """Báo Yên Bái, https://baoyenbai.com.vn

    Merged into Báo Lào Cai in 2025. Titles stand in its addresses as they are printed. The selectors are those of a
    reader program of 2020.
    """

    province = "Yên Bái"
    allowed_domains = ["baoyenbai.com.vn", "www.baoyenbai.com.vn"]
    feeds = ("rss/11.rss",)
    sections = ("",)
    sections_from_menu = True
    article_url = (r"^/\d+/(?P<id>\d+)/[^/]*\.aspx$",)
    outlets = ("Báo Yên Bái", "Báo Yên Bái điện tử")
    layouts = (
        Layout(
            name="single-2020",
            body="div.singlepage",
            sapo=("div.singlepage > p:first-child b", "div.singlepage p b"),
            published="div.grid-header ul span",
            captions="table tr:has(img) ~ tr",
        ),
    )
