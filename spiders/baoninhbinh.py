from newsbot.spider import Layout, NewsSpider


class BaoninhbinhSpider(NewsSpider):
    """Báo và Phát thanh, Truyền hình Ninh Bình, https://baoninhbinh.org.vn

    On Next.js; addresses of the system before are still answered, and say in their number when an article was made. Báo
    Hà Nam and Báo Nam Định were merged into it in 2025 (`baohanam`, `baonamdinh`). Its try-out host may serve the same.
    """

    province = "Ninh Bình"
    allowed_domains = ["baoninhbinh.org.vn", "www.baoninhbinh.org.vn", "beta.baoninhbinh.org.vn"]
    sections = ("", "chinh-tri", "xay-dung-dang", "vu-an")
    sections_from_menu = True
    article_url = (r"^/[^/]+-(?P<id>\d{15})\.html$", r"^/[^/]+/(?P<id>d\d{17})\.htm$")
    outlets = ("Báo Ninh Bình", "Báo và Phát thanh, Truyền hình Ninh Bình", "Báo và PT-TH Ninh Bình")
    layouts = (
        Layout(
            name="next",
            body="#content_detail",
            title="h1.header-title",
            sapo=".content-detail > .font-bold",
            section=("ol.uppercase li a", "li.inline-flex.items-center a"),
        ),
    )
