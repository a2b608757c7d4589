from newsbot.cms.liferay import LiferaySpider


class SottttSpider(LiferaySpider):
    """Sở Thông tin và Truyền thông Hà Nội, https://sotttt.hanoi.gov.vn"""

    province = "Hà Nội"
    allowed_domains = ["sotttt.hanoi.gov.vn"]  # the department ended in 2025
    sections = ("", "tin-tuc-su-kien", "bao-chi-xuat-ban", "cong-nghe-thong-tin", "buu-chinh-vien-thong",
                "thong-tin-dt", "thanh-tra", "ke-hoach-tai-chinh", "hoat-ong-ang-oan-the", "dssdt")  # fmt: skip
    evidence = "page"  # two saved pages of 2022
    outlets = ("Sở Thông tin và Truyền thông Hà Nội", "Sở Thông Tin Và Truyền Thông")
