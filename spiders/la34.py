from newsbot.cms.mediatech import MediaTechSpider


class La34Spider(MediaTechSpider):
    """Đài Phát thanh và Truyền hình Long An, https://la34.com.vn

    Merged into Báo Tây Ninh in 2025, which has its posts under other numbers; the site stays up as an archive.
    """

    province = "Long An"
    archive_only = True
    allowed_domains = ["la34.com.vn", "www.la34.com.vn"]
    outlets = ("longantv", "LA34", "Truyền hình Long An", "Đài Phát thanh và Truyền hình Long An")
