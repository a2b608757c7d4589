from newsbot.spider import Layout, NewsSpider


class BaosonlaSpider(NewsSpider):
    """Báo Sơn La, https://baosonla.vn

    Its own system, on baosonla.org.vn before 2026; demo.baosonla.org.vn serves the same articles in public.
    """

    province = "Sơn La"
    allowed_domains = [
        "baosonla.vn", "www.baosonla.vn", "baosonla.org.vn", "www.baosonla.org.vn", "demo.baosonla.org.vn",
        "baodientusonla.com.vn", "www.baodientusonla.com.vn",
    ]  # fmt: skip
    feeds = ("rss/home.rss",)
    sitemaps = ("sitemap.xml",)
    sections = (
        "", "thoi-su-chinh-tri.html", "xay-dung-dang.html", "kinh-te.html", "nong-nghiep.html", "cong-nghiep-ttcn.html",
        "thuong-mai-dich-vu.html", "van-hoa-xa-hoi.html", "xa-hoi.html", "khoa-giao.html", "suc-khoe.html",
        "the-thao.html", "du-lich.html", "quoc-phong-an-ninh.html", "nong-thon-moi.html", "phap-luat.html",
        "quoc-te.html", "phong-su.html", "cai-cach-hanh-chinh.html",
    )  # fmt: skip
    # Nine characters that may begin with a dash or hold one; some old addresses end in a plain number instead.
    article_url = (
        r"^/[^/]+/[^/]+-(?P<id>(?!(?:[a-z]*-)?\d{5,}\.)[\w-]{9})\.html$",
        r"^/[^/]+/[^/]+-(?P<id>\d{5,8})\.html$",
    )
    outlets = ("Báo Sơn La", "Báo Sơn La điện tử")
    layouts = (
        Layout(
            name="editor-detail",
            body="#editor-detail",
            sapo="h1 ~ p.font-semibold",
            author="#editor-detail .text-end",
            published="h1 ~ p.text-sm",
            section="ul.breadcrumb a",
        ),
        Layout(name="fulltext", body="div.fulltext", sapo="div.fulltext > p.font-bold", author="div.fulltext .text-end",
               published="[class*='date']", section="ul.breadcrumb a"),
    )  # fmt: skip
