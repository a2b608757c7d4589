from newsbot.spider import Layout, NewsSpider


class YenmySpider(NewsSpider):
    """Cổng thông tin điện tử huyện Yên Mỹ, https://yenmy.hungyen.gov.vn

    The district ended in 2025. Old articles are files of a SharePoint web, whose addresses do not mind case. No page of
    the portal was at hand when this was written: expect the generic step, and dates found by their form.
    """

    name = "yenmy"
    province = "Hưng Yên"
    allowed_domains = ["yenmy.hungyen.gov.vn", "www.yenmy.hungyen.gov.vn"]
    sections = (
        "", "tin-tuc-su-kien", "kinh-te-xa-hoi", "cai-cach-hanh-chinh", "portal/Pages/Tin-tuc-su-kien.aspx",
        "portal/Pages/Kinh-te-xa-hoi.aspx", "portal/Pages/Cai-cach-hanh-chinh.aspx",
    )  # fmt: skip
    article_url = (
        r"^/[^/]*-(?P<id>c\d+)\.html$",
        r"^/portal/pages/(?P<id>\d{4}-\d{1,2}-\d{1,2}/[^/]+)\.aspx$",
    )
    ids_ignore_case = True
    outlets = ("Cổng thông tin điện tử Yên Mỹ", "Cổng thông tin điện tử huyện Yên Mỹ")
    layouts = (
        Layout(
            name="portal-2025",
            body=".news-detail .news-content",
            title="h1.news-title",
            sapo=".news-detail .news-summary",
            published=".news-detail .news-date",
            section="ul.breadcrumb a",
        ),
        Layout(
            name="portal-2018",
            body=".ms-rtestate-field",
            title=".title-news h1",
            sapo=".ms-rtestate-field > p:first-child:has(> b)",
            published=".date-news",
            section="ul.breadcrumb a",
        ),
    )
