"""A request as a site of the replica sees it, cut leniently out of the bytes on the wire."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Request:
    """One parsed request; header names and values are latin-1, so that every byte survives."""

    method: str
    scheme: str
    host: str  # lower case, without the port
    path: str  # raw, percent-encoded, without the query
    query: str = ""  # raw, without the question mark
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    version: str = "HTTP/1.1"

    @property
    def target(self) -> str:
        """The path with its query, as it stood in the request line.

        >>> Request("GET", "http", "a.vn", "/tin", "trang=2").target
        '/tin?trang=2'
        """
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def url(self) -> str:
        """The whole address, as a browser would show it."""
        return f"{self.scheme}://{self.host}{self.target}"

    def header(self, name: str) -> str | None:
        """The first value of a header, its name in any case, or None.

        >>> Request("GET", "http", "a.vn", "/", headers=(("If-None-Match", '"1"'),)).header("if-none-match")
        '"1"'
        """
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def with_body(self, body: bytes) -> Request:
        """The same request with the body that came after its head."""
        return replace(self, body=body)
