"""What tests of several files share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

for _helper in (
    "archive_crawl",
    "awkward_crawl",
    "cdxj_agreement",
    "crawl_server",
    "durability",
    "known_source",
    "wire_agreement",
):
    pytest.register_assert_rewrite(f"tests.harness.{_helper}")

from tests.harness.crawl_server import CrawlServer, common_server  # noqa: E402
from tests.harness.databases import KINDS, Databases, databases  # noqa: E402


@pytest.fixture(scope="session", name="databases")
def _databases() -> Iterator[Databases]:
    """Databases for a state, of every kind that is supported."""
    with databases() as found:
        yield found


@pytest.fixture
def server() -> CrawlServer:
    """What starts commands in forked processes."""
    return common_server()


@pytest.fixture(params=KINDS)
def state_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> str:
    """An empty database, of each kind in turn."""
    return databases.new(request.param, tmp_path)
