from newsbot.cms.onecms import OneCmsSpider


class BaohaiphongSpider(OneCmsSpider):
    """Báo và phát thanh truyền hình Hải Phòng, https://baohaiphong.vn

    Since the merger of 2025 on the system that Báo Hải Dương had (`baohaiduong`). Before, on baohaiphong.com.vn,
    numbers of articles stood in the query: their paths do not tell them apart.
    """

    name = "baohaiphong"
    province = "Hải Phòng"
    evidence = "page"
    allowed_domains = ["baohaiphong.vn", "www.baohaiphong.vn", "baohaiphong.com.vn", "www.baohaiphong.com.vn"]
    sections = (
        "", "chinh-tri", "kinh-te", "xa-hoi", "goc-nhin", "khoa-hoc-giao-duc", "phap-luat", "bat-dong-san",
        "van-hoa-giai-tri", "van-nghe", "quoc-te", "the-thao", "doi-song", "dat-va-nguoi-xu-dong", "ban-doc", "du-lich",
        "su-kien-qua-anh", "xe",
    )  # fmt: skip
    outlets = ("Báo Hải Phòng", "Báo và PT-TH Hải Phòng", "Báo và phát thanh, truyền hình Hải Phòng")
