from newsbot.spider import Layout, NewsSpider


class YenmySpider(NewsSpider):
    """Cổng thông tin điện tử huyện Yên Mỹ, https://yenmy.hungyen.gov.vn

    The district ended in 2025. Old articles are files of a SharePoint web, whose addresses do not mind case.
    """

    name = "yenmy"
    province = "Hưng Yên"
    allowed_domains = ["yenmy.hungyen.gov.vn", "www.yenmy.hungyen.gov.vn"]
    sections = ("",)
    article_url = (
        r"^/[^/]+-(?P<id>c\d+)\.html$",
        r"^/portal/pages/(?P<id>\d{4}-\d{1,2}-\d{1,2}/[^/]+)\.aspx$",
    )
    ids_ignore_case = True
    outlets = ("Cổng thông tin điện tử huyện Yên Mỹ",)
    layouts = (Layout(name="sharepoint", body=".ms-rtestate-field"),)
