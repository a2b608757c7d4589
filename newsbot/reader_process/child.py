"""The reader process itself: reads what comes through its pipe, one page after another, until that ends.

`python -m newsbot.reader_process.child`; started by `newsbot.reader_process.process` alone.
"""

from __future__ import annotations

import ctypes
import math
import resource
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from newsbot.reader_process.forms import READINGS, pack, response_from, unpack
from newsbot.reading.limits import ReadingLimitError
from newsbot.spider import NewsSpider

#: <linux/prctl.h>: the signal that the kernel sends a process when its parent ends, however that ends.
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Answer each message with what was read, or why nothing was."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
    for told in (signal.SIGINT, signal.SIGTERM):  # they are for the crawl, which may want to finish
        signal.signal(told, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    messages, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what is printed by mistake is no answer
    spiders: dict[str, NewsSpider] = {}
    while (message := unpack(messages.read)) is not None:
        asked, body = message
        answers.write(pack(_answer(asked, body, spiders)))
        answers.flush()


def _answer(asked: Any, body: bytes, spiders: dict[str, NewsSpider]) -> Any:
    try:
        _limit(asked["seconds"], asked["memory"])
        module, name = asked["spider"]
        key = f"{module} {name} {asked['arguments']}"
        if key not in spiders:
            spiders[key] = getattr(import_module(module), name)(**asked["arguments"])
        reading = READINGS[asked["reading"]]
        found = getattr(spiders[key], reading.method)(response_from(asked["response"], body))
        return {"found": reading.to_json(found)}
    except ReadingLimitError as error:
        return {"limit": str(error)}
    except MemoryError:
        return {"limit": f"it takes more than {asked['memory'] >> 20} MB of memory to read"}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:1000]}


def _limit(seconds: int, memory: int) -> None:
    """End this process when it has used so many more seconds of processor time; refuse it more memory than that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime + seconds), hard))
    if sys.platform == "linux" and resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + memory,) * 2)


if __name__ == "__main__":
    main()
