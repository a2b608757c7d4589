"""pywb over WARC files as they are; it pins old libraries, and has an environment of its own."""

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

from archive.collection import Collection
from archive.errors import ArchiveError, os_errors
from archive.files.atomic import replace_file
from archive.index.replayable import replayable
from archive.player.whereabouts import lines_into, playable
from newsbot.viewer.server import HOST

COLLECTION: Final = "newsbot"
#: Seconds until it must answer, and until it must have ended.
_START, _END = 60.0, 10.0


def serve_pywb(program: Path, served: Collection, port: int, ready: Callable[[], object]) -> int:
    """Run pywb until SIGINT or SIGTERM; returns 0, or the status with which it ended by itself.

    It reads a copy of the index, made anew when that has changed.

    :param program: its ``wayback``.
    :param ready: called when the first request can come.
    :raises ArchiveError: if it cannot be started, or the index not be read or copied.
    """
    if not program.is_file():
        raise ArchiveError(f"pywb is not installed ({program} is not there): `make pywb` installs it")
    stopped = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True

    with TemporaryDirectory(prefix="newsbot-pywb-") as folder, os_errors("cannot start pywb"):
        index = _CopiedIndex(served, Path(folder, "index.cdxj"))
        index.refresh()
        # JSON is YAML. A folder's name must end in a slash, or it is taken for a file's.
        folders = dict.fromkeys([served.folder.absolute(), *(path.absolute().parent for path in playable(served))])
        collection = {"index": str(index.path), "archive_paths": [f"{each}/" for each in folders]}
        config = {"collections": {COLLECTION: collection}, "enable_memento": True, "framed_replay": True}
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
                        index.refresh()
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


class _CopiedIndex:
    """The lines of the indexes that pywb is given, in a file."""

    def __init__(self, served: Collection, path: Path):
        self._served, self.path = served, path
        self._changed = -1

    def refresh(self) -> None:
        """Write the file, if the index is another than before.

        :raises ArchiveError: if one cannot be read or the other not be written.
        """
        folder = self._served.index.folder
        changed = folder.stat().st_mtime_ns if folder.is_dir() else 0
        if changed != self._changed:
            lines = replayable(lines_into(self._served, playable(self._served)))
            replace_file(self.path, (line + b"\n" for line in lines))
            self._changed = changed


def _answers(port: int) -> bool:
    with socket() as client:
        return client.connect_ex((HOST, port)) == 0


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_END)
    except subprocess.TimeoutExpired:
        process.kill()
