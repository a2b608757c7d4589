"""What crawlall says of its crawls to a program: one JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from newsbot.health.result import Result

#: Of a crawl's report; null where there is none.
_COUNTS = (
    "pages",
    "failed",
    "articles",
    "lines",
    "new",
    "changed",
    "gone",
    "duplicates",
    "downloaded_bytes",
    "warc_bytes",
    "warc_files",
)


def crawl_json(results: Iterable[Result]) -> str:
    """Return a JSON list with an object a source: how its crawl ended, what is wrong, when it was, what it did.

    >>> json.loads(crawl_json([Result("yenmy", 75, ["another run is crawling it"])]))[0]["outcome"]
    'skipped'
    """
    # ASCII alone: what a site has sent must not fail on its way out.
    return json.dumps([_entry(result) for result in results], indent=2)


def _entry(result: Result) -> dict[str, Any]:
    run = result.report
    return {
        "source": result.source,
        "status": int(result.status),
        "outcome": result.outcome,
        "problems": result.problems,
        "started": run and run.started,
        "finished": run and run.finished,
        "duration": run and run.duration,
        "counts": run and {name: getattr(run, name) for name in _COUNTS},
    }
