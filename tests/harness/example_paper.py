"""A paper that nobody prints: its spider, its pages, and a source whose pages no layout fits."""

from __future__ import annotations

from newsbot.spider import Layout, NewsSpider

URL = "https://baovidu.vn/kinh-te/mua-to-17.html"
SENTENCE = "Nước sông dâng cao từ đêm qua làm ngập nhiều tuyến đường ven sông, hàng trăm hộ dân phải chuyển đồ lên gác."
OTHER = (
    "Đến trưa nay lực lượng chức năng đã hỗ trợ người dân gia cố bờ bao và chuyển lương thực vào các thôn bị cô lập."
)


class BaoviduSpider(NewsSpider):
    """Báo Ví Dụ, https://baovidu.vn"""

    name = "baovidu"
    province = "Hải Dương"
    allowed_domains = ["baovidu.vn", "www.baovidu.vn"]
    article_url = (r"-(?P<id>\d+)\.html$",)
    slugs = ("BVD",)
    outlets = ("Báo Ví Dụ",)
    layouts = (
        Layout(
            name="v2",
            body="#noidung",
            sapo=(".sapo", ".mo-dau"),
            author=".tacgia",
            published=".ngay",
            section=".duong-dan a",
            tags=".the a",
        ),
    )


class PlainSpider(NewsSpider):
    """A source whose pages no layout fits."""

    name = "plain"
    province = "Hải Dương"
    allowed_domains = ["baovidu.vn"]
    article_url = (r"-(?P<id>\d+)\.html$",)


def page(body: str = "", *, head: str = "", before: str = "", title: str = "Mưa to ở Ví Dụ") -> str:
    return (
        f'<!DOCTYPE html><html lang="vi"><head><title>{title}</title>{head}</head><body><h1>{title}</h1>{before}'
        f'<div id="noidung">{body}</div></body></html>'
    )
