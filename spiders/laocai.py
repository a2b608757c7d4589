from newsbot.cms.ubnd import UbndSpider


class LaocaiSpider(UbndSpider):
    """Cổng thông tin điện tử tỉnh Lào Cai, https://www.laocai.gov.vn"""

    province = "Lào Cai"
    allowed_domains = ["www.laocai.gov.vn", "laocai.gov.vn"]
    outlets = ("Cổng thông tin điện tử tỉnh Lào Cai", "Cổng TTĐT tỉnh Lào Cai")
