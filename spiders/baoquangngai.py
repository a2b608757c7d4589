from newsbot.cms.vnpt import VNPT_ARTICLE, VNPT_LAYOUTS, VnptSpider
from newsbot.spider import Layout


class BaoquangngaiSpider(VnptSpider):
    """Báo và Phát thanh, Truyền hình Quảng Ngãi, https://baoquangngai.vn

    On the VNPT system until 2024, then on one of its own: there the text of some articles stands in an inline script
    alone. Báo Kon Tum was merged into it in 2025 (`baokontum`).
    """

    province = "Quảng Ngãi"
    allowed_domains = ["baoquangngai.vn", "www.baoquangngai.vn"]
    sections = ("", "chinh-tri", "thoi-su", "kinh-te", "xa-hoi", "du-lich", "doi-song", "van-hoa-nghe-thuat",
                "the-thao", "khoa-hoc-cong-nghe", "phap-luat", "quoc-te", "phong-su", "phong-van-doi-thoai",
                "quang-ngai-que-minh", "nhin-ra-tinh-ban", "hoat-dong-cua-lanh-dao-tinh", "chuyen-de-chuyen-sau",
                "thong-tin-can-biet")  # fmt: skip
    article_url = (r"^/[^/]+-(?P<id>\d+)\.htm$", VNPT_ARTICLE)
    outlets = ("Báo Quảng Ngãi", "Báo và Phát thanh, Truyền hình Quảng Ngãi", "Báo và PT-TH Quảng Ngãi")
    layouts = (
        Layout(
            name="output-data",
            body="body:has(p.category) #content",
            title="h1.title",
            sapo=("p.sapo", "#body .sapo"),
            section=("p.category a", "p.category"),
            drop=".same",
            script="outputData",
        ),
        *VNPT_LAYOUTS,
    )
