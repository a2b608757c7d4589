from newsbot.cms.onecms import OneCmsSpider


class BaobinhthuanSpider(OneCmsSpider):
    """Báo Bình Thuận, https://baobinhthuan.com.vn

    Merged into Báo Lâm Đồng in 2025. That it was on OneCMS is told by its addresses alone.
    """

    name = "baobinhthuan"
    province = "Bình Thuận"
    evidence = "inferred"
    archive_only = True
    allowed_domains = ["baobinhthuan.com.vn", "www.baobinhthuan.com.vn"]
    sections = ("",)
    sections_from_menu = True
    outlets = ("Báo Bình Thuận", "Báo Bình Thuận điện tử")
