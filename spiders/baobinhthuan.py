from newsbot.cms.onecms import OneCmsSpider


class BaobinhthuanSpider(OneCmsSpider):
    """Báo Bình Thuận, https://baobinhthuan.com.vn"""

    province = "Bình Thuận"
    evidence = "inferred"  # that it was on OneCMS is told by its addresses alone
    archive_only = True  # merged into Báo Lâm Đồng in 2025
    allowed_domains = ["baobinhthuan.com.vn", "www.baobinhthuan.com.vn"]
    outlets = ("Báo Bình Thuận", "Báo Bình Thuận điện tử")
