from newsbot.cms.vnpt import VnptSpider
from newsbot.spider import Layout


class BaothainguyenSpider(VnptSpider):
    """Báo và phát thanh truyền hình Thái Nguyên, https://baothainguyen.vn

    On another system until 2022 or so, with the number of the section behind that of the article.
    """

    province = "Thái Nguyên"
    allowed_domains = ["baothainguyen.vn", "www.baothainguyen.vn"]
    sections = ("", "thoi-su-thai-nguyen/", "chinh-tri/", "kinh-te/", "xa-hoi/", "phap-luat/", "giao-duc/", "y-te/",
                "van-hoa/", "van-nghe-thai-nguyen/", "the-thao/", "giao-thong/", "o-to-xe-may/",
                "tai-nguyen-moi-truong/", "quoc-phong-an-ninh/", "quoc-te/", "que-huong-dat-nuoc/", "ban-doc/",
                "tieu-diem/", "tin-moi/", "thong-tin-can-biet/")  # fmt: skip
    article_url = (*VnptSpider.article_url, r"^/tin-tuc/[^/]+/[^/]*-(?P<id>\d{5,6})-\d{1,3}\.html$")
    outlets = ("Báo Thái Nguyên", "Báo và PT-TH Thái Nguyên", "Báo và phát thanh, truyền hình Thái Nguyên")
    layouts = (
        *VnptSpider.layouts,
        Layout(name="thainguyen-2020", body="div.news_detail", sapo="div.Summary", published="span.date_up"),
    )
