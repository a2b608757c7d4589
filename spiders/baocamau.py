from newsbot.cms.fck import FckSpider
from newsbot.spider import Layout


class BaocamauSpider(FckSpider):
    """Báo Cà Mau, https://baocamau.vn

    On another system at baocamau.com.vn until 2023, whose numbers here end in .html. No section's path is known.
    """

    province = "Cà Mau"
    allowed_domains = ["baocamau.vn", "www.baocamau.vn", "baocamau.com.vn", "www.baocamau.com.vn"]
    article_url = (*FckSpider.article_url, r"^/(?:[^/]+/){1,2}[^/]+-(?P<id>\d{3,}\.html)$")
    outlets = ("Báo Cà Mau", "Báo Cà Mau Online")
    layouts = (
        Layout(name="camau", body="div.post-content", published=".pubdate", captions="p.note.ignore",
               section=".category-title-box .news-block-header span a"),
        *FckSpider.layouts,
        Layout(name="camau-2020", body="div.newscontent", sapo=".title-italic", published=".date-time"),
    )  # fmt: skip
