"""Runs the replica by hand: `python -m tests.replica`.

It prints one JSON line with the settings to give to `scrapy crawl`, then serves until it is interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import shlex
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from tests.replica.awkward import AwkwardSite
from tests.replica.burdens import HeavySite
from tests.replica.clock import parse_now
from tests.replica.control import obey_orders
from tests.replica.fault_options import parse_fault
from tests.replica.listening import ADDRESS, Ports, listening, until_stopped
from tests.replica.service import Service
from tests.replica.site import Site
from tests.replica.tls import Authority
from tests.replica.wirelog import WireLog


def main(make_sites: Callable[[int, int, datetime], list[Site]] | None = None) -> None:
    """Play all sites, or those that are made instead of them."""
    options = _parser().parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.directory or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="replica-")))
        wire_log = stack.enter_context(contextlib.closing(WireLog(options.wire_log))) if options.wire_log else None
        news = partial(all_sites, in_full=options.in_full)
        service = Service(make_sites or news, options.articles, options.seed, now=options.now, wire_log=wire_log)
        service.set_faults(options.fault)
        asyncio.run(_serve(service, Authority(folder), options))
        for error in service.errors:
            print(error, file=sys.stderr)


def all_sites(articles: int, seed: int, now: datetime, *, in_full: bool = False) -> list[Site]:
    """The awkward site; if there shall be articles, the news sites and what their pages lead a browser to."""
    sites: list[Site] = [AwkwardSite()]
    if articles:
        from tests.replica.elsewhere import Elsewhere
        from tests.replica.sites import all_sites as news_sites  # only here: the awkward site stands without them

        sites += [*news_sites(articles, seed, now, in_full=in_full), Elsewhere(), HeavySite()]
    return sites


async def _serve(service: Service, authority: Authority, options: argparse.Namespace) -> None:
    async with listening(service, authority, Ports(options.http_port, options.https_port)) as ports:
        print(json.dumps(_description(service, authority, ports)), flush=True)
        ends = [asyncio.create_task(until_stopped())]
        if options.control:
            ends.append(asyncio.create_task(obey_orders(service)))
        done, others = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            task.cancel()
        for task in done:
            task.result()


def _description(service: Service, authority: Authority, ports: Ports) -> dict[str, object]:
    connect_to = f":80:{ADDRESS}:{ports.http},:443:{ADDRESS}:{ports.https}"
    certificates = str(authority.file)
    return {
        "settings": {"CONNECT_TO": connect_to},
        "environment": {"SSL_CERT_FILE": certificates},
        "http_port": ports.http,
        "https_port": ports.https,
        "hosts": service.hosts,
        "command": f"SSL_CERT_FILE={shlex.quote(certificates)} .venv/bin/scrapy crawl NAME -s CONNECT_TO={connect_to}",
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.replica", description="Plays the source sites on loopback.")
    parser.add_argument("--http-port", type=int, default=0, metavar="PORT", help="0: any free one")
    parser.add_argument("--https-port", type=int, default=0, metavar="PORT", help="0: any free one")
    parser.add_argument("--articles", type=int, default=40, metavar="N", help="articles a source; 0: only awkward.test")
    parser.add_argument("--seed", type=int, default=1, help="of the articles' text")
    parser.add_argument("--now", type=parse_now, metavar="TIME", help="ISO 8601 time at which the clock stands still")
    parser.add_argument(
        "--fault",
        type=parse_fault,
        action="append",
        default=[],
        metavar="PATTERN=KIND[;key=value...]",
        help="such as 'baosonla.vn/thoi-su*=429;retry-after=1;times=2'; may be given again (see fault_options.py)",
    )
    parser.add_argument("--in-full", action="store_true", help="play no small paper where there is a whole site of it")
    parser.add_argument("--wire-log", type=Path, metavar="FILE", help="append the bytes of each exchange to this file")
    parser.add_argument("--directory", type=Path, metavar="FOLDER", help="where ca.pem goes (default: a temporary one)")
    parser.add_argument("--control", action="store_true", help="take orders on standard input, end when that ends")
    return parser


if __name__ == "__main__":
    main()
