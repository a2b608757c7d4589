"""Runs `scrapy` commands: all tests start them here, most in forked processes, without the seconds that imports take.

A forked command is a process of its own as from a shell: with its environment, folder, reactor and exit status; the
project's settings are read anew. `python -m tests.harness.commands` is the process that forks. It takes an order a line
on standard input (see `_run`) and answers with the process id; asked to `wait` for that, with how it has ended.
"""

from __future__ import annotations

import atexit
import codecs
import errno
import gc
import json
import os
import resource
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from encodings import aliases
from functools import cache, partial
from importlib import import_module
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any, NoReturn

from scrapy.utils.misc import walk_modules_iter

from tests.harness.failing_os import FailingOs
from tests.project import ROOT
from tests.replica.server import Replica

#: Settings of a crawl that has a server on loopback to itself, and is about the pages alone.
HURRY = {
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "CRAWL_DELAY_MAX": "0",
    "ARCHIVE_DISK_FLOOR": "0",
    "REQUISITES": "off",
    "REQUISITES_DELAY": "0",
    "BROWSER": "never",
}
#: Seconds in which any command ends, on a machine that is busy with other tests, too.
LONG = 300.0
#: What takes time to import, and neither reads the environment nor starts anything.
_PACKAGES = (
    *(
        "archive",
        "spiders",
        "newsbot.commands",
        "newsbot.fetching",
        "newsbot.publishing",
        "newsbot.reading",
        "newsbot.replaying",
        "newsbot.running",
        "newsbot.viewer",
    ),
    *(f"scrapy.{name}" for name in ("commands", "downloadermiddlewares", "spidermiddlewares", "utils")),
)
_MODULES = (
    *(f"scrapy.{name}" for name in ("core.engine", "pqueues", "squeues", "dupefilters", "logformatter", "cmdline")),
    *(f"scrapy.extensions.{name}" for name in ("remote_control", "telnet", "logstats", "logcount", "throttle")),
    *("aiohttp", "protego", "trafilatura", "dateparser", "sqlalchemy.dialects.sqlite", "uvicorn.protocols.http.auto"),
    "tests.harness.small_crawl",
)


class Done(subprocess.CompletedProcess[str]):
    """What came of a command, and the most memory that it took, in bytes, processes that it waited for included."""

    peak_bytes = 0


def command_line(*words: str | Path) -> list[str]:
    """A command as from a shell: what takes signals, limits or pipes of its own is started so."""
    return [sys.executable, "-m", "scrapy", *map(str, words)]


def options(settings: Mapping[str, str]) -> list[str]:
    """The words that give settings to a command."""
    return [word for item in settings.items() for word in ("-s", "=".join(item))]


def wait_until(what: str, condition: Callable[[], object], within: float = LONG) -> None:
    """Wait for a condition; that it is not met within so many seconds is a failure."""
    ends = monotonic() + within
    while not condition():
        assert monotonic() < ends, what
        sleep(0.02)


def against(replica: Replica, **settings: str) -> list[str]:
    """The words that send a crawl to a replica in a hurry, with more settings."""
    return options(HURRY | {"CONNECT_TO": ",".join(replica.settings["CONNECT_TO"])} | settings)


def clean_environment() -> dict[str, str]:
    """The environment without what an operator has set."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBOT_")}
    return own | {"NEWSBOT_CONFIG": ""}


def run_scrapy(
    *words: str | Path, data: Path | None = None, environment: Mapping[str, str] | None = None, **order: Any
) -> Done:
    """Run a command to its end.

    :param data: the data folder.
    :param environment: the whole of it, if it is not that of the tests.
    """
    environment = dict(os.environ if environment is None else environment)
    if data:
        environment["NEWSBOT_DATA"] = str(data)
    return start(*words, environment=environment, **order).done()


def scrapy(*words: str | Path, data: Path, floor: int = 0) -> tuple[int, str]:
    """Run a command on a data folder to its end; returns its exit status, and what it says on both streams."""
    name, *rest = words
    command = start(name, *options({"DATA_DIR": str(data), "ARCHIVE_DISK_FLOOR": str(floor)}), *rest)
    return command.wait(), command.said()


def said_by(*words: str | Path, data: Path, status: int = 0) -> str:
    """Run a command on a data folder, and return what it says, if it ends with this status."""
    ended, said = scrapy(*words, data=data)
    assert ended == status, said
    return said


@dataclass
class Command:
    """A forked command that runs or has run."""

    words: list[str]
    pid: int
    output: Path
    errors: Path
    _server: _Server
    _ended: dict[str, int] = field(default_factory=dict)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Send it a signal, unless it has ended."""
        os.kill(self.pid, how)

    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return not self._ended and not self._ends_within(0)

    def wait(self, within: float = LONG) -> int:
        """Return its exit status, negative if a signal ended it; its process id is its own until then."""
        if not self._ended:
            if not self._ends_within(within):
                self.kill()
                raise subprocess.TimeoutExpired(self.words, within, self.said())
            self._ended = self._server.ask({"wait": self.pid})
        return self._ended["status"]

    def done(self) -> Done:
        """Wait for its end and return what came of it."""
        done = Done(self.words, self.wait(), self.output.read_text(), self.errors.read_text())
        done.peak_bytes = self._ended["peak"]
        return done

    def said(self) -> str:
        """What it has said so far on both streams."""
        return self.output.read_text() + self.errors.read_text()

    def _ends_within(self, seconds: float) -> bool:
        descriptor = os.pidfd_open(self.pid)
        try:
            return bool(select.select([descriptor], [], [], seconds)[0])
        finally:
            os.close(descriptor)


