"""A run in one line, for whoever started it."""

from __future__ import annotations

from newsbot.health.console import one_line
from newsbot.health.run_report import RunReport


def summary(run: RunReport, log: str = "") -> str:
    """Return what a crawl has brought, how long it took, and where its log is.

    >>> run = RunReport.from_json({"source": "yenmy", "started": "2026-11-22T03:20:11+00:00", "exit_status": 0,
    ...     "finished": "2026-11-22T03:20:23+00:00", "process": 1, "new": 10, "duration": 12.0, "problems": []})
    >>> summary(run, "data/logs/yenmy-20261122T032011Z.log")
    'yenmy: 10 new, 0 changed, in 12 s; log: data/logs/yenmy-20261122T032011Z.log'
    """
    counts = [f"{run.new:,} new", f"{run.changed:,} changed"]
    if run.gone:
        counts.append(f"{run.gone:,} gone")
    if run.problems:
        counts.append(f"{len(run.problems)} problem{'s' if len(run.problems) > 1 else ''}")
    where = f"; log: {log}" if log else ""
    return one_line(f"{run.source}: {', '.join(counts)}, in {duration(run.duration)}{where}")


def duration(seconds: float) -> str:
    """Return a time as people say it.

    >>> duration(12.4), duration(75), duration(7205)
    ('12 s', '1:15 min', '2:00 h')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{int(seconds) // 60}:{int(seconds) % 60:02} min"
    return f"{int(seconds) // 3600}:{int(seconds) % 3600 // 60:02} h"
