from newsbot.cms.liferay import LiferaySpider


class BacgiangSpider(LiferaySpider):
    """Cổng thông tin điện tử tỉnh Bắc Giang, https://www.bacgiang.gov.vn"""

    province = "Bắc Giang"
    allowed_domains = ["www.bacgiang.gov.vn", "bacgiang.gov.vn"]
    evidence = "config"
    outlets = ("Cổng thông tin điện tử tỉnh Bắc Giang", "Cổng TTĐT tỉnh Bắc Giang")
