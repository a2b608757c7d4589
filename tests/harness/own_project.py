"""The project with its sources in a folder of its own, where more can be added."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.harness.commands import Done, clean_environment, run_scrapy
from tests.project import ROOT


@dataclass(frozen=True)
class OwnProject:
    """Runs commands among the sources of its folder; its data folder is there, too."""

    folder: Path

    def scrapy(self, *words: str | Path, **variables: str) -> Done:
        # The path is for processes that a command starts.
        environment = clean_environment() | {"PYTHONPATH": os.pathsep.join((str(self.folder), str(ROOT)))} | variables
        return run_scrapy(*words, data=self.folder / "data", environment=environment, project=str(self.folder))


def own_project(folder: Path) -> OwnProject:
    shutil.copytree(ROOT / "spiders", folder / "spiders", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "scrapy.cfg").write_text("[settings]\ndefault = newsbot.settings\n")
    return OwnProject(folder)
