from newsbot.cms.hungyen import HungyenSpider


class BanqlkcnSpider(HungyenSpider):
    """Ban Quản lý các khu công nghiệp tỉnh Hưng Yên, https://banqlkcn.hungyen.gov.vn"""

    province = "Hưng Yên"
    allowed_domains = ["banqlkcn.hungyen.gov.vn"]
    outlets = ("Ban Quản lý các khu công nghiệp tỉnh Hưng Yên",)
