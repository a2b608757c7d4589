"""An archive for `scrapy qa` to look at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.harness.qa_archive import crawl, replica


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that no test may change."""
    data = tmp_path_factory.mktemp("crawled") / "data"
    with replica() as playing:
        crawl(data, playing)
    return data


@pytest.fixture
def data(crawled: Path, tmp_path: Path) -> Path:
    """One that a test may change."""
    return Path(shutil.copytree(crawled, tmp_path / "data"))
