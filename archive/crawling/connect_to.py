"""The setting ``CONNECT_TO``: connects to another address than the URL's, as curl's ``--connect-to`` does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from archive.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to connect; None keeps what the URL says."""

    host: str | None
    port: int | None


class ConnectTo:
    """Rules ``HOST1:PORT1:HOST2:PORT2``: requests to the first pair connect to the second.

    An empty HOST1 or PORT1 stands for any, an empty HOST2 or PORT2 keeps the URL's; IPv6 addresses stand in brackets.
    The first rule that fits wins. Requests, their Host header and TLS names stay as they are.

    >>> rules = ConnectTo(["a.test:443:127.0.0.1:8443", ":80::8080"])
    >>> rules.target("a.test", 443)
    Destination(host='127.0.0.1', port=8443)
    >>> rules.target("b.test", 80)
    Destination(host=None, port=8080)
    >>> rules.target("b.test", 443) is None
    True

    :raises ArchiveError: if a rule has another form.
    """

    def __init__(self, rules: Iterable[str] = ()):
        self._rules = [_parse(rule) for rule in rules]

    def target(self, host: str, port: int) -> Destination | None:
        """Return where to connect for a URL's host and port, or None where no rule applies."""
        for from_host, from_port, target in self._rules:
            if from_host in ("", host.lower()) and from_port in (None, port):
                return target
        return None


def _parse(rule: str) -> tuple[str, int | None, Destination]:
    parts, rest = [], rule.strip()
    for _ in range(3):
        if rest.startswith("["):
            part, bracket, rest = rest[1:].partition("]")
            rest = rest.removeprefix(":") if bracket else ""
        else:
            part, _, rest = rest.partition(":")
        parts.append(part)
    from_host, from_port, to_host, to_port = *parts, rest
    if rule.count(":") < 3 or not all(p == "" or (p.isdecimal() and 0 < int(p) < 65536) for p in (from_port, to_port)):
        raise ArchiveError(f"CONNECT_TO: {rule!r} is not of the form HOST1:PORT1:HOST2:PORT2")
    return (
        from_host.lower(),
        int(from_port) if from_port else None,
        Destination(to_host or None, int(to_port) if to_port else None),
    )
