from newsbot.cms.hungyen import HungyenSpider


class NghiatruSpider(HungyenSpider):
    """Cổng thông tin điện tử xã Nghĩa Trụ, https://nghiatru.hungyen.gov.vn

    Its name is read from its address.
    """

    province = "Hưng Yên"
    allowed_domains = ["nghiatru.hungyen.gov.vn"]
    outlets = ("Cổng thông tin điện tử xã Nghĩa Trụ",)
