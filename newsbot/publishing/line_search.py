"""Finds the lines of one article in the JSONL of its source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def lines_of(folder: Path, article_id: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of an article, the oldest run first.

    Only lines that hold the id are read as JSON: a folder of years is gone through at the speed of the disk.

    :param folder: where the JSONL files of its source are.
    :raises OSError: if a file cannot be read.
    """
    wanted = json.dumps(article_id, ensure_ascii=False).encode()
    for path in sorted(folder.glob("*.jsonl*")):
        with path.open("rb") as file:
            for line in file:
                if wanted in line and line.endswith(b"\n"):
                    content = json.loads(line)
                    if content.get("id") == article_id:
                        yield content
