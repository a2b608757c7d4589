"""Reads the pages in WARC files as others would: `python tests/bench/loops.py KIND FILE…` prints pages and seconds.

Kinds: parsel, lexbor (the title and all paragraphs), trafilatura, newspaper (title, text, authors, date). Seconds are
of the processor, without imports. Each kind imports no more than its own library and warcio.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from time import process_time
from typing import Any

from warcio.archiveiterator import ArchiveIterator


def pages(files: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yield address and body of each page."""
    for path in files:
        with open(path, "rb") as file:  # noqa: PTH123  # as those who use warcio do
            for record in ArchiveIterator(file):
                if record.rec_type == "response":
                    yield record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read()


def parsel() -> Callable[[str, bytes], Any]:
    from parsel import Selector

    def read(url: str, body: bytes) -> Any:
        page = Selector(text=body.decode("utf-8", "replace"))
        return page.css("title::text").get(), page.css("p ::text").getall()

    return read


def lexbor() -> Callable[[str, bytes], Any]:
    from selectolax.lexbor import LexborHTMLParser

    def read(url: str, body: bytes) -> Any:
        page = LexborHTMLParser(body)
        title = page.css_first("title")
        return title and title.text(), [paragraph.text() for paragraph in page.css("p")]

    return read


def trafilatura() -> Callable[[str, bytes], Any]:
    from trafilatura import bare_extraction

    return lambda url, body: bare_extraction(body, url=url, with_metadata=True)


def newspaper() -> Callable[[str, bytes], Any]:
    from newspaper import Article

    def read(url: str, body: bytes) -> Any:
        article = Article(url, language="vi", fetch_images=False)
        article.download(input_html=body.decode("utf-8", "replace"))
        article.parse()
        return article.title, article.text, article.authors, article.publish_date

    return read


KINDS = {each.__name__: each for each in (parsel, lexbor, trafilatura, newspaper)}

if __name__ == "__main__":
    kind, *files = sys.argv[1:]
    read = KINDS[kind]()
    count, begun = 0, process_time()
    for url, body in pages(files):
        read(url, body)
        count += 1
    print(json.dumps([count, process_time() - begun]))
