from newsbot.cms.hungyen import HungyenSpider


class SoyteSpider(HungyenSpider):
    """Sở Y tế tỉnh Hưng Yên, https://soyte.hungyen.gov.vn"""

    province = "Hưng Yên"
    allowed_domains = ["soyte.hungyen.gov.vn"]
    outlets = ("Sở Y tế tỉnh Hưng Yên",)
