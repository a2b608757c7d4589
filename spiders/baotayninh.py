from newsbot.cms.fck import FCK_ARTICLE, FCK_LAYOUTS
from newsbot.cms.mediatech import MediaTechSpider


class BaotayninhSpider(MediaTechSpider):
    """Báo và phát thanh truyền hình Tây Ninh, https://baotayninh.vn

    Merged with Long An's paper and broadcaster in 2025, on whose system (`la34`) it has been since: that one's posts
    were brought over under new numbers. Before, its own numbers had an "a" in front, which keeps them apart.
    """

    province = "Tây Ninh"
    evidence = "page"
    allowed_domains = ["baotayninh.vn", "www.baotayninh.vn"]
    feeds = ("rss/news/van-hoa.rss", "rss/news/du-lich.rss", "rss/news/van-de-su-kien.rss")
    sections = ("", "thoi-su-chinh-tri", "thoi-su-chinh-tri/trong-tinh", "thoi-su-chinh-tri/trong-nuoc", "kinh-te",
                "kinh-te/nong-nghiep", "xa-hoi", "xa-hoi/doi-song", "van-hoa", "the-gioi", "the-thao", "dia-phuong",
                "y-te", "du-lich")  # fmt: skip
    article_url = (*MediaTechSpider.article_url, FCK_ARTICLE.replace("a(?P<id>", "(?P<id>a"))
    outlets = ("Báo Tây Ninh", "Báo và PT-TH Tây Ninh", "Báo và phát thanh, truyền hình Tây Ninh", "longantv")
    layouts = (*MediaTechSpider.layouts, *FCK_LAYOUTS)
