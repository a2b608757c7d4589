"""Programs of pywb's environment, which is apart from ours because it pins old libraries."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import ROOT

_FOLDER = ROOT / ".venv-replay" / "bin"


def replay_tool(name: str) -> Path:
    """Return the path of a program in ``.venv-replay``; skips the test where ``make test`` has not made it."""
    program = _FOLDER / name
    if not program.exists():
        pytest.skip(f"{program} is not there: run `make test`, which installs pywb")
    return program
