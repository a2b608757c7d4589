from newsbot.cms.mediatech import MediaTechSpider
from newsbot.cms.vnpt import VNPT_ARTICLE, VNPT_LAYOUTS, VnptSpider


class BaohungyenSpider(VnptSpider, MediaTechSpider):
    """Báo và phát thanh truyền hình Hưng Yên, https://baohungyen.vn

    On the VNPT system until 2023, on MediaTech since. Sections stand under two spellings, with articles of their own.
    """

    province = "Hưng Yên"
    allowed_domains = ["baohungyen.vn", "www.baohungyen.vn"]
    sections = ("", "chinh-tri", "Chinh-tri", "kinh-te", "Kinh-te", "xa-hoi", "Xa-hoi", "van-hoa", "Van-hoa",
                "the-thao", "The-thao", "an-ninh-quoc-phong", "quoc-te", "giao-duc", "Giao-duc",
                "dat-va-nguoi-hung-yen", "ban-doc", "Ban-doc", "doi-song", "phap-luat-doi-song",
                "bien-dao-Viet-Nam")  # fmt: skip
    article_url = (*MediaTechSpider.article_url, VNPT_ARTICLE)
    outlets = ("Báo Hưng Yên", "Báo và PT-TH Hưng Yên", "Báo và phát thanh, truyền hình Hưng Yên")
    layouts = (*MediaTechSpider.layouts, *VNPT_LAYOUTS)
