from newsbot.cms.hungyen import HungyenSpider


class YenmySpider(HungyenSpider):
    """Cổng thông tin điện tử huyện Yên Mỹ, https://yenmy.hungyen.gov.vn"""

    province = "Hưng Yên"  # the district ended in 2025
    allowed_domains = ["yenmy.hungyen.gov.vn", "www.yenmy.hungyen.gov.vn"]
    sections = ("", "tin-tuc-su-kien", "kinh-te-xa-hoi", "cai-cach-hanh-chinh", "portal/Pages/Tin-tuc-su-kien.aspx",
                "portal/Pages/Kinh-te-xa-hoi.aspx", "portal/Pages/Cai-cach-hanh-chinh.aspx")  # fmt: skip
    outlets = ("Cổng thông tin điện tử Yên Mỹ", "Cổng thông tin điện tử huyện Yên Mỹ")
