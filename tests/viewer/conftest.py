"""An archive to look at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.harness.two_papers import Archive, two_papers


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """One that tests only look at."""
    return two_papers(tmp_path_factory.mktemp("archive") / "data")


@pytest.fixture
def own_archive(archive: Archive, tmp_path: Path) -> Archive:
    """One that a test may change."""
    shutil.copytree(archive.data, tmp_path / "data")
    return Archive(tmp_path / "data")
