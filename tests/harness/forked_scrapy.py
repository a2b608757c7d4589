"""Scrapy's command line without its imports: each command runs in a process forked from one that has done them.

It is a process of its own as from a shell, with its environment, its reactor and its exit status; the project's
settings are read anew.
"""

from __future__ import annotations

import codecs
import gc
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from encodings import aliases
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from scrapy.utils.misc import walk_modules_iter

from tests.project import ROOT

#: What takes time to import, and neither reads the environment nor starts anything.
_PARTS = ("commands", "downloadermiddlewares", "spidermiddlewares", "utils")
_OWN = ("archive", "spiders", *(f"newsbot.{name}" for name in ("commands", "fetching", "publishing", "running")))
_MODULES = (
    *(f"scrapy.{name}" for name in ("core.engine", "pqueues", "squeues", "dupefilters", "logformatter", "cmdline")),
    *(f"scrapy.extensions.{name}" for name in ("remote_control", "telnet", "logstats", "logcount", "throttle")),
    *("protego", "trafilatura", "dateparser", "sqlalchemy.dialects.sqlite"),
)


class ForkedScrapy:
    """Runs commands one after another while a `with` block runs."""

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="scrapy-")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.harness.forked_scrapy"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._process, self._folder:
            assert self._process.stdin is not None
            self._process.stdin.close()

    def __call__(self, arguments: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run ``scrapy`` with arguments to its end."""
        output, errors = (Path(self._folder.name, name) for name in ("stdout", "stderr"))
        order = {"arguments": arguments, "environment": dict(environment), "output": [str(output), str(errors)]}
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        return subprocess.CompletedProcess(arguments, status, output.read_text(), errors.read_text())


def main() -> None:
    """Carry out orders until standard input ends."""
    for package in (*_OWN, *(f"scrapy.{part}" for part in _PARTS)):
        list(walk_modules_iter(package))
    for module in _MODULES:
        import_module(module)
    for codec in set(aliases.aliases.values()):  # a page that does not say its own is tried in all of them
        with suppress(LookupError):
            codecs.lookup(codec)
    gc.freeze()  # nothing of it is worth a look when a command ends
    assert "twisted.internet.reactor" not in sys.modules, "each crawl installs its own"

    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            _run(**order)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _run(arguments: list[str], environment: dict[str, str], output: list[str]) -> None:
    for stream, path in enumerate(("/dev/null", *output)):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, stream)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    from scrapy.cmdline import execute

    sys.argv = ["scrapy", *arguments]
    execute()  # ends with SystemExit, and the process with it


if __name__ == "__main__":
    main()
