from newsbot.cms.vnpt import VnptSpider


class BaovinhlongSpider(VnptSpider):
    """Báo và phát thanh truyền hình Vĩnh Long, https://baovinhlong.com.vn

    Of its sections two are known: its menu names the others. The papers merged into it are sources of their own
    (`baodongkhoi`, `baotravinh`).
    """

    province = "Vĩnh Long"
    allowed_domains = ["baovinhlong.com.vn", "www.baovinhlong.com.vn"]
    sections = ("", "xa-hoi/", "xa-hoi/du-lich/")
    outlets = ("Báo Vĩnh Long", "Báo và PT-TH Vĩnh Long", "Báo và phát thanh, truyền hình Vĩnh Long")
