"""pywb over an index and WARC files as they are; it pins old libraries, and has an environment of its own."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from types import FrameType
from typing import Final

from archive.errors import ArchiveError, os_errors
from newsbot.viewer.server import HOST

COLLECTION: Final = "newsbot"
#: Seconds until it must answer, and until it must have ended.
_START, _END = 60.0, 10.0


def serve_pywb(program: Path, index: Path, warcs: Path, port: int, ready: Callable[[], object]) -> int:
    """Run pywb until SIGINT or SIGTERM; returns 0, or the status with which it ended by itself.

    :param program: its ``wayback``.
    :param index: a folder of CDXJ files.
    :param ready: called when the first request can come.
    :raises ArchiveError: if it cannot be started.
    """
    if not program.is_file():
        raise ArchiveError(f"pywb is not installed ({program} is not there): `make pywb` installs it")
    stopped = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True

    # JSON is YAML. A folder's name must end in a slash, or it is taken for a file's.
    collection = {"index": f"{index}/", "archive_paths": f"{warcs}/"}
    config = {"collections": {COLLECTION: collection}, "enable_memento": True, "framed_replay": True}
    with TemporaryDirectory(prefix="newsbot-pywb-") as folder, os_errors("cannot start pywb"):
        Path(folder, "config.yaml").write_text(json.dumps(config), "utf-8")
        command = [str(program), f"--bind={HOST}", f"--port={port}"]
        before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
        log = Path(folder, "log")
        try:
            with log.open("wb") as output, subprocess.Popen(  # noqa: S603  # our own program
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            ) as process:  # fmt: skip
                try:
                    ends = monotonic() + _START
                    is_ready = False
                    while process.poll() is None and not stopped:
                        if not is_ready and _answers(port):
                            is_ready = True
                            ready()
                        if not is_ready and monotonic() > ends:
                            raise ArchiveError(f"pywb did not answer within {_START:.0f} s")
                        sleep(0.1)
                finally:
                    _end(process)
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
        if not stopped:
            last = log.read_text("utf-8", "replace").strip().splitlines()[-1:]
            raise ArchiveError(f"pywb ended with status {process.returncode}: {' '.join(last)[:300]}")
    return 0


def _answers(port: int) -> bool:
    with socket() as client:
        return client.connect_ex((HOST, port)) == 0


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_END)
    except subprocess.TimeoutExpired:
        process.kill()
