from newsbot.cms.hungyen import HungyenSpider


class ThuvuSpider(HungyenSpider):
    """Cổng thông tin điện tử xã Thư Vũ, https://thuvu.hungyen.gov.vn

    Its name is read from its address.
    """

    province = "Hưng Yên"
    allowed_domains = ["thuvu.hungyen.gov.vn"]
    outlets = ("Cổng thông tin điện tử xã Thư Vũ",)
