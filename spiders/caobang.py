from newsbot.cms.ubnd import UbndSpider


class CaobangSpider(UbndSpider):
    """Cổng thông tin điện tử tỉnh Cao Bằng, https://www.caobang.gov.vn"""

    province = "Cao Bằng"
    allowed_domains = ["www.caobang.gov.vn", "caobang.gov.vn"]
    outlets = ("Cổng thông tin điện tử tỉnh Cao Bằng", "Cổng TTĐT tỉnh Cao Bằng")
