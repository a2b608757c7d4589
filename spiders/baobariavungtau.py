from newsbot.cms.vnpt import VnptSpider


class BaobariavungtauSpider(VnptSpider):
    """Báo Bà Rịa - Vũng Tàu, https://baobariavungtau.com.vn

    Merged into Sài Gòn Giải Phóng in 2025. That it is on this system is told by the addresses of its pictures alone.
    """

    province = "Bà Rịa - Vũng Tàu"
    evidence = "inferred"
    allowed_domains = ["baobariavungtau.com.vn", "www.baobariavungtau.com.vn"]
    outlets = ("Báo Bà Rịa - Vũng Tàu", "Báo Bà Rịa - Vũng Tàu điện tử")
