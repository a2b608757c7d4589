"""What tests of several files share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

# Before any of them is imported: what a failed assertion has compared is shown of helpers, too.
pytest.register_assert_rewrite("tests.harness", "tests.hostile", "tests.near_duplicates", "tests.replica")

from tests.harness.databases import KINDS, Databases, databases  # noqa: E402


@pytest.fixture(scope="session", name="databases")
def _databases() -> Iterator[Databases]:
    """Databases for a state, of every kind that is supported."""
    with databases() as found:
        yield found


@pytest.fixture(params=KINDS)
def state_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> str:
    """An empty database, of each kind in turn."""
    return databases.new(request.param, tmp_path)
