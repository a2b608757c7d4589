from newsbot.cms.hungyen import HungyenSpider


class SonnptntSpider(HungyenSpider):
    """Sở Nông nghiệp và Phát triển nông thôn tỉnh Hưng Yên, https://sonnptnt.hungyen.gov.vn"""

    province = "Hưng Yên"
    allowed_domains = ["sonnptnt.hungyen.gov.vn"]
    outlets = ("Sở NN-PTNT tỉnh Hưng Yên", "Văn phòng Sở NN-PTNT tỉnh Hưng Yên")
