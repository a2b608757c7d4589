"""No text takes a pattern, or a loop over foreign bytes, more than its length: growth is tested, not time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from archive.files.plain_file import PlainFile
from archive.http.http_message import stored_form
from archive.http.kept_message import kept_response
from archive.index.surt import surt
from archive.records.arc_reader import ARC, WARC
from archive.records.record_reader import Member, plain_records
from archive.replay.originals import Resolver
from archive.replay.replay import response_of
from tests.hostile.patterns import Pattern, methods, patterns, texts

#: Patterns that take longer for longer texts, but meet none longer than so many characters: where they are used, this
#: is checked first. Those are slow for no such text.
BOUNDED = {
    "archive.index.surt._PATH_SESSIONS": 4_000,
    "archive.index.surt._QUERY_SESSIONS": 4_000,
    "newsbot.vietnamese.text._D_ACRONYM": 8,
}
SIZES = (300, 1_200, 4_800)
#: Four times the text takes four times as long, or, where it grows too fast, sixteen times.
TOO_FAST = 8
#: Seconds that can be measured.
MEASURABLE = 0.003
PATTERNS = list(patterns())


def seconds(calls: Iterable[Callable[[Any], Any]], text: Any) -> float:
    worst = 0.0
    for call in calls:
        started = process_time()
        call(text)
        worst = max(worst, process_time() - started)
    return worst


def grows_too_fast(calls: list[Callable[[Any], Any]], inputs: Iterable[Any]) -> bool:
    """Whether the calls take longer for longer inputs (each four times as long as the one before) than they may."""
    before = None
    for given in inputs:
        took = seconds(calls, given)
        if took > MEASURABLE and before is not None:
            short = min(seconds(calls, before) for _ in range(3))
            most = max(MEASURABLE, TOO_FAST * max(short, 1e-5))
            return took > most and all(seconds(calls, given) > most for _ in range(5))  # but for other work beside it
        before = given
    return False


def slow_text(place: str, pattern: Pattern) -> str | None:
    """Return a text for which a pattern takes too long; None if there is none."""
    calls = [getattr(pattern, method) for method in sorted(methods(place))]
    sizes = (BOUNDED[place],) if place in BOUNDED else SIZES
    usual = min(seconds([sum], range(200_000)) for _ in range(3)) if place in BOUNDED else 0.0
    for inputs in zip(*(texts(pattern, size) for size in sizes), strict=True):
        encoded = inputs if isinstance(pattern.pattern, str) else [text.encode("utf-8", "replace") for text in inputs]
        if usual and min(seconds(calls, encoded[0]) for _ in range(2)) > 20 * usual:
            return str(inputs[0][:80])
        if not usual and grows_too_fast(calls, encoded):
            return str(inputs[-1][:80])
    return None


def test_the_test_sees_growth() -> None:
    assert slow_text("tests.reading.test_growth.LAST", re.compile(r"\s+$")) is not None
    assert slow_text("tests.reading.test_growth.FIRST", re.compile(r"\S+ ")) is not None
    assert slow_text("tests.reading.test_growth.FIRST", re.compile(r"(?<!\S)\S+ ")) is None


@pytest.mark.parametrize("package", ["archive", "newsbot", "spiders"])
def test_no_pattern_takes_quadratic_time(package: str) -> None:
    assert len(PATTERNS) > 100
    slow = {
        f"{place}: {pattern.pattern!r}": text
        for place, pattern in PATTERNS
        if place.startswith(f"{package}.") and (text := slow_text(place, pattern))
    }
    assert not slow


LOOPS: dict[str, tuple[Callable[[Any], Any], Callable[[int], Any]]] = {
    "escapes of escapes": (surt, lambda size: f"http://a.test/%{'25' * size}41?%{'25' * size}"),
    "dots": (surt, lambda size: "http://a.test" + "/.." * size + "/a" * size),
    "dots in a host": (surt, lambda size: f"http://{'.' * size}a.test/"),
    "short chunks": (
        stored_form,
        lambda size: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * size + b"0\r\n\r\n",
    ),
    "kept chunks": (
        kept_response,
        lambda size: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * size + b"0\r\n\r\n",
    ),
    "interim answers": (stored_form, lambda size: b"HTTP/1.1 100 \r\n\r\n" * size + b"HTTP/1.1 200 OK\r\n\r\n"),
    "folded lines": (stored_form, lambda size: b"HTTP/1.1 200 OK\r\nA: b\r\n" + b" c\r\n" * size + b"\r\n"),
    "lines with bare line feeds": (stored_form, lambda size: b"HTTP/1.1 200 OK\n" + b"A:\n" * size + b"\n"),
    "header lines": (
        lambda block: response_of(Path("a.warc.gz"), response(block), Resolver()),
        lambda size: b"HTTP/1.1 200 OK\r\n" + b"Set-Cookie: a\r\n" * size + b"\r\n",
    ),
}


def response(block: bytes) -> Member:
    fields = [
        ("WARC-Type", "response"),
        ("WARC-Target-URI", "http://a.test/"),
        ("WARC-Date", "2026-11-22T03:20:11Z"),
        ("Content-Type", "application/http"),
    ]
    return Member(0, len(block), b"WARC/1.1\r\n\r\n", fields, block, complete=True)


@pytest.mark.parametrize("loop", LOOPS)
def test_no_loop_takes_quadratic_time(loop: str) -> None:
    call, make = LOOPS[loop]
    assert not grows_too_fast([call], [make(size) for size in (500, 2_000, 8_000, 32_000)])


#: Uncompressed records each of which claims more than there is, so that where it ends must be looked for.
RECORDS = {
    "heads without an end": b"WARC/1.0\nA:",
    "lengths beyond the end": b"WARC/1.0\r\nContent-Length: 999999999\r\n\r\n",
    "lengths that reach far": b"WARC/1.0\r\nContent-Length: HALF\r\n\r\n",
    "ARC": b"http://a.test/ 192.0.2.1 20080430204825 text/html 9999999\n",
}


class Counted(PlainFile):
    """A file that counts the bytes that are cut out of it."""

    count = 0

    def __getitem__(self, part: slice) -> bytes:
        data = super().__getitem__(part)
        self.count += len(data)
        return data


@pytest.mark.parametrize("unit", RECORDS)
def test_no_walk_reads_quadratically_much(unit: str, tmp_path: Path) -> None:
    counts = []
    for size in (2_000, 8_000):
        path = tmp_path / "a.warc"
        path.write_bytes(RECORDS[unit].replace(b"HALF", b"%09d" % (size * 20)) * size)
        with path.open("rb") as file:
            counted = Counted(file.fileno())
            assert [*plain_records(counted, 0, ARC if unit == "ARC" else WARC)]
        counts.append(counted.count)
    assert counts[1] < 6 * counts[0]
