from newsbot.cms.mediatech import MediaTechSpider
from newsbot.cms.vnpt import VNPT_ARTICLE, VNPT_LAYOUTS, VnptSpider


class BaoquangninhSpider(VnptSpider, MediaTechSpider):
    """Báo Quảng Ninh, https://baoquangninh.vn

    On the VNPT system at baoquangninh.com.vn until 2020, on MediaTech since. Both number articles in one row.
    """

    province = "Quảng Ninh"
    allowed_domains = ["baoquangninh.vn", "www.baoquangninh.vn", "baoquangninh.com.vn",
                       "www.baoquangninh.com.vn"]  # fmt: skip
    feeds = ("rss/news/chinh-tri.rss", "rss/news/xay-dung-dang.rss", "rss/news/kinh-te.rss", "rss/news/du-lich.rss")
    sitemaps = ("sitemap.xml",)
    sections = ("", "chinh-tri", "xay-dung-dang", "kinh-te", "xa-hoi", "phap-luat", "the-thao", "du-lich", "van-hoa",
                "quoc-te", "doi-song", "khoa-hoc-cong-nghe", "ban-doc", "http://www.baoquangninh.com.vn/kinh-te/",
                "http://www.baoquangninh.com.vn/the-thao/", "http://www.baoquangninh.com.vn/van-hoa/")  # fmt: skip
    article_url = (*MediaTechSpider.article_url, VNPT_ARTICLE)
    outlets = ("Báo Quảng Ninh", "Báo Quảng Ninh điện tử")
    layouts = (*MediaTechSpider.layouts, *VNPT_LAYOUTS)
