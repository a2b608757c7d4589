"""The product in a minute: `python -m tests.demo` crawls six sources in the replica and shows what came of it.

Two of them are crawled once more, as on the next day: some of their articles have changed.

With `--all` it crawls every source that the replica plays, without what their pages need to be shown, and verifies what
was archived.

The way is the real one: `scrapy crawlall`, the real host names, the real settings but for the delays, which protect
sites and not a server on loopback. Everything goes to data/demo, or to $NEWSBOT_DATA.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.json import JSON

from archive.errors import ArchiveError
from archive.player.player_site import missing
from newsbot.commands.replay import PORT
from newsbot.health.run_report import RunReport
from newsbot.viewer.server import HOST, listen
from newsbot.viewer.showing import PLAYER
from tests.harness.commands import against, command_line
from tests.harness.pages import SPIDERS
from tests.project import ROOT
from tests.replica.newsroom import Newsroom
from tests.replica.papers import declared
from tests.replica.papers.paper import FORBIDS
from tests.replica.server import Replica
from tests.replica.sites import PAPERS, all_sites

#: Articles that each source of the replica has. Lists name those of its present design; of three, that may be a third.
ARTICLES = 60
#: How a run report names a style sheet that no crawl may ask for.
FORBIDDEN_SHEET = re.compile(r"\.css(\?\S*)?: Forbidden by robots\.txt")


@dataclass(frozen=True)
class Plan:
    """What the demo crawls, how, and how many articles each source must at least give."""

    says: str
    sources: tuple[str, ...]
    enough: int
    settings: dict[str, str]
    jobs: int = 1


#: How long ago the first crawl was, for what it takes for the time.
BEFORE = timedelta(hours=30)
#: Sources that have changed since: of some articles the title or the text is another, one is gone.
CHANGED = ("baosonla", "haiduongtv")
CHANGES = Newsroom(edited={4: ("headline", 1), 5: ("body", 1), 7: ("body", 2)}, removed={6: "404"})
SIX = Plan("Six news sites are", tuple(paper.name for paper in PAPERS), 30, {"REQUISITES": "all"})


def main() -> int:
    """Run the demo and return its exit status: 0 if every source is healthy and gave enough articles."""
    console = Console(soft_wrap=True, highlight=False)
    data = demo_folder()
    if data is None:
        console.print("demo: NEWSBOT_DATA names a folder with something in it; name another, or none")
        return 2
    plan = every_source() if arguments().all else SIX
    console.print(f"{plan.says} played on this machine; newsbot crawls them into {data}.\n")
    before = datetime.now(UTC) - BEFORE
    with Replica(articles=ARTICLES, now=before) as replica:
        words = against(replica, LOG_LEVEL="INFO", ARCHIVE_DISK_FLOOR="100000000", BROWSER="walls", **plan.settings)
        environment = replica.environment | {"NEWSBOT_DATA": str(data)}
        crawl = ("crawlall", f"--jobs={plan.jobs}", *words)
        crawled = scrapy(*crawl, f"--set=NOW={before.isoformat()}", *plan.sources, environment=environment)
        if again := [name for name in CHANGED if name in plan.sources]:
            console.print(
                f"\nThe next day some articles of {' and '.join(again)} have changed: both are crawled again.\n"
            )
            for name in again:
                replica.set_newsroom(name, replace(CHANGES, changed=before + BEFORE / 2))
            crawled = crawled or scrapy(*crawl, *again, environment=environment)
    reports = [RunReport(**json.loads(path.read_text("utf-8"))) for path in sorted(data.glob("runs/*.json"))]
    lines = Counter(dict.fromkeys(plan.sources, 0))
    for run in reports:
        lines[run.source] += run.lines
    few = [f"{name}: only {n} articles, {plan.enough} were expected" for name, n in lines.items() if n < plan.enough]
    show(console, data, reports)
    for line in few:
        console.print(f"demo: {line}")
    console.print("\nAll runs on one page, for a browser:")
    sys.stdout.flush()
    reported = scrapy("report", environment={"NEWSBOT_DATA": str(data)})
    console.print(how_to_replay(data, reports))
    verified = scrapy("verify", environment={"NEWSBOT_DATA": str(data)}) if arguments().all else 0
    return crawled or reported or verified or bool(few) or not reports


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description="Crawls the sites of the replica.")
    parser.add_argument("--all", action="store_true", help="every source that the replica plays, not the six alone")
    return parser.parse_args()


def every_source() -> Plan:
    """Return the plan for all sources that the replica plays, but for those whose robots.txt lets no crawler in."""
    closed = {paper.name for paper in declared() if paper.robots == FORBIDS}
    played = sorted({site.name for site in all_sites(articles=1)} & {*SPIDERS} - closed)
    says = f"{len(played)} news sites are"
    if closed:
        says = f"{len(played)} news sites, without those whose robots.txt lets no crawler in ({', '.join(closed)}), are"
    return Plan(says, tuple(played), 5, {"REQUISITES": "off"}, jobs=2)


def scrapy(*words: str, environment: dict[str, str]) -> int:
    """Run a command as from a shell, and return its exit status."""
    return subprocess.run(command_line(*words), cwd=ROOT, env=os.environ | environment, check=False).returncode


def demo_folder() -> Path | None:
    """Return an empty folder for the demo; None if the one that was asked for is not empty."""
    if asked := os.environ.get("NEWSBOT_DATA"):
        folder = Path(asked).absolute()
        return None if folder.exists() and any(folder.iterdir()) else folder
    folder = ROOT / "data" / "demo"  # ours: nothing but demos is ever written there
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def show(console: Console, data: Path, reports: list[RunReport]) -> None:
    """Print an article and what to look at next."""
    files = sorted(data.glob("articles/*/*.jsonl"))
    if not files or not reports:
        return
    with files[0].open(encoding="utf-8") as lines:
        line = next(lines)
    article = json.loads(line)
    console.print(f"\nThe first article of {files[0]}:\n")
    console.print(JSON(json.dumps(article | {"body": article["body"][:200] + " …"}, ensure_ascii=False)))
    capture = article["capture"]
    warc = shown(data / "warc" / capture["file"])
    run = next(run for run in reports if run.source == article["source"])
    changed = versions(files) or article
    log = next(iter(sorted(data.glob(f"logs/{run.source}-*.log"))), None)
    here = f"NEWSBOT_DATA={shown(data)} .venv/bin/scrapy"
    console.print(
        f"""
