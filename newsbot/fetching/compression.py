"""Unpacking answers that came compressed, without a guess at the charset of bytes that are no text."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response, TextResponse


class Compression(HttpCompressionMiddleware):
    """Scrapy's middleware, given the packed answer as what it is.

    Scrapy 2.19 takes it for text because of its Content-Type, and asks it for its encoding when it makes the unpacked
    answer: the packed bytes go through every detector there is, which costs more than to unpack them.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if isinstance(response, TextResponse) and "Content-Encoding" in response.headers:
            response = Response(**{name: getattr(response, name) for name in Response.attributes})
        return super().process_response(request, response)
