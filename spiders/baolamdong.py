from newsbot.cms.onecms import OneCmsSpider
from newsbot.cms.vnpt import VNPT_ARTICLE, VNPT_LAYOUTS


class BaolamdongSpider(OneCmsSpider):
    """Báo và phát thanh truyền hình Lâm Đồng, https://baolamdong.vn

    On the VNPT system before 2025. The papers of Bình Thuận and Đắk Nông were merged into it, each with numbers of its
    own (`baobinhthuan`, `baodaknong`).
    """

    province = "Lâm Đồng"
    evidence = "inferred"
    allowed_domains = ["baolamdong.vn", "www.baolamdong.vn"]
    feeds = ("rss/thoi-su", "rss/phap-luat")
    sections = ("", "chinh-tri", "thoi-su", "kinh-te", "doi-song", "phap-luat", "quoc-phong-an-ninh",
                "van-hoa-giai-tri", "du-lich", "chinh-sach", "cong-nghe-chuyen-doi-so", "tin-tuc-24h")  # fmt: skip
    article_url = (*OneCmsSpider.article_url, VNPT_ARTICLE)
    outlets = ("Báo Lâm Đồng", "Báo và PT-TH Lâm Đồng", "Báo và phát thanh, truyền hình Lâm Đồng")
    layouts = (*OneCmsSpider.layouts, *VNPT_LAYOUTS)
