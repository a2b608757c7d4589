from newsbot.cms.vnpt import VnptSpider


class BaodaklakSpider(VnptSpider):
    """Báo và phát thanh truyền hình Đắk Lắk, https://baodaklak.vn

    Some of its addresses have no number: an id is then the slug. Báo Phú Yên, merged into it, is `phuyenbaodaklak`.
    """

    province = "Đắk Lắk"
    allowed_domains = ["baodaklak.vn", "www.baodaklak.vn"]
    sections = ("", "thoi-su/", "chinh-tri/", "kinh-te/", "xa-hoi/", "giao-duc/", "y-te-suc-khoe/",
                "chinh-sach-xa-hoi/", "phap-luat/", "an-ninh-quoc-phong/", "quoc-te/", "the-thao/",
                "van-hoa-du-lich-van-hoc-nghe-thuat/", "du-lich/", "khoa-hoc-cong-nghe/", "moi-truong/",
                "trang-tin-dia-phuong/", "thong-tin-doanh-nghiep-tu-gioi-thieu/", "phong-su-ky-su/",
                "van-de-ban-doc-quan-tam/")  # fmt: skip
    further_page = "?paged={page}"
    article_url = (*VnptSpider.article_url, r"^/[^/]+/\d{6}/(?P<id>[^/]+)/?$")
    outlets = ("Báo Đắk Lắk", "Báo và PT-TH Đắk Lắk", "Báo và phát thanh, truyền hình Đắk Lắk")
