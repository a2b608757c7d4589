from newsbot.cms.liferay import LiferaySpider


class ThainguyenSpider(LiferaySpider):
    """Cổng thông tin điện tử tỉnh Thái Nguyên, https://thainguyen.gov.vn"""

    province = "Thái Nguyên"
    allowed_domains = ["thainguyen.gov.vn", "www.thainguyen.gov.vn"]
    evidence = "config"
    outlets = ("Cổng thông tin điện tử tỉnh Thái Nguyên", "Cổng TTĐT tỉnh Thái Nguyên")
