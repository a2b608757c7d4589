from newsbot.cms.hungyen import HungyenSpider


class KienxuongSpider(HungyenSpider):
    """Cổng thông tin điện tử xã Kiến Xương, https://kienxuong.hungyen.gov.vn

    Its name is read from its address.
    """

    province = "Hưng Yên"
    allowed_domains = ["kienxuong.hungyen.gov.vn"]
    outlets = ("Cổng thông tin điện tử xã Kiến Xương",)
