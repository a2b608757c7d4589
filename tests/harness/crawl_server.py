"""Runs `scrapy` commands in forked processes, which saves each of them the second that imports take.

`python -m tests.harness.crawl_server` takes one order a line on standard input: `arguments`, `environment`, `output`
(a file for what it prints), and, if its disk shall fail, `disk` (see `tests.harness.failing_os`) or `file_limit`
(bytes). It answers with the process id; asked to `wait` for that, with the exit status.
"""

from __future__ import annotations

import atexit
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from scrapy.utils.misc import walk_modules_iter

from tests.harness.failing_os import FailingOs
from tests.project import ROOT


@dataclass
class Command:
    """A command that runs or has run."""

    pid: int
    output: Path
    _server: CrawlServer

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        os.kill(self.pid, signal.SIGKILL)

    def is_running(self) -> bool:
        """Whether it has not ended yet; only before `wait`."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"

    def wait(self) -> int:
        """Return its exit status, negative if a signal ended it; its process id is its own until then."""
        status: int = self._server.ask({"wait": self.pid})["status"]
        return status


class CrawlServer:
    """Starts commands, one at a time."""

    def __init__(self, folder: Path) -> None:
        self.output = folder / "output"

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.harness.crawl_server"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate(timeout=60)

    def start(self, arguments: Sequence[str], **order: Any) -> Command:
        order |= {"arguments": list(arguments), "output": str(self.output)}
        return Command(self.ask(order)["pid"], self.output, self)

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@cache
def common_server() -> CrawlServer:
    """The one for all tests of a process that need none of their own."""
    folder = TemporaryDirectory(prefix="server-")
    server = CrawlServer(Path(folder.name)).__enter__()
    atexit.register(folder.cleanup)
    atexit.register(server.__exit__)
    return server


def scrapy(*arguments: str | Path, data: Path, floor: int = 0) -> tuple[int, str]:
    """Run a command on a data folder to its end; returns its exit status, and what it says."""
    name, *words = map(str, arguments)
    settings = ["-s", f"DATA_DIR={data}", "-s", f"ARCHIVE_DISK_FLOOR={floor}"]
    command = common_server().start([name, *settings, *words])
    return command.wait(), command.output.read_text()


def said_by(*arguments: str | Path, data: Path, status: int = 0) -> str:
    """Run a command on a data folder, and return what it says, if it ends with this status."""
    ended, said = scrapy(*arguments, data=data)
    assert ended == status, said
    return said


def main() -> None:
    for package in ("scrapy.commands", "newsbot.commands", "spiders"):
        list(walk_modules_iter(package))
    for module in ("aiohttp", "newsbot.reading.generic", "archive.crawling.handler"):
        import_module(module)
    assert "twisted.internet.reactor" not in sys.modules, "each command installs its own"
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            print(json.dumps({"status": os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])}), flush=True)
            continue
        pid = os.fork()
        if not pid:
            run(order)
        print(json.dumps({"pid": pid}), flush=True)


def run(order: dict[str, Any]) -> None:
    """Become the command."""
    from scrapy.cmdline import execute

    output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, copy in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, copy)
    os.environ.update(order.get("environment", {}))
    if limit := order.get("file_limit"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    if disk := order.get("disk"):
        FailingOs(**disk).install()
    execute(["scrapy", *order["arguments"]])


if __name__ == "__main__":
    main()
