from newsbot.cms.vnpt import VnptSpider


class BaodongnaiSpider(VnptSpider):
    """Báo và phát thanh truyền hình Đồng Nai, https://baodongnai.com.vn

    No list of its sections is known: its menu names them.
    """

    province = "Đồng Nai"
    allowed_domains = ["baodongnai.com.vn", "www.baodongnai.com.vn"]
    outlets = ("Báo Đồng Nai", "Báo và PT-TH Đồng Nai", "Báo và phát thanh, truyền hình Đồng Nai")
