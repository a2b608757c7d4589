from newsbot.cms.vnpt import VnptSpider


class BaonamdinhSpider(VnptSpider):
    """Báo Nam Định, https://baonamdinh.vn

    Merged into Báo Ninh Bình in 2025; what is left of its site is read for the archive.
    """

    province = "Nam Định"
    allowed_domains = ["baonamdinh.vn", "www.baonamdinh.vn", "baonamdinh.com.vn", "www.baonamdinh.com.vn"]
    evidence = "inferred"
    outlets = ("Báo Nam Định", "Báo Nam Định điện tử")
