from newsbot.cms.mediatech import MediaTechSpider


class HaiduongtvSpider(MediaTechSpider):
    """Đài Phát thanh - Truyền hình Hải Dương, https://haiduongtv.vn

    On haiduongtv.com.vn until 2024; `haiduongtv.mediatech.vn` is the vendor's name for the same site.
    """

    province = "Hải Dương"
    allowed_domains = ["haiduongtv.vn", "www.haiduongtv.vn", "haiduongtv.mediatech.vn", "haiduongtv.com.vn",
                       "www.haiduongtv.com.vn"]  # fmt: skip
    feeds = ("rss/news/thoi-su.rss", "rss/news/kinh-te.rss")
    sitemaps = ("sitemap.xml",)
    sections = ("", "thoi-su", "kinh-te", "nong-nghiep", "van-hoa")
    outlets = ("haiduongtv", "Đài Phát thanh - Truyền hình Hải Dương", "Đài PT-TH Hải Dương")
