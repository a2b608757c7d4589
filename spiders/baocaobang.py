from newsbot.cms.mediatech import MediaTechSpider


class BaocaobangSpider(MediaTechSpider):
    """Báo và phát thanh truyền hình Cao Bằng, https://baocaobang.vn"""

    province = "Cao Bằng"
    allowed_domains = ["baocaobang.vn", "www.baocaobang.vn"]
    sections = ("", "Thoi-su", "chinh-tri", "kinh-te", "xa-hoi", "van-hoa", "the-thao", "Khoa-hoc-Cong-nghe",
                "Quoc-phong-An-ninh", "Suc-khoe-Doi-song", "The-gioi", "Giao-duc", "Ky-Phong-su")  # fmt: skip
    outlets = ("Báo Cao Bằng", "Báo và PT-TH Cao Bằng", "Báo và phát thanh, truyền hình Cao Bằng")
