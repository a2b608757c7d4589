from newsbot.cms.onecms import OneCmsSpider
from newsbot.spider import Layout


class HanoimoiSpider(OneCmsSpider):
    """Hà Nội Mới, https://hanoimoi.vn

    On hanoimoi.com.vn until 2023, in a system of its own whose numbers meet those of OneCMS: an old id has its section.
    """

    province = "Hà Nội"
    allowed_domains = ["hanoimoi.vn", "www.hanoimoi.vn", "hanoimoi.com.vn", "www.hanoimoi.com.vn"]
    feeds = ("rss/xa-hoi", "rss/kinh-te", "rss/do-thi/giao-thong", "rss/y-te", "rss/du-lich",
             "rss/nong-nghiep-nong-thon", "rss/phap-luat", "rss/the-gioi")  # fmt: skip
    sections = ("", "chinh-tri", "kinh-te", "do-thi", "van-hoa", "xa-hoi", "giao-duc", "y-te", "the-gioi", "du-lich",
                "nong-nghiep-nong-thon", "khoa-hoc-cong-nghe", "doi-song")  # fmt: skip
    article_url = (*OneCmsSpider.article_url, r"^/(?P<id>tin-tuc/[^/]+/\d{5,7})/[^/]+$")
    ids_ignore_case = True
    outlets = ("Hà Nội Mới", "Báo Hà Nội Mới")
    layouts = (
        *OneCmsSpider.layouts,
        Layout(name="hanoimoi-2020", body=".article", sapo=(".summary", ".article > p"), published=".period"),
    )
