from newsbot.cms.vnpt import VnptSpider


class BaosoctrangSpider(VnptSpider):
    """Báo Sóc Trăng, https://baosoctrang.org.vn"""

    province = "Sóc Trăng"  # merged into Báo Cần Thơ in 2025
    evidence = "inferred"  # of its pages nothing is known but addresses of 2024
    allowed_domains = ["baosoctrang.org.vn", "www.baosoctrang.org.vn"]
    sections = ("", "van-hoa-the-thao-du-lich/", "multimedia/")
    outlets = ("Báo Sóc Trăng", "Báo Sóc Trăng điện tử")