def start(*words: str | Path, environment: Mapping[str, str] | None = None, **order: Any) -> Command:
    """Start a command; several may run at the same time.

    :param environment: the whole of it, if it is not that of the tests.
    :param order: more of what `_run` takes.
    """
    server = _server()
    return server.start([*map(str, words)], dict(os.environ if environment is None else environment), order)


@cache
def _server() -> _Server:
    server = _Server()
    atexit.register(server.end)
    return server


class _Server:
    """The one process of a test process that forks; it waits for orders only, so that threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._folder = TemporaryDirectory(prefix="commands-")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.harness.commands"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, words: list[str], environment: dict[str, str], order: dict[str, Any]) -> Command:
        number = next(self._numbers)
        output, errors = (Path(self._folder.name, f"{number}-{name}") for name in ("output", "errors"))
        for file in (output, errors):
            file.touch()  # to be read before the command has opened them
        order |= {"words": words, "environment": environment, "files": [str(output), str(errors)]}
        return Command(words, self.ask(order)["pid"], output, errors, self)

    def ask(self, order: dict[str, Any]) -> dict[str, int]:
        assert self._process.stdin is not None and self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            answer: dict[str, int] = json.loads(self._process.stdout.readline())
            return answer

    def end(self) -> None:
        self._process.communicate(timeout=60)
        self._folder.cleanup()


def main() -> None:
    """Carry out orders until standard input ends."""
    for package in _PACKAGES:
        list(walk_modules_iter(package))
    for module in _MODULES:
        import_module(module)
    for codec in set(aliases.aliases.values()):  # a page that does not say its own is tried in all of them
        with suppress(LookupError):
            codecs.lookup(codec)
    gc.freeze()  # nothing of it is worth a look when a command ends
    assert "twisted.internet.reactor" not in sys.modules, "each command installs its own"
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status, usage = os.wait4(order["wait"], 0)
            answer = {"status": os.waitstatus_to_exitcode(status), "peak": usage.ru_maxrss << 10}
        else:
            answer = {"pid": os.fork()}
            if not answer["pid"]:
                _run(**order)
        print(json.dumps(answer), flush=True)


def _run(
    words: list[str],
    environment: dict[str, str],
    files: list[str],
    cwd: str = "",
    project: str = "",
    module: str = "scrapy.cmdline",
    call: str = "execute",
    given: Any = None,
    file_limit: int | None = None,
    disk: dict[str, Any] | None = None,
    unreadable: str = "",
) -> None:
    """Become the command.

    :param files: where standard output and standard error go.
    :param project: a folder whose sources are taken instead of ours.
    :param call: what runs, of which `module`; what is `given` is its argument.
    :param file_limit: bytes that a file may have.
    :param disk: a disk that fails, see `tests.harness.failing_os`.
    :param unreadable: a file that cannot be opened, whoever asks: root may read any that is there.
    """
    for stream, path in enumerate((os.devnull, *files)):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, stream)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd or project or ROOT)
    if project:
        sys.dont_write_bytecode = True
        sys.path.insert(0, project)
        for name in [name for name in sys.modules if name.partition(".")[0] == "spiders"]:
            del sys.modules[name]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run in the background ignore it
    if file_limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
    if disk:
        FailingOs(**disk).install()
    if unreadable:
        sys.addaudithook(partial(_refuse, unreadable))
    sys.argv = ["scrapy", *words]
    run = getattr(import_module(module), call)
    try:
        run() if given is None else run(given)
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        _leave(end.code or 0)
    _leave(0)


def _refuse(unreadable: str, event: str, given: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(given[0], str | bytes) and os.fsdecode(given[0]) == unreadable:
        raise OSError(errno.EIO, os.strerror(errno.EIO), unreadable)


def _leave(status: int) -> NoReturn:
    """End as an interpreter does, but free no object: that would write to all the memory that the fork shares."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    gc.collect()  # what is still open or was never awaited says so
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status & 0xFF)


if __name__ == "__main__":
    main()
