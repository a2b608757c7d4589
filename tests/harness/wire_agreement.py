"""Whether an archive holds what went over the wire: WARC files against the replica's own log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from archive.http.http_message import wire_form
from tests.harness.warc_reading import Exchange
from tests.replica.wirelog import WireExchange


def wire_bytes(exchange: Exchange) -> bytes:
    """The response as it was on the wire, made again from what the archive keeps."""
    if exchange.response is not None:
        return wire_form(exchange.block, exchange.recipe)
    return exchange.unreadable.block if exchange.unreadable else b""


def assert_agreement(exchanges: Iterable[Exchange], logged: Iterable[WireExchange]) -> int:
    """Request bytes identical, response bytes identical or rebuilt so; nothing in one that is not in the other.

    Where the client gave up, it has the first part of what the server wrote. Returns how many exchanges were compared.
    """
    wire: dict[bytes, list[bytes]] = defaultdict(list)
    for each in logged:
        wire[each.received].append(each.sent)
    compared = 0
    # Whole ones first: what a client has the first part of would fit the answer to the same request sent again.
    for exchange in sorted(exchanges, key=lambda each: not _is_whole(each)):
        if exchange.request is None:
            continue
        sent, kept = wire[exchange.request.block], wire_bytes(exchange)
        whole = _is_whole(exchange)
        matching = [data for data in sent if (data == kept if whole else data.startswith(kept))]
        if sent or kept:
            assert matching, (exchange.metadata["WARC-Target-URI"], kept[:300], [data[:300] for data in sent])
            sent.remove(matching[0])
            compared += 1
    assert [request for request, left in wire.items() if left and request] == []
    return compared


def _is_whole(exchange: Exchange) -> bool:
    return exchange.metadata.notes().get("error") is None
