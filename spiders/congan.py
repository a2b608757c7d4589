from newsbot.cms.hungyen import HungyenSpider


class ConganSpider(HungyenSpider):
    """Công an tỉnh Hưng Yên, https://congan.hungyen.gov.vn"""

    province = "Hưng Yên"
    allowed_domains = ["congan.hungyen.gov.vn"]
    outlets = ("Công an tỉnh Hưng Yên",)
