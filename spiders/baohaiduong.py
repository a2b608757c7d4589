from newsbot.cms.onecms import OneCmsSpider
from newsbot.spider import Layout


class BaohaiduongSpider(OneCmsSpider):
    """Báo Hải Dương, https://baohaiduong.vn

    Merged into Báo Hải Phòng in 2025; the site stays up as an archive. Ids went on counting in OneCMS.
    """

    province = "Hải Dương"
    allowed_domains = ["baohaiduong.vn", "www.baohaiduong.vn"]
    sections = ("", "thoi-su", "chinh-tri", "kinh-te", "xa-hoi", "phap-luat", "doi-song/giao-duc", "van-hoa",
                "the-thao", "chuyen-muc/kinh-te/5", "chuyen-muc/xa-hoi/11",
                "chuyen-muc/dat-va-nguoi-xu-dong/25")  # fmt: skip
    article_url = (*OneCmsSpider.article_url, r"^/[^/]+/[^/]+-(?P<id>\d{5,})$")
    outlets = ("Báo Hải Dương", "Báo Hải Dương điện tử")
    layouts = (
        *OneCmsSpider.layouts,
        Layout(name="fck-2022", body="div.fck", title="h1.title", sapo=".sapo", published=".detail > div.date",
               section=".bread a"),
    )  # fmt: skip
