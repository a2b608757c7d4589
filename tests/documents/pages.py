"""The documents as a reader has them: pages with headings, links and lines to type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from markdown import Markdown
from markdown.extensions.toc import slugify
from selectolax.lexbor import LexborHTMLParser

from tests.project import ROOT

#: What GitHub takes out of a heading to make its anchor of it.
_NO_SLUG: Final = re.compile(r"[^\w\- ]")


def documents() -> list[Path]:
    """Return all documents of the project but the list of its changes."""
    rest = (ROOT.glob(f"{folder}/**/*.md") for folder in (".github", "archive", "deploy", "docs", "newsbot", "spiders"))
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(path for found in rest for path in found)]


@dataclass(frozen=True)
class Page:
    """One document."""

    path: Path
    tree: LexborHTMLParser
    text: str

    @property
    def anchors(self) -> set[str]:
        """What a link can lead to within the page."""
        return {value for node in self.tree.css("[id]") if (value := node.attributes["id"])}

    @property
    def headings(self) -> list[str]:
        return [node.text() for node in self.tree.css("h1, h2, h3, h4")]

    def links(self) -> Iterator[tuple[str, Path, str]]:
        """Yield the links within the project: as written, the file and the anchor ("" for none)."""
        for node in self.tree.css("a[href], img[src]"):
            written = node.attributes.get("href") or node.attributes.get("src") or ""
            parts = urlsplit(written)
            if not parts.scheme and not parts.netloc:
                target = self.path.parent / unquote(parts.path) if parts.path else self.path
                yield written, target.resolve(), unquote(parts.fragment)

    def code(self) -> list[str]:
        """Return what is written as code within the text."""
        return [node.text() for node in self.tree.css("code") if node.parent is None or node.parent.tag != "pre"]

    def blocks(self, *languages: str) -> list[str]:
        """Return the blocks of code in some languages."""
        wanted = {f"language-{each}" for each in languages}
        return [node.text() for node in self.tree.css("pre > code") if node.attributes.get("class") in wanted]

    def fences(self) -> list[str]:
        """Return the language of each block of code, "" where none is given."""
        found = (node.attributes.get("class") or "" for node in self.tree.css("pre > code"))
        return [each.removeprefix("language-") for each in found]


@cache
def page(path: Path) -> Page:
    """Read a document as mkdocs does."""
    text = path.read_text(encoding="utf-8")
    html = Markdown(extensions=["tables", "fenced_code", "toc", "sane_lists"]).convert(text)
    return Page(path, LexborHTMLParser(html), text)


def github_slug(heading: str) -> str:
    """Return the anchor that GitHub gives a heading.

    >>> github_slug("What `verify` finds")
    'what-verify-finds'
    """
    return _NO_SLUG.sub("", heading.replace("`", "").lower()).replace(" ", "-")


def mkdocs_slug(heading: str) -> str:
    """Return the anchor that mkdocs gives a heading.

    >>> mkdocs_slug("What verify finds")
    'what-verify-finds'
    """
    return slugify(heading, "-")
