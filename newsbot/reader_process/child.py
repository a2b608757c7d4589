"""The reader process: reports that it is ready, then reads pages from its pipe, one by one.

`python -m newsbot.reader_process.child`; started by `newsbot.reader_process.process` alone.
"""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from scrapy import Spider
from selectolax.lexbor import SelectolaxError

from newsbot.reader_process.forms import READINGS, pack, response_from, unpack
from newsbot.reading.limits import ReadingLimitError

#: <linux/prctl.h>: the signal that the kernel sends a process when its parent ends, however that ends.
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Answer each message with what was read, or why nothing was."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
    for number in (signal.SIGINT, signal.SIGTERM):  # the crawl handles them, and may want to finish
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    messages, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print must not become an answer
    answers.write(pack({"ready": True}))
    answers.flush()
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), sys.stderr.fileno())  # until here it told why the process could not be started
    spiders: dict[str, Spider] = {}
    while (message := unpack(messages.read)) is not None:
        asked, body = message
        answers.write(pack(_answer(asked, body, spiders)))
        answers.flush()


def _answer(asked: Any, body: bytes, spiders: dict[str, Spider]) -> Any:
    """Return "found", the "limit" that a page breaks, the "error" of its reader, or the memory that was "spent".

    "last" goes with it where this process has no room for a further page.
    """
    room = 0
    try:
        module, name = asked["spider"]
        spider = _spider(module, name, asked["arguments"], spiders)
        room = _limit(asked["seconds"], asked["memory"])
        reading = READINGS[asked["reading"]]
        found = getattr(spider, reading.method)(response_from(asked["response"], body))
        return {"found": reading.to_json(found), "last": not _has_time(asked["seconds"])}
    except ReadingLimitError as error:
        return {"limit": str(error), "last": not _has_time(asked["seconds"])}
    except (MemoryError, SelectolaxError):  # the latter is how lexbor says it; selectors were tried before
        return {"spent": f"it takes more than {room >> 20} MB of memory to read", "last": True}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:1000], "last": not _has_time(asked["seconds"])}


def _spider(module: str, name: str, arguments: dict[str, str], spiders: dict[str, Spider]) -> Spider:
    """Return the spider that reads; what it takes to make it is no page's."""
    key = f"{module} {name} {arguments}"
    if key not in spiders:
        spiders[key] = getattr(import_module(module), name)(**arguments)
    return spiders[key]


def _limit(seconds: int, memory: int) -> int:
    """Set the hard limits of this process: further seconds of processor time, and bytes of further memory.

    Lower limits of the operator (ulimit) take precedence.

    :return: bytes of memory that were available when the first page came.
    """
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    end = math.ceil(_processor_seconds() + seconds)
    if most != resource.RLIM_INFINITY:
        end = min(end, max(1, most - 1))  # at `most` itself it would be killed, and could not say why
    resource.setrlimit(resource.RLIMIT_CPU, (end, most))
    return _limit_memory(memory)


@cache
def _limit_memory(memory: int) -> int:
    if sys.platform != "linux":
        return memory
    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    allowed = [limit for limit in resource.getrlimit(resource.RLIMIT_AS) if limit != resource.RLIM_INFINITY]
    most = min([taken + memory, *allowed])
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    return max(0, most - taken)


def _has_time(seconds: int) -> bool:
    """Whether the operator's limit leaves this process the time for another page."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    return most == resource.RLIM_INFINITY or _processor_seconds() + seconds + 1 < most


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
