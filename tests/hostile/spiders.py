"""A source that plays hostile; see `tests.hostile.site`."""

from __future__ import annotations

from newsbot.spider import Layout, NewsSpider


class BaothudichSpider(NewsSpider):
    """Báo Thù Địch, http://baothudich.vn, in clear text so that its server can send any bytes."""

    name = "baothudich"
    province = "Quảng Ninh"
    allowed_domains = ["baothudich.vn"]
    sections = ("http://baothudich.vn/tin", "http://baothudich.vn/nang")
    #: In the second form, since addresses in the first are asked for by https.
    article_url = (r"^/moi/(?P<id>\d+)$", r"-(?P<id>\d+)\.html$")
    layouts = (Layout(name="v1", body="#noidung", sapo=".sapo", author=".tacgia", published=".ngay"),)
