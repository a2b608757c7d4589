"""Orders from the parent process, one JSON object a line on standard input, each answered by one line."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from tests.replica.clock import parse_now
from tests.replica.fault_options import parse_fault
from tests.replica.newsroom import from_order
from tests.replica.service import Service


async def obey_orders(service: Service) -> None:
    """Reads orders until standard input ends: a parent that dies takes its replica with it."""
    reader = asyncio.StreamReader(limit=1024 * 1024)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        print(json.dumps(obey(service, json.loads(line))), flush=True)
    transport.close()


def obey(service: Service, order: dict[str, Any]) -> Any:
    """Carries out one order and gives what it asks for; an unknown one is a programming error and ends the server."""
    match order:
        case {"faults": [*options]}:
            service.set_faults(parse_fault(option) for option in options)
        case {"now": None}:
            service.set_now(None)
        case {"now": str(text)}:
            service.set_now(parse_now(text))
        case {"sites": {"articles": articles, "seed": seed}}:
            service.build_sites(articles=articles, seed=seed)
            return service.hosts
        case {"newsroom": dict(newsroom), "source": str(source)}:
            service.set_newsroom(source, from_order(newsroom))
        case {"ask": "counters"}:
            return dict(service.counters)
        case {"ask": "errors"}:
            return service.errors
        case {"forget": "counters"}:
            service.counters.clear()
        case _:
            raise ValueError(f"not an order: {order!r}")
    return None
