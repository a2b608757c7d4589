"""What reading captures again costs in one process, step by step: `python -m tests.bench.reading FILE…` prints JSON."""

from __future__ import annotations

import json
import pickle
import sys
from collections import defaultdict, deque
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from scrapy.http import Response
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.project import get_project_settings
from selectolax.lexbor import LexborHTMLParser

from archive.records.members import whole_records
from archive.replay.originals import Resolver
from archive.replay.replay import exchanges
from newsbot.items import Article, line_around
from newsbot.replaying.answers import AnswerReader, Source
from newsbot.replaying.part_reading import PartRead, PartReader, make_said_ready
from newsbot.replaying.rebuild import Rebuild
from newsbot.replaying.workers import collecting_seldom

_MOST_BYTES = 1 << 26


def main(files: list[Path]) -> None:
    """Go over the files once for each step, and tell the seconds of processor time that each has added."""
    settings = get_project_settings()
    settings.set("LOG_LEVEL", "CRITICAL")
    sources = Source.named(sorted(get_spider_loader(settings).list()), settings)
    reader = PartReader(AnswerReader(sources), Resolver(files=files), _MOST_BYTES)
    seconds: dict[str, float] = defaultdict(float)

    def timed(step: str, call: Callable[[], Any]) -> Any:
        begun = process_time()
        result = call()
        seconds[step] += process_time() - begun
        return result

    deque(islice(reader.said(files[0]), 20), 0)  # what is made at first use is no part of it
    articles = captures = 0
    with TemporaryDirectory() as folder:
        rebuild = Rebuild(sources, Path(folder, "lines"), _MOST_BYTES)
        for path in files:
            timed("read", path.read_bytes)
            timed("walk", partial(deque, whole_records(path), 0))
            found = timed("decode", partial(list, exchanges(path, _MOST_BYTES, Resolver(files=[path]))))
            responses = [each for each in found if isinstance(each, Response)]
            captures += len(responses)
            reader.answers.begin_part(path)
            timed("parse", partial(deque, (bool(LexborHTMLParser(each.body)) for each in responses), 0))
            said = timed("extract", partial(list, (one for each in responses for one in reader.answers.read(each))))
            read = [one.answer.found for one in said if one.answer and isinstance(one.answer.found, Article)]
            articles += len(read)
            timed("write", partial(deque, map(line_around, read), 0))
            timed("compare", partial(make_said_ready, said))
            timed("decide", partial(_decide, rebuild, path, pickle.dumps(PartRead(said=said))))
        timed("decide", rebuild.close)
    print(json.dumps({"articles": articles, "captures": captures, "seconds": _shares(seconds)}))


def _decide(rebuild: Rebuild, path: Path, packed: bytes) -> None:
    """Do what the deciding process does with a part that another has read."""
    rebuild.look_in([path])
    rebuild.begin_file(path)
    for said in pickle.loads(packed).said:
        rebuild.take_said(said)
    rebuild.end_file()


def _shares(spent: dict[str, float]) -> dict[str, float]:
    """Return what each step has added to the one before it."""
    return {
        "read": spent["read"],
        "inflate": max(0.0, spent["walk"] - spent["read"]),
        "decode": max(0.0, spent["decode"] - spent["walk"]),
        "parse": spent["parse"],
        "extract": max(0.0, spent["extract"] - spent["parse"]),
        "compare": max(0.0, spent["compare"] - spent["write"]),
        "decide": spent["decide"],
        "write": spent["write"],
    }


if __name__ == "__main__":
    with collecting_seldom():
        main([Path(name) for name in sys.argv[1:]])
