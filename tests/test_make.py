"""What the Makefile promises a clean clone: a target installs what its program imports, or says why not."""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.project import ROOT

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
#: What an environment of the Makefile has installed.
LISTS = {".venv/.runtime": "requirements.txt", ".venv/.dev": "requirements-dev.txt"}
OURS = {"archive", "newsbot", "spiders", "tests"}
#: Part of a later Python: asked for where it is there.
LATER = {"compression"}


def programs() -> dict[str, tuple[str, str]]:
    """Return for each target that runs a program of the project: its environment, and the program's module."""
    rules = re.findall(r"^(\w+): (.*)\n((?:\t.*\n?)+)", MAKEFILE, re.M)
    return {
        target: (next(each for each in LISTS if each in needs.split()), found[1])
        for target, needs, recipe in rules
        if (found := re.search(r"\$\(BIN\)/python -m (tests\S*)", recipe))
    }


@cache
def imported(path: Path) -> frozenset[str]:
    """Return the modules that a file imports, wherever in it; not those that only a type checker reads."""

    def walk(node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        for child in ast.iter_child_nodes(node):
            yield from walk(child)

    return frozenset(walk(ast.parse(path.read_text("utf-8"))))


def source(name: str) -> Path | None:
    """Return the file of one of our modules, or of the module that a name is in."""
    parts = name.split(".")
    for length in (len(parts), len(parts) - 1):
        path = ROOT.joinpath(*parts[:length])
        for file in (path.with_suffix(".py"), path / "__main__.py", path / "__init__.py"):
            if length and file.is_file():
                return file
    return None


def foreign_packages(module: str) -> set[str]:
    """Return the packages of others that a program needs, whichever of our modules imports them, and when."""
    waiting, read, found = [module], set(), set()
    while waiting:
        name = waiting.pop()
        if (top := name.partition(".")[0]) not in OURS:
            found.add(top)
        elif (path := source(name)) is not None and path not in read:
            read.add(path)
            waiting += imported(path)
    return found - sys.stdlib_module_names - LATER


@pytest.mark.parametrize("target", programs())
def test_a_target_installs_what_its_program_imports(target: str) -> None:
    environment, module = programs()[target]
    pinned = set(re.findall(r"^([\w-]+)(?:\[\S+\])?==", (ROOT / LISTS[environment]).read_text("utf-8"), re.M))
    makers = packages_distributions()
    needed = foreign_packages(module)
    assert needed
    lacking = {
        name for name in needed if not {re.sub(r"[-_.]+", "-", each).lower() for each in makers.get(name, ())} & pinned
    }
    assert not lacking, f"make {target} does not install them"


def fetch_player(tmp_path: Path, npm: str) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Run .ci/player with another npm; return what came of it, and where the player should be."""
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{npm}\n", "utf-8")
    program.chmod(0o755)
    environment = os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}"}
    folder = tmp_path / "player"
    command = [str(ROOT / ".ci" / "player"), str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done, folder / "package"


def test_a_player_that_cannot_be_fetched_leaves_a_reason(tmp_path: Path) -> None:
    silent = "for word; do [ $word != --silent ] || exit 1; done"
    done, package = fetch_player(tmp_path, f"{silent}\necho 'npm error ECONNREFUSED' >&2\nexit 1")
    assert done.returncode
    assert "ECONNREFUSED" in done.stderr
    assert not package.exists()


@pytest.mark.parametrize("is_torn", [False, True])
def test_the_player_is_there_as_a_whole_or_not_at_all(tmp_path: Path, is_torn: bool) -> None:
    packed = tmp_path / "packed.tgz"
    with tarfile.open(packed, "w:gz") as tar:
        for name in ("ui.js", "sw.js"):
            member = tarfile.TarInfo(f"package/{name}")
            member.size = 100_000
            tar.addfile(member, io.BytesIO(os.urandom(member.size)))
    if is_torn:
        packed.write_bytes(packed.read_bytes()[:150_000])
    done, package = fetch_player(tmp_path, f"cp '{packed}' replaywebpage-9.tgz")
    assert bool(done.returncode) == is_torn == (not package.exists())
    assert is_torn or {path.name for path in package.parent.rglob("*")} == {"package", "ui.js", "sw.js"}
