"""Who may import whom: spiders newsbot, newsbot archive, and never the other way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {"archive": {"archive"}, "newsbot": {"archive", "newsbot"}, "spiders": {"newsbot", "spiders"}}


def imported(path: Path) -> Iterator[str]:
    """Yield the top-level packages that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_go_one_way(package: str) -> None:
    modules = sorted((ROOT / package).rglob("*.py"))
    assert modules
    ours = {*MAY_IMPORT, "tests"}
    wrong = {
        str(path.relative_to(ROOT)): against
        for path in modules
        if (against := (set(imported(path)) & ours) - MAY_IMPORT[package])
    }
    assert not wrong