What to look at next (none of it needs more than this folder):
  the capture, its headers       .venv/bin/warcio extract --headers {warc} {capture["offset"]}
  the page, unpacked             .venv/bin/warcio extract --payload {warc} {capture["offset"]} > page.html
  what else there is of it       {here} index lookup {article["url"]}
  versions of an article         {here} history {changed["url"]}
  is everything sound?           {here} verify
  the lines, from WARC alone     {here} rebuild {warc}
  the same as the crawls'?       {here} rebuild --diff {shown(data)}/articles {shown(data)}/warc/*.warc.gz
  how the run went               less {shown(next(iter(sorted(data.glob(f"runs/{run.source}-*.json")))))}
  its log                        less {shown(log) if log else "(none)"}
  one real source, politely      NEWSBOT_CONTACT=you@example.org .venv/bin/scrapy crawl {run.source} -a limit=10"""
    )


def versions(files: list[Path]) -> dict[str, Any] | None:
    """Return the line of an article's second version, one with another title if there is any."""
    lines = (json.loads(line) for path in files for line in path.read_text("utf-8").splitlines())
    later = [line for line in lines if line["version"] > 1 and line["change"] != "removed"]
    return min(later, key=lambda line: line["change"] != "headline", default=None)


def how_to_replay(data: Path, reports: list[RunReport]) -> str:
    """Return the command that shows the archive, and the address at which it will."""
    port = free_port()
    words = f"NEWSBOT_DATA={shown(data)} .venv/bin/scrapy replay" + (f" --port {port}" if port != PORT else "")
    command = f"make player && {words}" if missing(PLAYER) else words
    bare = "".join(
        f"\n{run.source} is shown without a style sheet, which its robots.txt forbids (REQUISITES_ROBOTSTXT_OBEY)."
        for run in reports
        if any(FORBIDDEN_SHEET.search(line) for line in run.missing_requisites)
    )
    return (
        f"\nThe archive, with its pages as they were, for a browser.{bare}"
        f"\nNothing is served yet; this does, until Ctrl-C:\n  {command}\nat this address:\n  http://{HOST}:{port}/"
    )


def free_port() -> int:
    """Return the first port from that of `scrapy replay` on at which it could listen now."""
    for port in range(PORT, PORT + 200, 2):
        try:
            for sockets in listen(port, port + 1).values():
                for each in sockets:
                    each.close()
            return port
        except ArchiveError:  # taken
            continue
    return PORT


def shown(path: Path) -> str:
    """Return a path as short as it can be typed here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


if __name__ == "__main__":
    sys.exit(main())
