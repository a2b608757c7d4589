from newsbot.cms.dhcn import DhcnSpider
from newsbot.spider import Layout


class BaophuthoSpider(DhcnSpider):
    """Báo và Phát thanh, Truyền hình Phú Thọ, https://baophutho.vn

    Báo Vĩnh Phúc and Báo Hòa Bình were merged into it in 2025 (`baohoabinh`).
    """

    province = "Phú Thọ"
    allowed_domains = ["baophutho.vn", "www.baophutho.vn"]
    sections = ("", "phu-tho-24h", "phutho24h", "phong-vi-dat-to", "den-hung", "du-lich-le-hoi", "chinh-tri",
                "xay-dung-dang", "quoc-hoi-hoi-dong-nhan-dan", "hoc-va-lam-theo-bac", "van-hoa-xa-hoi", "xa-hoi",
                "van-hoc-nghe-thuat", "van-hoa", "dan-toc-ton-giao", "net-dep-doi-thuong", "kinh-te",
                "gia-ca-thi-truong", "giao-duc", "y-te", "phong-su-ghi-chep", "quoc-te")  # fmt: skip
    sections_from_menu = True
    outlets = ("Báo Phú Thọ", "Báo và Phát thanh, Truyền hình Phú Thọ", "Báo và PT-TH Phú Thọ")
    layouts = (
        *DhcnSpider.layouts,
        Layout(
            name="phutho-2020",
            body="body:has(.pt-post-detail__time) #content",
            sapo="#content span[style*='Tahoma']:has(> strong)",
            published=".pt-post-detail__time",
        ),
    )
