"""Prints pages a second and memory of bare Scrapy and of newsbot, medians of alternating runs, and their ratio; how
memory grows in a long crawl; what a run from cron costs, of one source and of all; what it costs to capture what pages
need to be shown; and how long a search in a large archive takes. Ends with status 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table
from warcio.archiveiterator import ArchiveIterator

from tests.bench.country import country
from tests.bench.economy import economy
from tests.bench.runs import BenchError, Cost, bare, newsbot
from tests.bench.search import search
from tests.bench.showing import showing
from tests.replica.server import Replica

TARGET = 0.6  # of bare Scrapy's pages a second
WRITING = 0.1  # of the wall time
GROWTH = 1.1  # of peak memory, from few pages to many


def main() -> int:
    options = _options()
    console = Console(width=100)
    with tempfile.TemporaryDirectory(prefix="newsbot-bench-") as folder:
        try:
            fast = options.skip_speed or speed(options, Path(folder, "speed"), console)
            flat = options.skip_memory or memory(options, Path(folder, "memory"), console)
            cheap = options.skip_economy or economy(options.known, Path(folder, "economy"), console)
            light = options.skip_country or country(Path(folder, "country"), console)
            shown = options.skip_showing or showing(options.source, Path(folder, "showing"), console)
            quick = options.skip_search or search(options.archived, Path(folder, "search"), console)
        except BenchError as error:
            print(f"bench: {error}", file=sys.stderr)
            return 1
    return 0 if fast and flat and cheap and light and shown and quick else 1


def speed(options: argparse.Namespace, folder: Path, console: Console) -> bool:
    """Measure both by turns; a first newsbot run, not counted, tells which pages there are."""
    bares: list[Cost] = []
    fulls: list[Cost] = []
    with Replica(articles=options.articles) as replica:
        newsbot(replica, options.source, folder / "warm-up", options.concurrency)
        urls = folder / "urls"
        urls.write_text("\n".join(_urls(folder / "warm-up" / "warc")))
        for run in range(options.runs):
            console.print(f"run {run + 1} of {options.runs} …")
            bares.append(bare(replica, urls, options.concurrency))
            fulls.append(newsbot(replica, options.source, folder / f"run-{run}", options.concurrency))
    ratio = median(full.rate / plain.rate for full, plain in zip(fulls, bares, strict=True))
    writing = median(full.stats["archive/writer_seconds"] / full.seconds for full in fulls)
    table = Table(title=f"{options.source}: {fulls[0].pages} pages, concurrency {options.concurrency}, medians")
    for heading in ("", "pages/s", "peak memory (MB)", "pages"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, costs in (("bare Scrapy", bares), ("newsbot, all of it", fulls)):
        pages = f"{median(cost.pages for cost in costs):.0f}"
        table.add_row(name, f"{median(cost.rate for cost in costs):.0f}", f"{_megabytes(costs):.0f}", pages)
    console.print(table)
    console.print(f"newsbot / bare Scrapy: {ratio:.2f} (target: at least {TARGET})")
    console.print(f"WARC writing (its thread's processor time): {writing:.1%} of the wall time (at most {WRITING:.0%})")
    return ratio >= TARGET and writing <= WRITING


def memory(options: argparse.Namespace, folder: Path, console: Console) -> bool:
    """Compare the peak memory of a short crawl with that of one ten times as long."""
    peaks = []
    for articles in (options.few, options.many):
        with Replica(articles=articles) as replica:
            cost = newsbot(replica, options.source, folder / str(articles), options.concurrency)
        peaks.append(cost.peak_bytes)
        console.print(f"{cost.pages} pages: peak memory {cost.peak_bytes / 1e6:.0f} MB")
    console.print(f"growth: {peaks[1] / peaks[0]:.2f} (at most {GROWTH})")
    return peaks[1] <= GROWTH * peaks[0]


def _urls(folder: Path) -> list[str]:
    """Every URL that a crawl had an answer from, in order, robots.txt left out."""
    (file,) = folder.iterdir()
    with file.open("rb") as stream:
        targets = [
            record.rec_headers.get_header("WARC-Target-URI")
            for record in ArchiveIterator(stream)
            if record.rec_type == "response"
        ]
    return [url for url in targets if not url.endswith("/robots.txt")]


def _megabytes(costs: list[Cost]) -> float:
    return median(cost.peak_bytes for cost in costs) / 1e6


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--source", default="baosonla")
    parser.add_argument("--articles", type=int, default=2000, help="on the source, for the speed (%(default)s)")
    parser.add_argument("--runs", type=int, default=5, help="of each, by turns (%(default)s)")
    parser.add_argument("--concurrency", type=int, default=8, help="requests at a time (%(default)s)")
    parser.add_argument("--few", type=int, default=2000, help="articles of the short crawl (%(default)s)")
    parser.add_argument("--many", type=int, default=20000, help="articles of the long crawl (%(default)s)")
    parser.add_argument("--known", type=int, default=10_000, help="articles known to a run from cron (%(default)s)")
    parser.add_argument("--archived", type=int, default=100_000, help="articles that are searched (%(default)s)")
    for part in ("speed", "memory", "economy", "country", "showing", "search"):
        parser.add_argument(f"--skip-{part}", action="store_true", help=f"do not measure the {part}")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
