from newsbot.cms.bbg import BbgSpider


class BaobacninhtvSpider(BbgSpider):
    """Báo và Phát thanh, Truyền hình Bắc Ninh, https://baobacninhtv.vn"""

    province = "Bắc Ninh"
    allowed_domains = ["baobacninhtv.vn", "www.baobacninhtv.vn"]
    sections = ("", "moi-nhat", "chinh-tri", "xay-dung-dang", "chinh-tri-bao-ve-nen-tang-tu-tuong-cua-dang",
                "chinh-tri-nhan-su-moi", "kinh-te", "xa-hoi", "doi-song", "phap-luat", "an-toan-giao-thong",
                "suc-khoe", "giao-duc", "quoc-phong", "the-gioi", "the-thao", "the-thao-nhat-ky-sea-games-33",
                "nhip-song-tre", "nhip-song-tre-guong-mat", "nhip-song-tre-thanh-nien-cong-nhan",
                "dat-va-nguoi-bac-ninh", "van-hoa-goc-cho-nguoi-yeu-tho")  # fmt: skip
    sections_from_menu = True
    outlets = ("Báo và Phát thanh, Truyền hình Bắc Ninh", "Báo Bắc Ninh", "Bắc Ninh TV")
