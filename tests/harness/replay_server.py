"""`scrapy replay` as a person runs it: started, asked, and ended."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.harness.commands import Command, start, wait_until
from tests.harness.replay_tools import replay_tool
from tests.harness.replayweb import PLAYER, PLAYER_FILES

_ADDRESS = re.compile(r"^(http://127\.0\.0\.1:\d+)/\S* \(Ctrl-C ends it\)$", re.MULTILINE)
_PLAYER_LINK = re.compile(r'href="(http://localhost:\d+)/\?source=/archive-(\w+)\.json"')


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class ReplayServer:
    """A server that runs; ``address`` is what it has printed."""

    address: str
    command: Command

    def get(self, path: str, method: str = "GET", address: str = "", **headers: str) -> Answer:
        """Ask for a path, as it is, at an address (that of the start page by default)."""
        parts = urlsplit(address or self.address)
        connection = HTTPConnection(parts.hostname or "", parts.port or 0, timeout=60)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    def page(self, path: str = "/") -> str:
        """A page of the start page's origin."""
        answer = self.get(path)
        assert answer.status == 200, answer
        return answer.text

    def player(self) -> tuple[str, str]:
        """The player's origin, and the key of the package that it plays."""
        found = _PLAYER_LINK.search(self.page())
        assert found, self.page()
        return found[1], found[2]

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Stop it; return its exit status."""
        self.command.kill(how)
        return self.command.wait()


@contextmanager
def replay_server(*words: str | Path, data: Path | None = None) -> Iterator[ReplayServer]:
    """Start `scrapy replay`; skips the test where the player is missing."""
    if not all((PLAYER / name).exists() for name in PLAYER_FILES):
        pytest.skip(f"ReplayWeb.page is not in {PLAYER}: `make player` fetches it")
    with _started(words, data) as command:
        yield ReplayServer(_address(command)[1], command)


@contextmanager
def pywb_server(*words: str | Path, data: Path | None = None) -> Iterator[str]:
    """Start `scrapy replay --pywb`; yields the address of its collection. Skips the test where pywb is missing."""
    replay_tool("wayback")
    with _started(("--pywb", *words), data) as command:
        yield _address(command)[0].split()[0]
        command.kill(signal.SIGINT)
        assert command.wait() == 0, command.said()


def _address(command: Command) -> re.Match[str]:
    wait_until("it prints an address", lambda: _ADDRESS.search(command.output.read_text()) or not command.is_running())
    found = _ADDRESS.search(command.output.read_text())
    assert found, command.said()
    return found


@contextmanager
def _started(words: tuple[str | Path, ...], data: Path | None) -> Iterator[Command]:
    settings = ("-s", f"DATA_DIR={data}") if data else ()
    command = start("replay", *settings, "--port", "0", *words)
    try:
        yield command
    finally:
        if command.is_running():
            command.kill(signal.SIGTERM)
        command.wait()
