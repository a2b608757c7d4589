"""The project with its sources in a folder of its own, where more can be added."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.harness.commands import LONG, clean_environment, command_line
from tests.project import ROOT


@dataclass(frozen=True)
class OwnProject:
    """Runs commands among the sources of its folder; its data folder is there, too."""

    folder: Path

    def scrapy(self, *words: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = clean_environment() | {"NEWSBOT_DATA": str(self.folder / "data")} | variables
        environment |= {"PYTHONPATH": os.pathsep.join((str(self.folder), str(ROOT))), "PYTHONDONTWRITEBYTECODE": "1"}
        line = command_line(*words)
        return subprocess.run(
            line, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=LONG, check=False
        )


def own_project(folder: Path) -> OwnProject:
    shutil.copytree(ROOT / "spiders", folder / "spiders", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "scrapy.cfg").write_text("[settings]\ndefault = newsbot.settings\n")
    return OwnProject(folder)
