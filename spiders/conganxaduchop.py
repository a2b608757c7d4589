from newsbot.cms.hungyen import HungyenSpider


class ConganxaduchopSpider(HungyenSpider):
    """Công an xã Đức Hợp, https://conganxaduchop.hungyen.gov.vn

    Its name is read from its address.
    """

    province = "Hưng Yên"
    allowed_domains = ["conganxaduchop.hungyen.gov.vn"]
    outlets = ("Công an xã Đức Hợp",)
