"""What tests of several files share."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

gc.disable()  # until all tests are collected: nearly all that is made until then stays

# Before any of them is imported: what a failed assertion has compared is shown of helpers, too.
pytest.register_assert_rewrite("tests.harness", "tests.hostile", "tests.near_duplicates", "tests.replica")

from tests.harness import chained  # noqa: E402
from tests.harness.databases import KINDS, Databases, databases  # noqa: E402

#: Files that take half a minute or more: begun last, one of them would hold up the end.
LONGEST = (
    "planning/test_sixty_days.py",
    "replaying/test_quality.py",
    "replaying/test_quality_beside.py",
    "archive/test_browser_burdens.py",
    "archive/test_browser.py",
    "viewer/test_replay_as_it_was.py",
    "running/test_durability_failures.py",
    "running/test_durability_kill.py",
    "running/test_unattended_kill.py",
    "running/test_crawlall.py",
    "running/test_crawl_command.py",
    "documents/test_four_commands.py",
    "spiders/test_odd_attributes.py",
    "spiders/test_small_papers.py",
    "configuration/test_deploy.py",
    "hostile/test_hostile.py",
    "lists/test_lists.py",
    "planning/test_backfill.py",
    "planning/test_browser_walls.py",
    "publishing/test_near_duplicates.py",
    "replaying/test_lost_state.py",
    "replaying/test_quality_odd.py",
    "replica/test_replica_in_browser.py",
    "running/test_split_articles.py",
    "state/test_runs.py",
    "upkeep/test_redact.py",
    "viewer/test_replay_pages.py",
    "viewer/test_replay_server.py",
    "test_end_to_end.py",
    "test_demo.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have the longest files begin first, the others in their usual order."""
    begun = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: begun.get(item.path, len(begun)))


def pytest_collection_finish() -> None:
    """Spare all later collections of garbage the look at modules and tests, which stay."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", name="databases")
def _databases() -> Iterator[Databases]:
    """Databases for a state, of every kind that is supported."""
    with databases() as found:
        yield found


@pytest.fixture(scope="session")
def chained_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of three runs with a signed chain, which nobody may change."""
    data = tmp_path_factory.mktemp("chained") / "data"
    chained.make(data)
    return data


@pytest.fixture(params=KINDS)
def state_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> str:
    """An empty database, of each kind in turn."""
    return databases.new(request.param, tmp_path)
