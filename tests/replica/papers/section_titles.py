"""What sections are called, by their slugs."""

from __future__ import annotations

from tests.replica.headlines import Section

_TITLES = {
    "an-ninh-quoc-phong": "An ninh - Quốc phòng", "ban-doc": "Bạn đọc", "bat-dong-san": "Bất động sản",
    "chinh-tri": "Chính trị", "chinh-sach": "Chính sách", "cong-nghe": "Công nghệ", "dia-phuong": "Địa phương",
    "do-thi": "Đô thị", "doi-song": "Đời sống", "du-lich": "Du lịch", "giai-tri": "Giải trí", "giao-duc": "Giáo dục",
    "giao-thong": "Giao thông", "khoa-hoc-cong-nghe": "Khoa học - Công nghệ", "kinh-te": "Kinh tế",
    "moi-truong": "Môi trường", "nong-nghiep": "Nông nghiệp", "phap-luat": "Pháp luật", "quoc-te": "Quốc tế",
    "quoc-phong-an-ninh": "Quốc phòng - An ninh", "suc-khoe": "Sức khỏe", "the-gioi": "Thế giới",
    "the-thao": "Thể thao", "thoi-su": "Thời sự", "thoi-su-chinh-tri": "Thời sự - Chính trị", "van-hoa": "Văn hóa",
    "van-hoa-giai-tri": "Văn hóa - Giải trí", "xa-hoi": "Xã hội", "xay-dung-dang": "Xây dựng Đảng", "y-te": "Y tế",
}  # fmt: skip


def read_sections(slugs: str, *, named: bool = True) -> tuple[Section, ...]:
    """The sections of these slugs; `named` is whether their pages name those above them.

    >>> read_sections("do-thi/giao-thong Xa-hoi tin-vui")[0].crumbs
    ('Đô thị', 'Giao thông')
    """
    return tuple(_section(slug, named) for slug in slugs.split())


def _section(slug: str, named: bool) -> Section:
    above, _, last = slug.rpartition("/")
    return Section(slug, _title(last), (above, _title(above)) if above and named else None)


def _title(slug: str) -> str:
    return _TITLES.get(slug.lower()) or slug.replace("-", " ").capitalize()
