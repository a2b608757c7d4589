from newsbot.cms.vnpt import VnptSpider


class BaoapbacSpider(VnptSpider):
    """Báo Ấp Bắc, https://baoapbac.vn

    The paper of Tiền Giang, merged into Báo Đồng Tháp in 2025.
    """

    province = "Tiền Giang"
    allowed_domains = ["baoapbac.vn", "www.baoapbac.vn"]
    sections = ("", "xa-hoi/")
    outlets = ("Báo Ấp Bắc", "Báo Ấp Bắc điện tử")
