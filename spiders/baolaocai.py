from newsbot.cms.zce import ZceSpider


class BaolaocaiSpider(ZceSpider):
    """Báo Lào Cai, https://baolaocai.vn"""

    province = "Lào Cai"
    evidence = "page"
    allowed_domains = ["baolaocai.vn", "www.baolaocai.vn"]
    sections = ("", "tin-moi.html", "kinh-te/")
    outlets = ("Báo Lào Cai", "Báo Lào Cai điện tử")
