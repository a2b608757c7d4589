from newsbot.lists.json_lists import JsonList
from newsbot.spider import Layout, NewsSpider

_API = "https://api-dienbien.baodienbienphu.vn/api/web"


class BaodienbienphuSpider(NewsSpider):
    """Báo Điện Biên Phủ, https://baodienbienphu.vn

    Its lists are made in the browser, of JSON from a host of its own: the menu, and for each entry as many of the
    newest articles as one asks for. An article's id is its slug, whatever type and section stand before it.
    """

    province = "Điện Biên"
    allowed_domains = [
        "baodienbienphu.vn", "www.baodienbienphu.vn", "api-dienbien.baodienbienphu.vn", "baodienbienphu.com.vn",
        "www.baodienbienphu.com.vn", "baodienbienphu.info.vn", "www.baodienbienphu.info.vn",
    ]  # fmt: skip
    sections = ("",)
    sitemaps = (f"{_API}/menu-get-list",)
    json_lists = (
        JsonList(
            answers=r"/api/web/menu-get-list$",
            rows="data.list",
            address=f"{_API}/article-get-news-by-category-slug?category_slug={{menu_slug}}&limit={{number}}",
            names_lists=True,
        ),
        JsonList(
            answers=r"/api/web/article-get-news-by-category-slug\?",
            rows="data.list",
            address="https://baodienbienphu.vn/{article_type_slug}/{category_slug}/{article_slug}",
        ),
    )
    article_url = (r"^/(?!(?:tin-tuc|api)/)[a-z][a-z-]*/[\w-]+/(?P<id>[^/]*-[^/]*)/?$",)
    outlets = ("Báo Điện Biên Phủ", "Báo Điện Biên Phủ điện tử", "Báo và Phát thanh, Truyền hình Điện Biên")
    layouts = (
        Layout(
            name="editor-content",
            body=("#detail-news .editor-content", ".editor-content"),
            section="#detail-news a[href*='/tin-tuc/']:not(.editor-content *)",
        ),
    )
