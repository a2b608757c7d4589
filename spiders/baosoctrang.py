from newsbot.cms.vnpt import VnptSpider


class BaosoctrangSpider(VnptSpider):
    """Báo Sóc Trăng, https://baosoctrang.org.vn

    Merged into Báo Cần Thơ in 2025. Of its pages nothing is known but addresses of 2024.
    """

    name = "baosoctrang"
    province = "Sóc Trăng"
    evidence = "inferred"
    allowed_domains = ["baosoctrang.org.vn", "www.baosoctrang.org.vn"]
    sections = ("", "van-hoa-the-thao-du-lich/", "multimedia/")
    sections_from_menu = True
    outlets = ("Báo Sóc Trăng", "Báo Sóc Trăng điện tử")
