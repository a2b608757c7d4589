"""The whole of a state, table by table: what a crawl has written and what is made of its archive are the same."""

from __future__ import annotations

from typing import Any

from newsbot.state.tables import BACKFILLS, METADATA, PRINTING_BANDS, PRINTINGS, RESOURCES, RUNS
from tests.harness.crawl_play import Play, rows

#: Numbers of texts are given in the order of insertion, which several sources share.
_BY_NAME = {
    PRINTINGS.name: "SELECT id, version, source, fetched_at, details, hashes FROM first_printings",
    PRINTING_BANDS.name: f"SELECT id, version, band FROM {PRINTING_BANDS.name} JOIN first_printings ON text = number",
}
#: What the archive cannot give back.
_LOST = {BACKFILLS.name}


def whole_state(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of all tables of a state, in an order of their own."""
    tables = METADATA.tables.keys() - _LOST
    return {name: sorted(rows(url, _BY_NAME.get(name, f"SELECT * FROM {name}")), key=repr) for name in sorted(tables)}


def assert_same_state(live: str, other: str) -> None:
    """Assert that two states have the same rows in each table."""
    first, second = whole_state(live), whole_state(other)
    assert first[RESOURCES.name]
    assert first[RUNS.name]
    for name, found in first.items():
        assert second[name] == found, name


def assert_rebuilt(play: Play, output: str) -> None:
    """Rebuild the state of a crawl into an empty database; it is the same."""
    done = play.scrapy("rebuildstate", f"--output={output}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert_same_state(play.state_url, output)
