from newsbot.cms.bbg import BbgSpider


class BaobacgiangSpider(BbgSpider):
    """Báo Bắc Giang, https://baobacgiang.vn

    At baobacgiang.com.vn before; went into baobacninhtv.vn in 2025, which serves its articles under the same numbers.
    """

    province = "Bắc Giang"
    allowed_domains = ["baobacgiang.vn", "www.baobacgiang.vn", "baobacgiang.com.vn", "www.baobacgiang.com.vn"]
    sections = ("", "bg2/moi-nhat", "bg/suc-khoe")
    outlets = ("Báo Bắc Giang", "Báo Bắc Giang điện tử")
