"""Tells hosts that serve nothing of a page's own: advertisements, and counters of visitors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

#: Registered domains; their subdomains are meant, too. International ones, then those that Vietnamese papers use.
ADS_AND_TRACKERS: Final = (
    "2mdn.net", "adnxs.com", "adsafeprotected.com", "amazon-adsystem.com", "amung.us", "chartbeat.com",
    "chartbeat.net", "clarity.ms", "cloudflareinsights.com", "criteo.com", "criteo.net", "doubleclick.net",
    "facebook.com", "facebook.net", "google-analytics.com", "googleadservices.com", "googlesyndication.com",
    "googletagmanager.com", "googletagservices.com", "histats.com", "hotjar.com", "imasdk.googleapis.com",
    "innity.com", "innity.net", "mgid.com", "newrelic.com", "nr-data.net", "onesignal.com", "outbrain.com",
    "pubmatic.com", "quantserve.com", "rubiconproject.com", "scorecardresearch.com", "statcounter.com", "taboola.com",
    "teads.tv", "yandex.ru",
    "adasiaholdings.com", "admicro.vn", "adnetwork.vn", "adtimaserver.vn", "ambient-platform.com", "ants.vn",
    "blueseed.tv", "eclick.vn", "gammaplatform.com", "netlink.vn", "novanet.vn", "optad360.io", "polyad.net",
    "sp.zalo.me", "sspapi.admatic.com.tr", "yomedia.vn", "za.zalo.me",
)  # fmt: skip


class SkippedHosts:
    """Hosts by their registered domains.

    >>> skipped = SkippedHosts(["eclick.vn"])
    >>> [host in skipped for host in ("eclick.vn", "s.eclick.vn", "notreclick.vn", "eclick.vn.test")]
    [True, True, False, False]
    """

    def __init__(self, domains: Iterable[str]):
        self._domains = frozenset(domain.strip().lower().lstrip(".") for domain in domains)

    def __contains__(self, host: str) -> bool:
        labels = host.rstrip(".").split(".")
        return any(".".join(labels[start:]) in self._domains for start in range(len(labels)))


def host_of(url: str) -> str:
    """Return the host of an address, in lower case."""
    return urlsplit(url).hostname or ""
