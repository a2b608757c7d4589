"""A run in numbers for Prometheus: a file that node_exporter's textfile collector reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from archive.files.atomic import make_folder, replace_file
from newsbot.health.history import finished_at, started_at
from newsbot.health.run_report import RunReport

#: Readable by all, whatever the umask: node_exporter runs as another user.
_MODE: Final = 0o644
#: name: what it says, and of what. All are of the source's last run, so that files of many sources and machines add up.
GAUGES: Final[dict[str, tuple[str, Callable[[RunReport], float | None]]]] = {
    "exit_status": (
        "Exit status of the last crawl (0 well, 1 not well, 2 configuration, 3 not archived)",
        lambda run: run.exit_status,
    ),
    "start_time_seconds": ("When the last crawl began, Unix time", lambda run: started_at(run).timestamp()),
    "end_time_seconds": ("When the last crawl ended, Unix time", lambda run: finished_at(run).timestamp()),
    "duration_seconds": ("How long the last crawl took", lambda run: run.duration),
    "pages": ("Pages that the last crawl fetched", lambda run: run.pages),
    "failed_requests": ("Requests of the last crawl that failed for good", lambda run: run.failed),
    "articles": ("Articles that the last crawl read", lambda run: run.articles),
    "downloaded_bytes": ("Bytes of the answers to the last crawl", lambda run: run.downloaded_bytes),
    "warc_bytes": ("Bytes of WARC that the last crawl wrote", lambda run: run.warc_bytes),
    "generic_share": ("Share of the last crawl's articles that no layout fitted", lambda run: run.generic_share),
    "text_length_characters": ("Median length of the last crawl's articles", lambda run: run.text_length),
    "date_lag_hours": (
        "Median hours from an article's date to its capture in the last crawl",
        lambda run: run.date_lag,
    ),
}


def write_metrics(folder: Path, run: RunReport) -> Path:
    """Write the metrics of a run as ``newsbot_<source>.prom``, at once and whole, and return the path.

    A file a source, because sources are crawled by processes of their own.

    :raises OSError: if the folder cannot be made.
    :raises ArchiveError: if the file cannot be written.
    """
    registry = CollectorRegistry()
    for name, (what, value_of) in GAUGES.items():
        if (value := value_of(run)) is not None:
            Gauge(f"newsbot_{name}", what, ["source"], registry=registry).labels(run.source).set(value)
    changes = {"new": run.new, "changed": run.changed, "gone": run.gone}
    labelled: tuple[tuple[str, str, str, Mapping[str, float]], ...] = (
        ("lines", "Lines that the last crawl wrote", "change", changes),
        ("answers", "Answers to the last crawl", "status", run.status_mix),
        ("field_coverage", "Share of articles that have the field", "field", run.field_coverage),
        ("alarm", "1 for each thing that is wrong", "monitor", dict.fromkeys(run.alarms, 1)),
    )
    for name, what, label, by_label in labelled:
        gauge = Gauge(f"newsbot_{name}", what, ["source", label], registry=registry)
        for key, number in by_label.items():
            gauge.labels(run.source, key).set(number)
    make_folder(folder)
    path = folder / f"newsbot_{run.source}.prom"  # node_exporter reads only names that end so
    replace_file(path, [generate_latest(registry)], _MODE)
    return path
