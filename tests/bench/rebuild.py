"""Prints what a rebuild costs, beside others who read the same captures, on pages of the replica and of real size: the
share of each step, the deciding process, one and two processes, a Dask cluster, memory. In front of that, what checking
the digests of captures costs (`scrapy verify`). Ends with status 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import sleep
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.captures import write_archive
from tests.bench.runs import BenchError, Usage, run_python
from tests.bench.verifying import verifying
from tests.harness.commands import command_line
from tests.project import ROOT

#: Of two processes to one; of the parsel loop's and trafilatura's pages a second; milliseconds an article; of memory.
TWO, PARSEL, TRAFILATURA, DECIDING, GROWTH = 1.7, 0.5, 5.0, 0.4, 1.2
#: Bytes of markup around the text on a page of a newspaper of today.
REAL = 80_000
_NEWSPAPER = Path(".cache/bench-newspaper")


def main() -> int:
    options = _options()
    console = Console(width=110)
    with tempfile.TemporaryDirectory(prefix="newsbot-bench-") as name:
        folder = Path(name)
        try:
            met = verifying(options.captures // 4, folder / "verify", console)
            if options.verify:
                return 0 if met else 1
            for title, padding in (("pages of the replica", 0), ("pages of real size", REAL)):
                files = write_archive(folder / f"{padding}", options.captures, padding)
                met = steps(title, files, options.runs, console, is_judged=bool(padding)) and met
            met = processes(files, folder, options, console) and met
            if options.many:
                files = sorted((folder / "0").glob("*.warc.gz"))
                met = memory(files, folder, options, console) and met
        except BenchError as error:
            print(f"bench: {error}", file=sys.stderr)
            return 1
    return 0 if met else 1


def steps(title: str, files: list[Path], runs: int, console: Console, *, is_judged: bool) -> bool:
    """Print the rates of all readers and the share of each step; return whether the targets for both are met.

    What is compared closely reads by turns, and its fastest run counts: what else the machine does only adds to it.
    """
    names = [str(path) for path in files]
    own: list[dict[str, Any]] = []
    rates: dict[str, float] = {"newsbot, all of it": 0.0}
    for _ in range(runs):
        own.append(json.loads(_python(["-m", "tests.bench.reading", *names])))
        for kind in ("parsel", "lexbor"):
            rates[kind] = max(rates.get(kind, 0.0), _rate_of_loop(kind, names))
    rates["trafilatura"] = _rate_of_loop("trafilatura", names)
    if python := _newspaper(console):
        rates["newspaper"] = _rate_of_loop("newspaper", names, python)
    read = min(own, key=lambda each: sum(each["seconds"].values()))
    seconds: dict[str, float] = read["seconds"]
    whole = sum(seconds.values())
    rates["newsbot, all of it"] = read["captures"] / whole
    table = Table(title=f"{title}: {read['captures']} captures, in one process")
    for heading in ("", "pages a second of processor time"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, rate in rates.items():
        table.add_row(name, f"{rate:.0f}")
    console.print(table)
    console.print("share of time: " + ", ".join(f"{step} {spent / whole:.0%}" for step, spent in seconds.items()))
    deciding = 1000 * seconds["decide"] / read["articles"]
    console.print(f"deciding process: {deciding:.2f} ms an article (less than {DECIDING})")
    to_parsel = rates["newsbot, all of it"] / rates["parsel"]
    to_trafilatura = rates["newsbot, all of it"] / rates["trafilatura"]
    console.print(f"to the parsel loop: {to_parsel:.2f} (at least {PARSEL} on pages of real size)")
    console.print(f"to trafilatura: {to_trafilatura:.1f} (at least {TRAFILATURA:.0f} on pages of real size)")
    return deciding < DECIDING and (not is_judged or (to_parsel >= PARSEL and to_trafilatura >= TRAFILATURA))


def _rate_of_loop(kind: str, names: list[str], python: str = sys.executable) -> float:
    """Return the pages a second that another reader reads."""
    pages, spent = json.loads(_python(["tests/bench/loops.py", kind, *names], python))
    return float(pages / spent)


def processes(files: list[Path], folder: Path, options: argparse.Namespace, console: Console) -> bool:
    """Print the time of one and two processes by turns, then of a cluster; return whether two are fast enough."""
    runs: dict[str, list[Usage]] = {"--jobs=1": [], "--jobs=2": []}
    for number in range(options.runs):
        for way, usages in runs.items():
            usages.append(_rebuild(files, folder / f"{way}-{number}", way))
    for workers in (1, 2, 4):
        with _cluster(workers, folder / f"cluster-{workers}") as address:
            way = f"Dask, {workers} workers"
            runs[way] = [_rebuild(files, folder / way, f"--scheduler={address}")]
    table = Table(title=f"rebuild of {options.captures} pages of real size on {len(os.sched_getaffinity(0))} cores")
    for heading in ("", "seconds", "MB of the deciding process"):
        table.add_column(heading, justify="right" if heading else "left")
    for way, usages in runs.items():
        seconds, peak = (median(getattr(usage, name) for usage in usages) for name in ("seconds", "peak_bytes"))
        table.add_row(way, f"{seconds:.1f}", f"{peak / 1e6:.0f}")
    console.print(table)
    one, two = (median(usage.seconds for usage in runs[way]) for way in ("--jobs=1", "--jobs=2"))
    console.print(f"two processes: {one / two:.2f} times as fast as one (at least {TWO})")
    return one / two >= TWO


def memory(files: list[Path], folder: Path, options: argparse.Namespace, console: Console) -> bool:
    """Print the memory of the deciding process for few captures and many; return whether it grows little."""
    many = write_archive(folder / "many", options.many)
    few_peak, many_peak = (
        _rebuild(each, folder / name, "--jobs=2").peak_bytes for each, name in ((files, "few-out"), (many, "many-out"))
    )
    growth = many_peak / few_peak
    console.print(
        f"memory of the deciding process: {few_peak / 1e6:.0f} MB at {options.captures} captures, "
        f"{many_peak / 1e6:.0f} MB at {options.many}: {growth:.2f} (at most {GROWTH})"
    )
    return growth <= GROWTH


def _rebuild(files: list[Path], output: Path, way: str) -> Usage:
    words = command_line("rebuild", way, "--output", output, *files)[1:]
    return run_python(words, {"NEWSBOT_DATA": str(output.parent / "data")})[1]


def _python(words: list[str], python: str = sys.executable) -> str:
    done = subprocess.run([python, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"{words[:2]} ended with status {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def _newspaper(console: Console) -> str:
    """Return the Python of an environment with newspaper4k, made for it since its pins are others; empty if none is."""
    python = ROOT / _NEWSPAPER / "bin/python"
    if not python.exists():
        made = [sys.executable, "-m", "venv", str(ROOT / _NEWSPAPER)]
        packages = [str(python), "-m", "pip", "install", "--quiet", "newspaper4k", "lxml-html-clean", "warcio"]
        for command in (made, packages):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                console.print(f"without newspaper4k: {(done.stderr.strip().splitlines() or ['not installed'])[-1]}")
                return ""
    if subprocess.run([python, "-c", "import newspaper, warcio"], capture_output=True, check=False).returncode:
        console.print(f"without newspaper4k: {_NEWSPAPER} does not have it")
        return ""
    return str(python)


@contextmanager
def _cluster(workers: int, folder: Path) -> Iterator[str]:
    """Give the address of a Dask scheduler with so many workers."""
    folder.mkdir()
    told = folder / "scheduler.json"
    begun: list[subprocess.Popen[bytes]] = []
    with (folder / "log").open("wb") as log:

        def begin(what: str, *words: str) -> None:
            command = [sys.executable, "-m", "dask", what, f"--scheduler-file={told}", *words]
            begun.append(subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log))

        try:
            begin("scheduler", "--host=127.0.0.1", "--port=0", "--no-dashboard")
            while not told.exists():
                if begun[0].poll() is not None:
                    raise BenchError("the Dask scheduler did not start")
                sleep(0.05)
            for _ in range(workers):
                begin("worker", "--no-nanny", "--nthreads=1", "--no-dashboard", f"--local-directory={folder}")
            while (folder / "log").read_bytes().count(b"Registered to") < workers:
                sleep(0.05)
            yield json.loads(told.read_text())["address"]
        finally:
            for each in begun:
                each.kill()
                each.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.rebuild", description=__doc__)
    parser.add_argument("--captures", type=int, default=5000, help="of the archive (%(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="of what is judged, by turns (%(default)s)")
    parser.add_argument("--many", type=int, default=0, help="captures for the memory, such as 100000 (not measured)")
    parser.add_argument("--verify", action="store_true", help="only what `scrapy verify` costs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
