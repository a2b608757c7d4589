from newsbot.cms.onecms import OneCmsSpider


class BaongheanSpider(OneCmsSpider):
    """Báo và phát thanh truyền hình Nghệ An, https://baonghean.vn"""

    province = "Nghệ An"
    evidence = "page"
    allowed_domains = ["baonghean.vn", "www.baonghean.vn"]
    feeds = ("rss/kinh-te", "rss/kinh-te/bat-dong-san")
    sections = ("", "thoi-su", "kinh-te", "xa-hoi", "the-thao", "suc-khoe", "phap-luat", "quoc-te", "xay-dung-dang",
                "giao-duc", "giai-tri", "ket-noi-doanh-nghiep", "lao-dong")  # fmt: skip
    slugs = ("Baonghean.vn",)
    outlets = ("Báo Nghệ An", "Báo và PT-TH Nghệ An", "Báo và phát thanh, truyền hình Nghệ An")
