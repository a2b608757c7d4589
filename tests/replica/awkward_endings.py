"""Awkward ends: slowness, resets, closes, and what is not HTTP."""

from __future__ import annotations

from tests.replica.awkward_case import HTML, OK, PAGE, Awkward, awkward, head, page
from tests.replica.faults import RECEIVE_TIME
from tests.replica.site import RawReply

SLOW = 30.0  # seconds the slow ones take: ask for them with a shorter timeout
_DECLARED = head(OK, HTML, b"Content-Length: %d" % len(PAGE))


def dripped(data: bytes, seconds: float) -> tuple[bytes | float, ...]:
    """The bytes one by one, spread evenly over a time."""
    return tuple(step for at in range(len(data)) for step in (data[at : at + 1], seconds / len(data)))


CASES: tuple[Awkward, ...] = (
    awkward(
        "slow-drip",
        "the body byte by byte over 30 seconds",
        RawReply((_DECLARED, *dripped(PAGE, SLOW))),
        outcome="slow",
    ),
    awkward(
        "slow-head",
        "the head byte by byte over 30 seconds",
        RawReply((*dripped(_DECLARED, SLOW), PAGE)),
        outcome="slow",
    ),
    awkward(
        "stalled",
        "half the body, then nothing for 30 seconds",
        RawReply((_DECLARED + PAGE[:50], SLOW, PAGE[50:])),
        outcome="slow",
    ),
    awkward("silent", "nothing for 30 seconds", RawReply((SLOW, page())), outcome="slow"),
    awkward("late", "a second late, which is no fault", RawReply((1.0, page()))),
    awkward(
        "reset-at-once",
        "a reset before the first byte",
        RawReply((), "reset"),
        status=None,
        payload=None,
        outcome="reset",
    ),
    awkward(
        "reset-in-head",
        "a reset in the middle of the head",
        RawReply((_DECLARED[:30], RECEIVE_TIME), "reset"),
        status=None,
        payload=None,
        outcome="reset",
    ),
    awkward(
        "reset-after-head",
        "a reset after the head",
        RawReply((_DECLARED, RECEIVE_TIME), "reset"),
        payload=b"",
        outcome="reset",
    ),
    awkward(
        "reset-in-body",
        "a reset in the middle of the body",
        RawReply((_DECLARED + PAGE[:50], RECEIVE_TIME), "reset"),
        payload=PAGE[:50],
        outcome="reset",
    ),
    awkward(
        "closed-at-once",
        "a close before the first byte",
        RawReply((), "close"),
        status=None,
        payload=None,
        outcome="cut",
    ),
    awkward(
        "closed-in-head",
        "a close in the middle of the head",
        RawReply((_DECLARED[:30],), "close"),
        status=None,
        payload=None,
        outcome="cut",
    ),
    awkward(
        "not-http",
        "the greeting of another protocol",
        RawReply((b"SSH-2.0-OpenSSH_9.2p1\r\n",), "close"),
        status=None,
        payload=None,
        outcome="not-http",
    ),
    awkward(
        "no-head",
        "a page without a status line or headers",
        RawReply((PAGE,), "close"),
        status=None,
        payload=None,
        outcome="not-http",
    ),
    awkward(
        "binary",
        "bytes without any sense",
        RawReply((bytes(range(256)),), "close"),
        status=None,
        payload=None,
        outcome="not-http",
    ),
)
