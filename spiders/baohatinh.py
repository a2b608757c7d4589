from newsbot.cms.zce import ZceSpider
from newsbot.spider import Layout


class BaohatinhSpider(ZceSpider):
    """Báo Hà Tĩnh, https://baohatinh.vn

    On another system until 2022; that its articles ended in /<number>.htm is remembered, not seen.
    """

    province = "Hà Tĩnh"
    allowed_domains = ["baohatinh.vn", "www.baohatinh.vn"]
    sections = ("", "tin-moi.html", "chinh-tri/", "kinh-te/", "xa-hoi/", "van-hoa-giai-tri/", "phap-luat/",
                "the-thao/", "the-gioi/", "ve-ha-tinh/", "doi-song/", "cong-nghe/", "cong-dong/", "xe/")  # fmt: skip
    article_url = (*ZceSpider.article_url, r"^/(?:[^/]+/){1,2}[^/]+/(?P<id>\d{4,})\.htm$")
    outlets = ("Báo Hà Tĩnh", "Báo Hà Tĩnh điện tử")
    layouts = (
        *ZceSpider.layouts,
        Layout(name="hatinh-2020", body="#main-detail", sapo=".sapo_detail", author="p.pAuthor",
               published=".date_news span", captions=".iCaption", drop=".drelated"),
    )  # fmt: skip
