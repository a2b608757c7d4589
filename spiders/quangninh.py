from newsbot.cms.sharepoint import SharepointSpider


class QuangninhSpider(SharepointSpider):
    """Cổng thông tin điện tử tỉnh Quảng Ninh, https://www.quangninh.gov.vn"""

    province = "Quảng Ninh"
    allowed_domains = ["www.quangninh.gov.vn", "quangninh.gov.vn"]
    sections = ("", "Trang/tin-tuc-su-kien.aspx")
    outlets = ("Cổng thông tin điện tử tỉnh Quảng Ninh", "Cổng TTĐT tỉnh Quảng Ninh")
