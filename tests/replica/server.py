"""The replica as tests use it: a child process that plays the sites while a `with` block runs.

with Replica(articles=30, faults=[Status("baosonla.vn/rss*", status=503)], wire_log=tmp_path / "wire") as replica:
    ...  # give replica.settings to Scrapy, replica.environment to processes that check certificates
"""

from __future__ import annotations

import contextlib
import json
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.project import ROOT
from tests.replica.fault_options import to_option
from tests.replica.faults import Fault
from tests.replica.newsroom import Newsroom, to_order

PATIENCE = 60.0  # seconds for the child to be ready, to answer, to end; far more than it needs


class ReplicaError(Exception):
    """The replica did not start, did not answer, or one of its sites raised an exception."""


class Replica:
    """Starts the server in a process of its own, talks to it, and ends it with the block."""

    def __init__(
        self,
        *,
        articles: int = 30,
        seed: int = 1,
        now: datetime | None = None,
        faults: Iterable[Fault] = (),
        wire_log: Path | None = None,
        module: str = "tests.replica",
        more: Iterable[str] = (),
    ) -> None:
        """Take what to play; another module that plays sites may be given more words."""
        self._module = module
        self._options = ["--articles", str(articles), "--seed", str(seed), "--control"]
        self._options += [f"--now={now.isoformat()}"] if now else []
        self._options += [f"--fault={to_option(fault)}" for fault in faults]
        self._options += [f"--wire-log={wire_log.absolute()}"] if wire_log else []
        self._options += more

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="replica-"))
            self._process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", self._module, f"--directory={folder}", *self._options],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
            stack.callback(self._end)
            ready = self._read()
            self._stack = stack.pop_all()
        self.http_port: int = ready["http_port"]
        self.https_port: int = ready["https_port"]
        self.hosts: list[str] = ready["hosts"]
        self.environment: dict[str, str] = ready["environment"]
        self.ca_file = Path(self.environment["SSL_CERT_FILE"])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            if kind is None and self._process.poll() is None and (errors := self.errors()):
                raise ReplicaError("\n".join(errors))

    @property
    def settings(self) -> dict[str, list[str]]:
        """The Scrapy settings that lead every host name to this replica."""
        return {"CONNECT_TO": [f":80:127.0.0.1:{self.http_port}", f":443:127.0.0.1:{self.https_port}"]}

    @property
    def pid(self) -> int:
        return self._process.pid

    def set_faults(self, *faults: Fault) -> None:
        """These faults from now on, and no others."""
        self._order({"faults": [to_option(fault) for fault in faults]})

    def set_now(self, now: datetime | None) -> None:
        """The time the sites and the Date header tell from now on; None: the real one."""
        self._order({"now": now and now.isoformat()})

    def set_sites(self, *, articles: int, seed: int = 1) -> None:
        """Other sites from now on, say with more articles than before."""
        self.hosts = self._order({"sites": {"articles": articles, "seed": seed}})

    def set_newsroom(self, source: str, newsroom: Newsroom) -> None:
        """What a paper's editors have done, from now on."""
        self._order({"source": source, "newsroom": to_order(newsroom)})

    def counters(self) -> dict[str, int]:
        """How often each address (host, path and query) was asked for since the start or `forget_counters`."""
        counters: dict[str, int] = self._order({"ask": "counters"})
        return counters

    def last_counters(self) -> dict[str, int]:
        """The same, with what a client that has ended left on the wire: that takes a few turns of the server's loop."""
        for _ in range(20):  # each answer takes a turn at least
            self.counters()
        return self.counters()

    def forget_counters(self) -> None:
        self._order({"forget": "counters"})

    def errors(self) -> list[str]:
        """Tracebacks of what went wrong inside the replica, a client's early goodbye not counted."""
        errors: list[str] = self._order({"ask": "errors"})
        return errors

    def kill(self) -> None:
        """Ends the server at once, as a power cut would."""
        self._process.kill()
        self._process.wait()

    def _order(self, order: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise ReplicaError("the replica has ended") from error
        return self._read()

    def _read(self) -> Any:
        """The next line of the child; there is never more than one on the way."""
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], PATIENCE)[0]:
            raise ReplicaError("the replica does not answer")
        line = self._process.stdout.readline()
        if not line:
            raise ReplicaError("the replica ended before it answered; see its standard error")
        return json.loads(line)

    def _end(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
