"""How much may be asked for besides the pages themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from scrapy.settings import BaseSettings

#: Maximum number of hosts that a run asks for requisites: each costs a look at its robots.txt.
MOST_HOSTS = 100


@dataclass
class Budget:
    """Counts what a run asks for; 0 stands for no limit."""

    #: Requests for one page, in one run, to one host in a run.
    per_page: int
    per_run: int
    per_host: int
    #: Bytes received in a run.
    run_bytes: int
    hosts: Counter[str] = field(default_factory=Counter)
    bytes: int = 0

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Budget:
        page, run, host, size = (
            settings.getint(f"REQUISITES_{name}") for name in ("PER_PAGE", "PER_RUN", "PER_HOST", "RUN_BYTES")
        )
        return cls(page, run, host, size)

    def refuses(self, host: str, of_page: int) -> str:
        """Return the name of the budget that one more request would exceed; empty if there is room.

        :param of_page: requests made for the page so far.

        >>> Budget(5, 0, 2, 0, Counter(a=2)).refuses("a", 0), Budget(5, 0, 2, 0).refuses("a", 5)
        ('host', 'page')
        """
        if self.per_page and of_page >= self.per_page:
            return "page"
        if self.per_run and self.hosts.total() >= self.per_run:
            return "run"
        if self.per_host and self.hosts[host] >= self.per_host:
            return "host"
        if self.is_spent:
            return "bytes"
        return "hosts" if len(self.hosts) >= MOST_HOSTS and host not in self.hosts else ""

    @property
    def is_spent(self) -> bool:
        """Whether as many bytes were received as may be."""
        return bool(self.run_bytes) and self.bytes >= self.run_bytes
