"""A paper whose list is empty until a script has filled it."""

from __future__ import annotations

import json

from newsbot.spider import Layout, NewsSpider
from tests.harness.example_paper import OTHER, SENTENCE, page
from tests.harness.small_server import Answer

_LIST = """<!doctype html><meta charset=utf-8><title>Tin</title><h1>Tin</h1><ul></ul><p>FOOTER</p><script>
fetch('/tin.json').then(answer => answer.json()).then(rows => {
  document.querySelector('ul').innerHTML = rows.map(row => `<li><a href="/${row}.html">${row}</a></li>`).join('');
});
</script>"""
_HTML = {"Content-Type": "text/html; charset=utf-8"}


class BaokichbanSpider(NewsSpider):
    """Báo Kịch Bản, http://baokichban.vn."""

    name = "baokichban"
    province = "Hải Dương"
    allowed_domains = ["baokichban.vn"]
    sections = browser_sections = ("http://baokichban.vn/tin",)
    #: In the second form, since addresses in the first are asked for by https.
    article_url = (r"^/moi/(?P<id>\d+)$", r"-(?P<id>\d+)\.html$")
    layouts = (Layout(name="v1", body="#noidung", published=".ngay"),)


def scripted_paper(path: str, before: int) -> Answer:
    """What the paper answers."""
    if path == "/tin":
        return 200, _HTML, _LIST.replace("FOOTER", SENTENCE + OTHER).encode()
    if path == "/tin.json":
        return 200, {"Content-Type": "application/json"}, json.dumps(["mua-to-17", "nang-to-18"]).encode()
    if path.endswith(".html"):
        body = f"<p>{path[1:5]}: {SENTENCE}</p><p>{OTHER}</p>"
        date = '<p class="ngay">09:30 28/11/2026</p>'
        return 200, _HTML, page(body, title=f"Tin {path[1:-5]} ở Kịch Bản", before=date).encode()
    return 404, _HTML, b"none"
