from newsbot.cms.hungyen import HungyenSpider


class BinhnguyenSpider(HungyenSpider):
    """Cổng thông tin điện tử xã Bình Nguyên, https://binhnguyen.hungyen.gov.vn

    Its name is read from its address.
    """

    province = "Hưng Yên"
    allowed_domains = ["binhnguyen.hungyen.gov.vn"]
    outlets = ("Cổng thông tin điện tử xã Bình Nguyên",)
