"""How a command's help is laid out."""

from __future__ import annotations

import argparse
import re
import textwrap
from typing import Final

_STATUSES: Final = re.compile(r"(?<!\s)\s*Exit status: (?=\d)([^.]*)\.\s*")
#: What is before the further lines of a status.
_HANGING: Final = " " * 6


class HelpFormatter(argparse.HelpFormatter):
    """Leaves words as they are written; Scrapy's makes a heading of each line that ends with a colon."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """Wrap a description: paragraphs, and a list of what it says of the exit status."""
        return "\n\n".join(
            "\n".join(
                textwrap.fill(line, width, initial_indent=indent, subsequent_indent=_HANGING if number else "")
                for number, line in enumerate(paragraph.split("\n"))
            )
            for paragraph in paragraphs(text)
        )


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a description; the list of exit statuses is one with lines.

    >>> paragraphs("Checks files. Exit status: 0 sound, 1 findings, 2 usage. Notes do not count.")
    ['Checks files. Notes do not count.', 'exit status:\\n  0   sound\\n  1   findings\\n  2   usage']
    """
    found = _STATUSES.search(text)
    if found is None:
        return text.split("\n\n")
    rest = f"{text[: found.start()]} {text[found.end() :]}".strip()
    lines = ["exit status:"]
    for each in re.split(r", (?=\d)", found[1]):
        status, _, meaning = each.partition(" ")
        # A number alone means what it means everywhere.
        lines.append(f"  {status:<3} {meaning}".rstrip())
    return [*rest.split("\n\n"), "\n".join(lines)]
