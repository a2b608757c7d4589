"""What all connections share: the sites by host, the faults, the clock, the kept answers, the counters."""

from __future__ import annotations

import html
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from tests.replica.clock import Clock
from tests.replica.faults import Fault, Refuse
from tests.replica.incoming import Incoming
from tests.replica.newspaper import Newspaper
from tests.replica.newsroom import Newsroom
from tests.replica.reply import Framed, frame
from tests.replica.request import Request
from tests.replica.site import RawReply, Reply, Site
from tests.replica.wirelog import WireLog

if TYPE_CHECKING:
    from tests.replica.connection import Connection

MOST_KEPT = 64 * 1024 * 1024  # bytes of answers kept for their next request
MOST_COUNTED = 200_000  # addresses with a counter of their own; further ones are counted by host


class Service:
    """Answers requests; knows nothing of sockets."""

    def __init__(
        self,
        sites: Callable[[int, int, datetime], Iterable[Site]],
        articles: int,
        seed: int,
        *,
        now: datetime | None = None,
        wire_log: WireLog | None = None,
    ) -> None:
        self._make_sites = sites
        self.clock = Clock(now)
        self.wire_log = wire_log
        self.connections: set[Connection] = set()
        self.counters: Counter[str] = Counter()
        self.errors: list[str] = []
        self._articles, self._seed = articles, seed
        self._accepted = 0
        self._kept: OrderedDict[tuple[object, ...], Framed] = OrderedDict()
        self._kept_bytes = 0
        self._faults: list[Fault] = []
        self._matched: Counter[int] = Counter()  # position of a fault -> requests it matched
        self._sites: dict[str, Site] = {}
        self._newsrooms: dict[str, Newsroom] = {}
        self.build_sites()

    @property
    def hosts(self) -> list[str]:
        return sorted(self._sites)

    def build_sites(self, *, articles: int | None = None, seed: int | None = None) -> None:
        """Makes the sites anew, with other articles or at another time."""
        self._articles = self._articles if articles is None else articles
        self._seed = self._seed if seed is None else seed
        sites = self._make_sites(self._articles, self._seed, self.clock.now())
        self._sites = {host: site for site in sites for host in site.hosts}
        for name, newsroom in self._newsrooms.items():
            self.set_newsroom(name, newsroom)
        self.forget_answers()

    def set_newsroom(self, name: str, newsroom: Newsroom) -> None:
        """What a paper's editors have done, from now on."""
        self._newsrooms[name] = newsroom
        for site in {id(site): site for site in self._sites.values()}.values():
            if isinstance(site, Newspaper) and site.name == name:
                site.obey(newsroom)
        self.forget_answers()

    def set_now(self, now: datetime | None) -> None:
        """Sets the clock, to stand still or (None) to run with the real time; the sites follow."""
        self.clock = Clock(now)
        self.build_sites()

    def set_faults(self, faults: Iterable[Fault]) -> None:
        """Other faults instead of those there were; their `times` begin anew."""
        self._faults = list(faults)
        self._matched.clear()

    def forget_answers(self) -> None:
        self._kept.clear()
        self._kept_bytes = 0

    def next_connection(self) -> int:
        self._accepted += 1
        return self._accepted

    def refuses_handshake(self, host: str) -> bool:
        """Whether a fault refuses all of a host, so that TLS with it ends in the handshake."""
        whole = Request("", "https", host, "/*")
        for position, fault in enumerate(self._faults):
            if isinstance(fault, Refuse) and fault.where.endswith("/*") and fault.matches(whole):
                return self._strikes(position, fault)
        return False

    def answer(self, incoming: Incoming) -> RawReply:
        """The answer to a request, faults included."""
        request = incoming.request
        address = request.host + request.target
        self.counters[address if address in self.counters or len(self.counters) < MOST_COUNTED else request.host] += 1
        if not self._faults:
            return self._from_site(incoming)
        struck = [
            fault
            for position, fault in enumerate(self._faults)
            if fault.matches(request) and self._strikes(position, fault)
        ]
        replaced = next((reply for fault in struck if (reply := fault.replace(request)) is not None), None)
        wire = self._from_site(incoming) if replaced is None else self._on_the_wire(replaced, incoming)
        for fault in struck:
            wire = fault.disturb(wire)
        return wire

    def complain(self, status: int, why: str) -> RawReply:
        """The answer to what is not a request; the connection cannot be used further."""
        self.counters["(bad request)"] += 1
        incoming = Incoming(Request("GET", "", "", ""), 0, False, False, "", 0, False)
        return self._on_the_wire(_page(status, why), incoming)

    def _strikes(self, position: int, fault: Fault) -> bool:
        self._matched[position] += 1
        turn = self._matched[position] - fault.skip
        return turn > 0 and (fault.times is None or turn <= fault.times)

    def _from_site(self, incoming: Incoming) -> RawReply:
        key = incoming.key
        if incoming.plain and (kept := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return kept.at(self.clock.date_header())
        request = incoming.request
        site = self._sites.get(request.host)
        reply = _page(421, f"no site here is called {request.host!r}") if site is None else site.reply(request)
        if isinstance(reply, RawReply):
            return reply
        framed = frame(reply, incoming)
        if incoming.plain and reply.cacheable:
            self._keep(key, framed)
        return framed.at(self.clock.date_header())

    def _on_the_wire(self, reply: Reply | RawReply, incoming: Incoming) -> RawReply:
        return reply if isinstance(reply, RawReply) else frame(reply, incoming).at(self.clock.date_header())

    def _keep(self, key: tuple[object, ...], framed: Framed) -> None:
        self._kept[key] = framed
        self._kept_bytes += framed.size
        while self._kept_bytes > MOST_KEPT:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= dropped.size


def _page(status: int, why: str) -> Reply:
    body = f"<!doctype html>\n<title>{status}</title>\n<p>{html.escape(why)}</p>\n".encode()
    return Reply(status, headers=(("Content-Type", "text/html; charset=utf-8"),), body=body)
