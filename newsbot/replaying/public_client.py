"""A client for HTTP that a server which was named may send on, but to no private network."""

from __future__ import annotations

import errno
from ipaddress import ip_address
from typing import Any

from aiohttp import ClientSession, TCPConnector, ThreadedResolver, TraceConfig
from aiohttp.abc import ResolveResult
from yarl import URL

from archive.crawling.endpoints import is_public


async def public_client(named: frozenset[str], **options: Any) -> ClientSession:
    """Return a client that goes to the hosts that were named, and to public ones.

    :raises OSError: from its requests, if they lead to a private address.
    """
    trace = TraceConfig()

    async def redirected(session: ClientSession, context: object, to: Any) -> None:
        target = to.url.join(URL(to.response.headers.get("Location", "")))
        _check(named, target.host or "", target.host or "")

    trace.on_request_redirect.append(redirected)
    options.pop("loop", None)
    return ClientSession(connector=TCPConnector(resolver=_Resolver(named)), trace_configs=[trace], **options)


class _Resolver(ThreadedResolver):
    """Resolves names to public addresses, but for those that were named."""

    def __init__(self, named: frozenset[str]):
        super().__init__()
        self._named = named

    async def resolve(self, host: str, *arguments: Any, **options: Any) -> list[ResolveResult]:
        found = await super().resolve(host, *arguments, **options)
        for each in found:
            _check(self._named, host, each["host"])
        return found


def _check(named: frozenset[str], host: str, address: str) -> None:
    """Refuse a private address of a host that nobody has named; a name that is no address is not resolved here.

    :raises OSError: if it is one.
    """
    try:
        ip_address(address.partition("%")[0])
    except ValueError:
        return
    if host.lower() not in named and not is_public(address):
        raise OSError(errno.EACCES, f"it leads to {host}, which is at a private address ({address}): refused")
