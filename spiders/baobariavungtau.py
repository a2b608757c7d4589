from newsbot.cms.vnpt import VnptSpider


class BaobariavungtauSpider(VnptSpider):
    """Báo Bà Rịa - Vũng Tàu, https://baobariavungtau.com.vn

    Merged into Sài Gòn Giải Phóng in 2025. That it is on this system is told by the addresses of its pictures alone.
    """

    name = "baobariavungtau"
    province = "Bà Rịa - Vũng Tàu"
    evidence = "inferred"
    allowed_domains = ["baobariavungtau.com.vn", "www.baobariavungtau.com.vn"]
    sections = ("",)
    sections_from_menu = True
    outlets = ("Báo Bà Rịa - Vũng Tàu", "Báo Bà Rịa - Vũng Tàu điện tử")
