"""Faults as options of the command line.

`PATTERN=KIND`, then `;key=value` for the fault's fields, underscores written as hyphens:
`baosonla.vn/thoi-su*=429;retry-after=1;times=2`, `*/rss*=delay;seconds=3`, `baosonla.vn/*=refuse`.
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from tests.replica.burdens import LOADS, Burden
from tests.replica.faults import Delay, Drip, Fault, Instead, LongHeader, RedirectLoop, Refuse, Reset, Status, Truncate

KINDS: dict[str, type[Fault]] = {
    kind.kind: kind
    for kind in (Status, Instead, RedirectLoop, Refuse, Delay, Truncate, Reset, Drip, LongHeader, Burden)
}
_OPTION = re.compile(r"(?P<where>[^;]+)=(?P<kind>[a-z-]+|\d{3})(?P<fields>(;[a-z-]+=[^;]*)*)")


def parse_fault(option: str) -> Fault:
    """The fault that an option of the command line stands for; ValueError says what is wrong with it.

    >>> parse_fault("baosonla.vn/thoi-su*=429;retry-after=1;times=2")
    Status(where='baosonla.vn/thoi-su*', times=2, skip=0, status=429, retry_after='1')
    """
    match = _OPTION.fullmatch(option)
    if match is None:
        raise ValueError(f"a fault is PATTERN=KIND[;key=value...], not {option!r}")
    values = {}
    for pair in match["fields"].split(";")[1:]:
        key, _, value = pair.partition("=")
        values[key.replace("-", "_")] = value
    kind = match["kind"]
    if kind.isdigit():
        kind, values["status"] = "status", kind
    if kind not in KINDS:
        raise ValueError(f"no fault {kind!r}; there are {', '.join(KINDS)} and any status number")
    known = {field.name: str(field.type) for field in fields(KINDS[kind]) if field.name != "where"}
    if unknown := values.keys() - known.keys():
        raise ValueError(f"the fault {kind!r} knows {', '.join(known)}, not {', '.join(sorted(unknown))}")
    if values.get("at", "body") not in ("before", "headers", "body"):
        raise ValueError(f"a reset comes at before, headers or body, not {values['at']!r}")
    if kind == Burden.kind and values.get("load", "many-pictures") not in LOADS:
        raise ValueError(f"there is no burden {values['load']!r}, but {', '.join(LOADS)}")
    return KINDS[kind](match["where"], **{key: _as_type(value, known[key]) for key, value in values.items()})


def to_option(fault: Fault) -> str:
    """The option of the command line that gives this fault again; ValueError where its pattern cannot stand in one.

    >>> to_option(Delay("*/rss*", seconds=0.5, times=1))
    '*/rss*=delay;times=1;seconds=0.5'
    """
    if not fault.where or not {";", "\n"}.isdisjoint(fault.where):
        raise ValueError(f"a pattern is not empty and has no semicolon or line feed: {fault.where!r}")
    pairs = [
        f";{field.name.replace('_', '-')}={value}"
        for field in fields(fault)
        if field.name != "where" and (value := getattr(fault, field.name)) != field.default
    ]
    return f"{fault.where}={fault.kind}{''.join(pairs)}"


def _as_type(text: str, annotation: str) -> Any:
    if annotation.startswith("int"):
        return int(text)
    return float(text) if annotation == "float" else text
