from newsbot.spider import Layout, NewsSpider


class SuckhoemoitruongSpider(NewsSpider):
    """Tạp chí Sức khỏe & Môi trường, https://suckhoemoitruong.com.vn

    A national magazine. Its ids were counted anew with the redesign of 2022: `28435n` is an old one, `65` a new one.
    """

    province = ""
    allowed_domains = ["suckhoemoitruong.com.vn", "www.suckhoemoitruong.com.vn"]
    sections = (
        "", "doi-song.html", "kinh-te.html", "moi-truong.html", "moi-truong/moi-truong-xanh.html", "phong-su.html",
        "the-gioi.html", "tin-tuc.html", "tu-van.html", "suc-khoe.html",
    )  # fmt: skip
    article_url = (r"^/[^/]*-(?P<id>\d+)\.html$", r"^/(?:[^/]+/){1,2}[^/]*-id(?P<id>\d+n)\.html$")
    slugs = ("SK&MT",)
    outlets = ("Sức khỏe & Môi trường", "Tạp chí Sức khỏe & Môi trường", "Tạp chí Sức khỏe và Môi trường")
    layouts = (
        Layout(
            name="2022",
            body=".detail-content",
            title="h1.detail-title",
            sapo=".detail-sapo",
            published=".detail-time",
            section=".breadcrumb a",
        ),
        # The selectors of a reader program of 2020; text in Word's spans.
        Layout(
            name="2020",
            body="div.clearfix.mgb20",
            sapo="div.clearfix.mgb20 p:has(strong)",
            published="li.time",
            section=".breadcrumb a",
        ),
    )
