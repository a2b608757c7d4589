from newsbot.spider import Layout, NewsSpider


class BaolaichauSpider(NewsSpider):
    """Báo Lai Châu, https://baolaichau.vn

    No selector is known for the author, who signs the last paragraph, nor for the date of the present design.
    """

    province = "Lai Châu"
    allowed_domains = ["baolaichau.vn", "www.baolaichau.vn"]
    sections = ("", "chinh-tri", "the-thao")
    sections_from_menu = True
    article_url = (r"^/[^/]+/[^/]+-(?P<id>\d{3,})(?:\.html)?/?$",)
    outlets = ("Báo Lai Châu", "Báo và Phát thanh, Truyền hình Lai Châu", "Báo và PT-TH Lai Châu")
    layouts = (
        Layout(
            name="blc",
            body="#post-content .post-info .body",
            title="#post-content .post-info .title",
            sapo="#post-content .post-info .sapo",
        ),
        Layout(name="2020", body=".desc.body", sapo=".desc.sapo", published=".text-muted"),
    )
