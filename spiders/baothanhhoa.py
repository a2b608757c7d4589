from newsbot.cms.dhcn import DhcnSpider


class BaothanhhoaSpider(DhcnSpider):
    """Báo và Phát thanh, Truyền hình Thanh Hóa, https://baothanhhoa.vn"""

    province = "Thanh Hóa"
    allowed_domains = ["baothanhhoa.vn", "www.baothanhhoa.vn"]
    feeds = ("rss/thoi-su.xml", "rss/phap-luat.xml", "rss/kinh-te.xml")
    sections = ("", "tin24h", "xa-phuong", "thoi-su", "kiem-chung-thong-tin", "dai-bieu-voi-cu-tri", "noi-chinh",
                "xay-dung-dang", "theo-guong-bac", "nghi-quyet-cua-dang", "tu-tuong-dang", "du-thao", "ve-voi-xu-thanh",
                "dat-va-nguoi", "khat-vong-thanh-hoa", "diem-den", "mien-tay-thanh-hoa", "kinh-te", "doanh-nghiep",
                "co-hoi-dau-tu", "kinh-te-thi-truong")  # fmt: skip
    sections_from_menu = True
    outlets = ("Báo Thanh Hóa", "Báo và Phát thanh, Truyền hình Thanh Hóa", "Báo và PT-TH Thanh Hóa")
