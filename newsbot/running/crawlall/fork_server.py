"""A process that has imported what every crawl needs, and forks them: each is spared the seconds that imports take."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from socket import AF_UNIX, SOCK_SEQPACKET, socket, socketpair
from typing import Any

_STOP = (signal.SIGINT, signal.SIGTERM)
_LONGEST = 1 << 16


@dataclass(frozen=True, slots=True)
class Order:
    """What a forked process is to crawl.

    :param settings: NAME=VALUE each, as on a command line.
    """

    source: str
    settings: Sequence[str]


class ForkServer:
    """What crawlall holds of the process that forks; closed, that process ends, and tells crawls that run to end."""

    def __init__(self, pipe: socket, process: int) -> None:
        self._pipe = pipe
        self._process = process

    def start(self, order: Order, said: Path) -> int:
        """Fork a crawl and return its process id.

        It has a process group of its own, because Ctrl-C goes to every process of a terminal's group: the child would
        hear it twice, and a second signal makes Scrapy drop everything.

        :param said: where its standard output and standard error go.
        :raises OSError: if it cannot be started.
        """
        answer = self._ask({"source": order.source, "settings": [*order.settings], "said": str(said)})
        if "errno" in answer:
            raise OSError(answer["errno"], os.strerror(answer["errno"]), answer["file"])
        return int(answer["process"])

    def poll(self, process: int) -> int | None:
        """Return how a crawl has ended, negative if by a signal; None if it has not.

        Its process id is its own until then. A crawl whose server was killed is told to end by the kernel.
        """
        try:
            status: int | None = self._ask({"poll": process})["status"]
        except OSError:
            return -signal.SIGTERM
        return status

    def close(self) -> None:
        """Let the process end, and wait until it has."""
        self._pipe.close()
        os.waitpid(self._process, 0)

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Return the answer; OSError if there is nobody to give one."""
        self._pipe.send(json.dumps(question).encode("ascii"))
        answer = self._pipe.recv(_LONGEST)
        if not answer:
            raise BrokenPipeError(0, "the process that starts crawls has ended")
        found: dict[str, Any] = json.loads(answer)
        return found


def fork_server(prepare: Callable[[], object]) -> ForkServer | Order:
    """Fork the server, and return what crawlall holds of it; in each process that is to crawl, the order for that.

    Called before there is anything that a fork should not have twice: threads, open files, a reactor.

    :param prepare: called in the server, before it forks anything.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    here, there = socketpair(AF_UNIX, SOCK_SEQPACKET)
    process = os.fork()
    if process:
        there.close()
        return ForkServer(here, process)
    here.close()
    os.setsid()
    # What is pending is not inherited: a crawl hears every signal that it is sent, and the server none.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    prepare()
    gc.freeze()  # a collection would write to pages that all crawls share
    return _serve(there)


def _serve(pipe: socket) -> Order:
    """Fork as told until crawlall closes its end or has died; returns in forked processes only."""
    server = os.getpid()
    with Path(os.devnull).open("rb") as nothing:
        while message := pipe.recv(_LONGEST):
            question = json.loads(message)
            if "poll" in question:
                process, status = os.waitpid(question["poll"], os.WNOHANG)
                answer: dict[str, Any] = {"status": os.waitstatus_to_exitcode(status) if process else None}
            else:
                try:
                    with Path(question["said"]).open("wb") as said:
                        process = os.fork()
                        if not process:
                            pipe.close()
                            _become_a_crawl(nothing.fileno(), said.fileno())
                            return Order(question["source"], [*question["settings"], f"PARENT_PROCESS={server}"])
                    answer = {"process": process}
                except OSError as error:
                    answer = {"errno": error.errno, "file": error.filename}
            pipe.send(json.dumps(answer).encode("ascii"))
    raise SystemExit(0)


def _become_a_crawl(nothing: int, said: int) -> None:
    """Begin a process group, read nothing, and write where the order says; open files alone are needed for it."""
    os.setsid()
    for stream, file in enumerate((nothing, said, said)):
        os.dup2(file, stream)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)
