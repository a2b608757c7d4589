from newsbot.cms.vnpt import VnptSpider
from newsbot.spider import Layout


class BaotuyenquangSpider(VnptSpider):
    """Báo và phát thanh truyền hình Tuyên Quang, https://baotuyenquang.com.vn

    On another system until 2022 or so, with shorter numbers.
    """

    province = "Tuyên Quang"
    allowed_domains = ["baotuyenquang.com.vn", "www.baotuyenquang.com.vn"]
    sections = ("", "thoi-su-chinh-tri/", "kinh-te/", "xa-hoi/", "van-hoa/", "an-ninh-quoc-phong/",
                "khoa-hoc-cong-nghe/", "quoc-te/", "phap-luat/", "the-thao-giai-tri/", "goc-nhin/",
                "xa-luan-van-de-ky-nay/", "tin-noi-bat/", "bao-ve-nen-tang-tu-tuong-cua-dang/",
                "dang-trong-cuoc-song-hom-nay/", "chuyen-muc-cai-cach-hanh-chinh/", "thong-tin-quang-ba/",
                "hoc-tap-theo-bac/", "dai-hoi-dang-bo-cac-cap--nhiem-ky-2025-2030/")  # fmt: skip
    article_url = (*VnptSpider.article_url, r"^/(?:[^/]+/){1,2}[^/]+-(?P<id>\d{5,6})\.html$")
    outlets = ("Báo Tuyên Quang", "Báo và PT-TH Tuyên Quang", "Báo và phát thanh, truyền hình Tuyên Quang")
    layouts = (
        *VnptSpider.layouts,
        Layout(name="tuyenquang-2020", body="[itemprop='articleBody']", sapo=".summary", published="time"),
    )
