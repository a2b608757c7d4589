from newsbot.cms.hungyen import HungyenSpider


class HungphuSpider(HungyenSpider):
    """Cổng thông tin điện tử xã Hưng Phú, https://hungphu.hungyen.gov.vn

    Its name is read from its address.
    """

    province = "Hưng Yên"
    allowed_domains = ["hungphu.hungyen.gov.vn"]
    outlets = ("Cổng thông tin điện tử xã Hưng Phú",)
