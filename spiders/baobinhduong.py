from newsbot.cms.fck import FckSpider


class BaobinhduongSpider(FckSpider):
    """Báo Bình Dương, https://baobinhduong.vn"""

    province = "Bình Dương"  # merged into Sài Gòn Giải Phóng in 2025; the site stays up as an archive
    allowed_domains = ["baobinhduong.vn", "www.baobinhduong.vn"]
    sections = ("", "chinh-tri", "kinh-te", "xa-hoi", "the-thao", "giao-duc", "phap-luat", "y-te", "nhip-song-so",
                "phan-tich", "ban-doc", "du-lich", "quoc-te", "toi-yeu-binh-duong")  # fmt: skip
    section_feed = ""
    outlets = ("Báo Bình Dương", "Báo Bình Dương Online")
