"""The databases that a state may be in: SQLite, and a PostgreSQL server that belongs to the tests alone."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest

KINDS = ("sqlite", "postgresql")
PASSWORD = "geheim-4711"
_ROLE = "newsbot"
#: What holds data that nobody will miss need not be synced.
_SETTINGS = ("listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB")
#: Dates and ids must be in the order of their bytes even where the server sorts as people do.
_SORTED_AS_BY_PEOPLE = ("--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=vi")
_STARTS_WITHIN = 30.0
_PR_SET_PDEATHSIG = 1


class Databases:
    """Gives out empty databases; the PostgreSQL server is started when the first of its kind is asked for."""

    def __init__(self, started: ExitStack) -> None:
        self._started = started
        self._server: Path | None = None
        self._numbers = count(1)

    def new(self, kind: str, folder: Path) -> str:
        """Return the URL of an empty database; skips the test where there is no server.

        :param kind: one of `KINDS`.
        :param folder: where the file of an SQLite database goes.
        """
        number = next(self._numbers)
        if kind == "sqlite":
            return f"sqlite:///{folder}/state-{number}.sqlite"
        if reason := why_none():
            pytest.skip(reason)
        if self._server is None:
            self._server = self._started.enter_context(_cluster())
        with psycopg.connect(host=str(self._server), user=_ROLE, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE state{number}")
        return f"postgresql://{_ROLE}:{PASSWORD}@/state{number}?host={self._server}"


@contextmanager
def databases() -> Iterator[Databases]:
    with ExitStack() as started:
        yield Databases(started)


def why_none() -> str:
    """Return why no PostgreSQL server can be had; empty if one can."""
    if _programs() is None:
        return "PostgreSQL is not installed: .ci/install postgresql"
    return "" if _user() else "PostgreSQL does not run as root, and there is no user postgres or nobody"


@contextmanager
def _cluster() -> Iterator[Path]:
    """Give the folder with the socket of a running server."""
    programs, user = _programs(), _user()
    assert programs and user
    folder = Path(tempfile.mkdtemp(prefix="newsbot-postgresql-", dir="/tmp"))  # the path of a socket must be short
    try:
        os.chown(folder, user.pw_uid, user.pw_gid)
        _make(programs, folder, user)
        with _running(programs, folder, user):
            yield folder
    finally:
        shutil.rmtree(folder)


@cache
def _programs() -> Path | None:
    """Return the folder of the server's programs; Debian keeps those of each version apart."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), default=None)


def _user() -> pwd.struct_passwd | None:
    """Return whom the server runs as: anybody but root."""
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known.get("nobody")


def _make(programs: Path, folder: Path, user: pwd.struct_passwd) -> None:
    made = subprocess.run(
        [
            programs / "initdb",
            f"--username={_ROLE}",
            "--auth=trust",
            "--no-sync",
            *_SORTED_AS_BY_PEOPLE,
            folder / "data",
        ],
        capture_output=True,
        text=True,
        check=False,
        **_as(user),
    )
    assert made.returncode == 0, made.stdout + made.stderr


@contextmanager
def _running(programs: Path, folder: Path, user: pwd.struct_passwd) -> Iterator[None]:
    settings = [word for setting in (*_SETTINGS, f"unix_socket_directories={folder}") for word in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", *settings],
            stdout=log,
            stderr=log,
            preexec_fn=_end_with_parent,
            **_as(user),
        )
    try:
        _wait_for(server, folder)
        yield
    finally:
        server.send_signal(signal.SIGQUIT)  # nothing in it is wanted any more
        server.wait(30)


def _as(user: pwd.struct_passwd) -> dict[str, Any]:
    """Return what makes a child process another user's."""
    if not os.geteuid():
        return {"cwd": "/", "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return {"cwd": "/"}


def _end_with_parent() -> None:
    """Let a server not outlive tests that were killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _wait_for(server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = monotonic() + _STARTS_WITHIN
    while True:
        try:
            psycopg.connect(host=str(folder), user=_ROLE, dbname="postgres").close()
            return
        except psycopg.OperationalError:
            said = (folder / "log").read_text()
            assert server.poll() is None and monotonic() < deadline, said
            sleep(0.05)
