from newsbot.cms.vnpt import VnptSpider
from newsbot.spider import Layout


class BaokhanhhoaSpider(VnptSpider):
    """Báo và phát thanh truyền hình Khánh Hòa, https://baokhanhhoa.vn

    On baokhanhhoa.com.vn before. No list of its sections is known: its menu names them.
    """

    province = "Khánh Hòa"
    allowed_domains = ["baokhanhhoa.vn", "www.baokhanhhoa.vn", "baokhanhhoa.com.vn", "www.baokhanhhoa.com.vn"]
    outlets = ("Báo Khánh Hòa", "Báo và PT-TH Khánh Hòa", "Báo và phát thanh, truyền hình Khánh Hòa")
    layouts = (
        *VnptSpider.layouts,
        Layout(
            name="khanhhoa-2020",
            body="div.detail-news",
            sapo=".detail-news > p:has(strong)",
            published="div.date",
            drop="div.date",
        ),
    )
