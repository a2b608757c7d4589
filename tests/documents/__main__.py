"""Writes the generated parts of the documents: `python -m tests.documents`, which `make docs` does first."""

from __future__ import annotations

from tests.documents.pages import documents
from tests.documents.tables import filled
from tests.project import ROOT


def main() -> None:
    """Rewrite each document whose generated parts are not as they should be, and name it."""
    for path in documents():
        before = path.read_text(encoding="utf-8")
        after = filled(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
