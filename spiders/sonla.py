from newsbot.cms.ubnd import UbndSpider


class SonlaSpider(UbndSpider):
    """Cổng thông tin điện tử tỉnh Sơn La, https://www.sonla.gov.vn"""

    province = "Sơn La"
    allowed_domains = ["www.sonla.gov.vn", "sonla.gov.vn"]
    evidence = "inferred"
    outlets = ("Cổng thông tin điện tử tỉnh Sơn La", "Cổng TTĐT tỉnh Sơn La")
