from newsbot.cms.vnpt import VnptSpider


class PhuyenbaodaklakSpider(VnptSpider):
    """Báo Phú Yên, https://phuyen.baodaklak.vn

    Merged into Báo Đắk Lắk in 2025; the site stays up as an archive. Posts of baophuyen.vn, whose numbers stand before
    the slug, were brought over to addresses of the present form, and still name the old ones as theirs.
    """

    province = "Phú Yên"
    evidence = "page"
    archive_only = True
    allowed_domains = ["phuyen.baodaklak.vn", "baophuyen.vn", "www.baophuyen.vn", "baophuyen.com.vn"]
    article_url = (*VnptSpider.article_url, r"^/\d{1,4}/(?P<id>\d{3,6})/[^/]+/?$")
    outlets = ("Báo Phú Yên", "Báo Phú Yên Online", "Phú Yên online")
