"""Links to places a crawler must not go, put among a listing's own; their paths look like articles."""

from __future__ import annotations

FOREIGN_URLS = (
    "https://baodoitac.example/chuyen-trang-hop-tac-3449001.html",
    "http://127.0.0.1:9/tin-noi-bo-may-chu-3449002.html",
    "http://10.0.0.1/tin-noi-bo-mang-rieng-3449003.html",
    "http://[::1]:9/tin-noi-bo-may-chu-3449004.html",
    "http://169.254.169.254/latest/meta-data/tin-3449005.html",
)
FOREIGN_LINKS = (
    '<div class="partners"><h3>Liên kết</h3>'
    + "".join(
        f'<article class="card"><h3 class="card-title b-grid__title"><a class="cms-link title1" href="{url}">'
        f"Tin đối tác {number}</a></h3></article>"
        for number, url in enumerate(FOREIGN_URLS, 1)
    )
    + '<a href="javascript:;">Xem thêm</a><a href="mailto:toasoan@example.vn">Toà soạn</a>'
    '<a href="tel:02000000000">Gọi</a>'
    '<a href="/ads-tracking?aid=7&amp;u=http%3A%2F%2F10.0.0.1%2F">Quảng cáo</a>'
    '<a href="/noi-bo/ban-thao-chua-duyet-9999999.html">Bản thảo</a></div>\n'
)
