from newsbot.cms.vnpt import VnptSpider


class BaoquangbinhSpider(VnptSpider):
    """Báo Quảng Bình, https://baoquangbinh.vn

    Merged with Báo Quảng Trị in 2025, which is on its system since (`baoquangtri`).
    """

    province = "Quảng Bình"
    archive_only = True
    allowed_domains = ["baoquangbinh.vn", "www.baoquangbinh.vn"]
    outlets = ("Báo Quảng Bình", "Báo Quảng Bình điện tử")
