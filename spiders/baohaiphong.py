from newsbot.cms.onecms import OneCmsSpider
from newsbot.spider import Layout


class BaohaiphongSpider(OneCmsSpider):
    """Báo và phát thanh truyền hình Hải Phòng, https://baohaiphong.vn

    Since the merger of 2025 on the system that Báo Hải Dương had (`baohaiduong`). On one of its own, at
    baohaiphong.com.vn, until 2023: there the query tells an article, by a number that may be one of today's, too.
    """

    province = "Hải Phòng"
    evidence = "page"
    allowed_domains = ["baohaiphong.vn", "www.baohaiphong.vn", "baohaiphong.com.vn", "www.baohaiphong.com.vn"]
    sections = ("", "chinh-tri", "kinh-te", "xa-hoi", "goc-nhin", "khoa-hoc-giao-duc", "phap-luat", "bat-dong-san",
                "van-hoa-giai-tri", "van-nghe", "quoc-te", "the-thao", "doi-song", "dat-va-nguoi-xu-dong", "ban-doc",
                "du-lich", "su-kien-qua-anh", "xe")  # fmt: skip
    article_url = (*OneCmsSpider.article_url, r"^/baohp/vn/home/InfoDetail\.jsp\?(?:.*&)?(?P<id>ID=\d+)(?:&|$)")
    outlets = ("Báo Hải Phòng", "Báo và PT-TH Hải Phòng", "Báo và phát thanh, truyền hình Hải Phòng")
    layouts = (
        *OneCmsSpider.layouts,
        Layout(
            name="haiphong-2019",
            body="#newsContent",
            title=".title",
            sapo=".head",
            published=".creatdate",
            captions=".picBox tr + tr td",
            drop=".row1, .title, .stitle, .head",
        ),
    )
