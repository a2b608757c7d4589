"""How the demo ends: with a command, and the address at which that will serve the archive."""

from __future__ import annotations

import os
import shlex
import signal
from contextlib import ExitStack, suppress
from pathlib import Path
from socket import socket

import pytest

from archive.player.player_site import missing
from newsbot.commands.replay import PORT
from newsbot.viewer.server import HOST
from newsbot.viewer.showing import PLAYER
from tests.demo import how_to_replay
from tests.harness.commands import clean_environment, start, wait_until


@pytest.mark.parametrize("is_taken", [False, True])
def test_the_command_serves_at_the_address(tmp_path: Path, is_taken: bool) -> None:
    if missing(PLAYER):
        pytest.skip("ReplayWeb.page is not there: `make player` fetches it")
    with ExitStack() as opened:
        if is_taken:
            with suppress(OSError):  # by somebody else
                opened.enter_context(socket()).bind((HOST, PORT))
        *_, line, _, address = how_to_replay(tmp_path, []).splitlines()
        setting, scrapy, *words = shlex.split(line)
        assert (setting, scrapy) == (f"NEWSBOT_DATA={tmp_path}", ".venv/bin/scrapy")
        assert not is_taken or f":{PORT}/" not in address
        name, _, value = setting.partition("=")
        command = start(*words, environment=os.environ | clean_environment() | {name: value})
        try:
            wait_until("an address", lambda: "Ctrl-C" in command.said() or not command.is_running())
            assert command.said() == f"{address.strip()} (Ctrl-C ends it)\n"
        finally:
            command.kill(signal.SIGTERM)
            command.wait()
