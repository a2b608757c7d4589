from newsbot.cms.onecms import OneCmsSpider
from newsbot.spider import Layout


class BaodaknongSpider(OneCmsSpider):
    """Báo Đắk Nông, https://baodaknong.vn

    Merged into Báo Lâm Đồng in 2025. On baodaknong.org.vn until 2023, with shorter numbers below a section.
    """

    province = "Đắk Nông"
    evidence = "inferred"
    archive_only = True
    allowed_domains = ["baodaknong.vn", "www.baodaknong.vn", "baodaknong.org.vn", "www.baodaknong.org.vn"]
    article_url = (*OneCmsSpider.article_url, r"^/(?:[^/]+/){1,2}[^/]+-(?P<id>\d{4,6}\.html)$")
    outlets = ("Báo Đắk Nông", "Báo Đắk Nông điện tử")
    layouts = (
        *OneCmsSpider.layouts,
        Layout(name="daknong-2020", body="div.newscontent", sapo="p.text-intro", published="div.date"),
    )
