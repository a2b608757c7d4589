from newsbot.cms.vnpt import VnptSpider
from newsbot.cms.zce import ZceSpider


class BaogialaiSpider(VnptSpider, ZceSpider):
    """Báo Gia Lai, https://baogialai.com.vn

    On the VNPT system until 2022: old pictures still lie below /dataimages/. The paper of Bình Định was merged into it
    in 2025 (`baobinhdinh`).
    """

    province = "Gia Lai"
    allowed_domains = ["baogialai.com.vn", "www.baogialai.com.vn"]
    sections = ("", "tin-moi.html", "thoi-su-su-kien/", "thoi-su-quoc-te/", "thoi-su-binh-luan/", "chinh-tri/",
                "kinh-te/", "giao-duc/", "suc-khoe/", "van-hoa/", "giai-tri/", "doi-song/", "the-thao/",
                "song-tre-song-dep/", "khoa-hoc-cong-nghe/", "do-thi/", "du-lich/", "phap-luat/", "tu-thien/",
                "ban-doc/", "chuyen-nguoi-gia-lai/", "phong-su-ky-su/")  # fmt: skip
    article_url = (*ZceSpider.article_url, *VnptSpider.article_url)
    outlets = ("Báo Gia Lai", "Báo Gia Lai điện tử")
    layouts = (*ZceSpider.layouts, *VnptSpider.layouts)
