"""Every setting an operator may want to change, as docs/operate/settings.md has them, and which one source may have.

``make docs`` writes the table into the page; tests hold the page, and the settings themselves, to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Setting(NamedTuple):
    """A setting; ``default`` and ``variable`` where the table should not say the usual."""

    name: str
    meaning: str
    for_a_source: bool = False
    default: str = ""
    variable: str = ""


_ONE: Final = True  # may be set for one source

TABLE: Final = (
    Setting("DATA_DIR", "where everything goes", variable="NEWSBOT_DATA"),
    Setting("CONTACT", "URL or e-mail address at which a site can reach you; goes into the user agent"),
    Setting("USER_AGENT", "who asks, if not newsbot, its version and CONTACT", _ONE, "made of CONTACT"),
    Setting("DOWNLOAD_DELAY", "seconds between two requests to a host; AutoThrottle makes it longer", _ONE),
    Setting("DOWNLOAD_TIMEOUT", "seconds after which a request is given up", _ONE),
    Setting("DOWNLOAD_MAXSIZE", "maximum size of an answer in bytes; a longer one is cut", _ONE),
    Setting("DOWNLOAD_VERIFY_CERTIFICATES", "refuse sites with a broken certificate", _ONE),
    Setting("CONCURRENT_REQUESTS_PER_DOMAIN", "requests to a host at a time", _ONE),
    Setting("AUTOTHROTTLE_ENABLED", "slow down for slow hosts", _ONE),
    Setting("AUTOTHROTTLE_MAX_DELAY", "maximum seconds between two requests to a slow host", _ONE),
    Setting("CRAWL_DELAY_MAX", "maximum seconds of robots.txt's `Crawl-delay` that are honoured", _ONE),
    Setting("RETRY_AFTER_MAX", "maximum seconds of `Retry-After`; a host that asks for more is left alone for this run",
            _ONE),
    Setting("ROBOTSTXT_OBEY", "obey robots.txt", _ONE),
    Setting("CLOSESPIDER_TIMEOUT", "seconds after which a crawl ends in good order; 0: no limit", _ONE),
    Setting("RECHECK_GAPS", "hours (h) or days (d) from each fetch of an article to the next", _ONE),
    Setting("CONNECT_TO", "`HOST1:PORT1:HOST2:PORT2,…` as curl's `--connect-to`: reach a host elsewhere", _ONE),
    Setting("ARCHIVE_ALLOW_PRIVATE", "connect to private addresses, too", _ONE),
    Setting("ARCHIVE_DIR", "where the WARC files are", default="`<DATA_DIR>/warc`"),
    Setting("ARCHIVE_INDEX_DIR", "where the CDXJ index is", default="`index` beside ARCHIVE_DIR"),
    Setting("ARCHIVE_DEDUP", "where known payloads are recorded; `off` keeps every payload each time",
            default="`dedup.sqlite` beside ARCHIVE_DIR"),
    Setting("ARCHIVE_DEDUP_MIN_BYTES", "smaller payloads are kept each time"),
    Setting("ARCHIVE_MAX_BYTES", "bytes after which a new WARC file is begun", _ONE, "1 GB"),
    Setting("ARCHIVE_MAX_SECONDS", "seconds after which a new WARC file is begun", _ONE),
    Setting("ARCHIVE_SYNC", "seconds between two syncs to disk, or `record` or `close`; lines wait for them", _ONE),
    Setting("ARCHIVE_DISK_FLOOR", "free bytes below which no crawl begins and a running one pauses", default="1 GiB"),
    Setting("ARCHIVE_DISK_PATIENCE", "seconds after which a paused crawl stops (status 3)"),
    Setting("ARCHIVE_REDACT_HEADERS", "request headers whose values are not kept", _ONE),
    Setting("ARCHIVE_WARCINFO", "further fields of the warcinfo record, such as `operator`", _ONE, "none"),
    Setting("STATE_URL", "SQLAlchemy URL of the state database", default="`state.sqlite` in DATA_DIR"),
    Setting("KEEP_LOGS", "days until a crawl's log is deleted (it is compressed after one); 0: never", _ONE),
    Setting("KEEP_REPORTS", "days until a run report is packed with those of its month; none is deleted", _ONE),
    Setting("LOG_LEVEL", "DEBUG, INFO, WARNING, ERROR or CRITICAL", _ONE),
    Setting("HEALTH_ERROR_SHARE", "share of article pages that may fail; beyond it a source is not well", _ONE),
    Setting("HEALTH_INCOMPLETE_SHARE", "share of articles that may lack title or body", _ONE),
    Setting("HEALTH_GENERIC_SHARE", "share of articles that may fit no layout", _ONE),
    Setting("HEALTH_UNDATED_SHARE", "share of articles that may lack a date", _ONE),
    Setting("HEALTH_LOCKED_HOURS", "hours that one run may hold a source; to be locked out for longer is status 1"),
    Setting("NOTIFY_URLS", "apprise URLs, separated by spaces, to which messages go"),
    Setting("HEARTBEAT_URL", "requested after each job that went well"),
    Setting("HEARTBEAT_FAIL_URL", "requested after any other job", default="HEARTBEAT_URL + `/fail`"),
    Setting("PROMETHEUS_TEXTFILE", "folder of node_exporter's textfile collector"),
    Setting("WACZ_TITLE", "title of packages", default="made of sources and dates"),
    Setting("WACZ_DESCRIPTION", "their description", default="likewise"),
    Setting("WACZ_CREATOR", "who made them", variable="NEWSBOT_CREATOR"),
    Setting("WACZ_PUBLISHER", "who publishes them", variable="NEWSBOT_PUBLISHER"),
    Setting("WACZ_RIGHTS", "whose rights apply", variable="NEWSBOT_RIGHTS"),
    Setting("WACZ_LICENSE", "name or URL of their licence", variable="NEWSBOT_LICENSE"),
    Setting("NOW", "time at which a crawl's clock begins, ISO 8601 with a zone: to play years in minutes",
            default="the real time"),
)  # fmt: skip

#: The variable that goes by another name than NEWSBOT_ and the setting's.
VARIABLES: Final = {each.name: each.variable for each in TABLE if each.variable}
#: What may not be set for one source alone.
FOR_ALL: Final = frozenset(each.name for each in TABLE if not each.for_a_source)
_NAMES: Final = frozenset(each.name for each in TABLE)
_WIRING: Final = frozenset(
    {
        "BOT_NAME",
        "COMMANDS_MODULE",
        "NEWSPIDER_MODULE",
        "SPIDER_MODULES",
        "REQUEST_FINGERPRINTER_CLASS",
        "PROGRESS_FILE",
        "SHOW_PROGRESS",
        "PARENT_PROCESS",
        "END_AT",
    }
)


def is_wiring(name: str, default: object) -> bool:
    """Return whether a setting says how the parts are put together, which is no operator's business.

    >>> is_wiring("ITEM_PIPELINES", {}), is_wiring("ARCHIVE_WARCINFO", {}), is_wiring("RETRY_TIMES", 2)
    (True, False, False)
    """
    return name in _WIRING or (isinstance(default, Mapping) and name not in _NAMES)


def markdown(defaults: Mapping[str, object]) -> str:
    """Return the table in Markdown."""
    rows = ["| setting | default | for a source | what it does |", "|---|---|---|---|"]
    for each in TABLE:
        names = f"`{each.name}`" + (f" (`{each.variable}`)" if each.variable else "")
        cells = (names, each.default or _shown(defaults[each.name]), "yes" if each.for_a_source else "", each.meaning)
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _shown(value: object) -> str:
    """Return a default as the table says it.

    >>> _shown(["1h", "6h"]), _shown(""), _shown(True), _shown(60)
    ('1h, 6h', '–', 'true', '60')
    """
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return str(value).lower() if isinstance(value, bool) else str(value) or "–"
