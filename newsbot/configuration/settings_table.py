"""Every setting an operator may change: kind, default, what it does, and whether one source may have its own.

One table for all: `newsbot.settings` takes its defaults from it, newsbot.toml, NEWSBOT_<NAME> and -s are checked by it,
and ``make docs`` writes it into docs/operate/settings.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from scrapy.settings import BaseSettings

from newsbot.configuration import setting_kinds as kinds
from newsbot.configuration.setting_kinds import Kind, kind_of_default


class Setting(NamedTuple):
    """A setting an operator may change."""

    name: str
    kind: Kind
    #: None: Scrapy's or the archive's own.
    default: Any
    meaning: str
    for_a_source: bool = False
    #: What the documents say of the default, and the environment variable, where they are not the usual ones.
    shown: str = ""
    variable: str = ""


_ONE: Final = True  # may be set for one source

TABLE: Final = (
    Setting("DATA_DIR", kinds.DATA, "data", "where everything goes", variable="NEWSBOT_DATA"),
    Setting("CONTACT", kinds.CONTACT, "",
            "URL or e-mail address at which a site can reach you; goes into the user agent"),
    Setting("USER_AGENT", kinds.AGENT, None,
            "who asks, if not newsbot, its version and CONTACT", _ONE, shown="made of CONTACT"),
    Setting("ENABLED", kinds.SWITCH, True, "crawled by a `crawlall` that names no source", _ONE,
            shown="true; false where a site is kept as an archive only"),
    Setting("EVERY", kinds.GAP, "",
            "hours (h) or days (d) between the beginnings of two runs by a `crawlall` that names no source", _ONE,
            shown="each time"),
    Setting("DOWNLOAD_DELAY", kinds.NUMBER, 1,
            "seconds between two requests to a host; AutoThrottle makes it longer", _ONE),
    Setting("DOWNLOAD_TIMEOUT", kinds.NUMBER, 60, "seconds after which a request is given up", _ONE),
    Setting("DOWNLOAD_MAXSIZE", kinds.WHOLE, 64 << 20, "maximum size of an answer in bytes; a longer one is cut", _ONE),
    Setting("DOWNLOAD_VERIFY_CERTIFICATES", kinds.SWITCH, True, "refuse sites with a broken certificate", _ONE),
    Setting("CONCURRENT_REQUESTS_PER_DOMAIN", kinds.AT_A_TIME, 1, "requests to a host at a time", _ONE),
    Setting("AUTOTHROTTLE_ENABLED", kinds.SWITCH, True, "slow down for slow hosts", _ONE),
    Setting("AUTOTHROTTLE_MAX_DELAY", kinds.NUMBER, 60, "maximum seconds between two requests to a slow host", _ONE),
    Setting("CRAWL_DELAY_MAX", kinds.NUMBER, 60,
            "maximum seconds of robots.txt's `Crawl-delay` that are honoured", _ONE),
    Setting("RETRY_AFTER_MAX", kinds.NUMBER, 600,
            "maximum seconds of `Retry-After`; a host that asks for more is left alone for this run", _ONE),
    Setting("ROBOTSTXT_OBEY", kinds.SWITCH, True, "obey robots.txt", _ONE),
    Setting("CLOSESPIDER_TIMEOUT", kinds.NUMBER, None,
            "seconds after which a crawl ends in good order; 0: no limit", _ONE),
    Setting("RECHECK_GAPS", kinds.GAPS, ["1h", "6h", "1d", "7d", "30d"],
            "hours (h) or days (d) from each fetch of an article to the next", _ONE),
    Setting("CONNECT_TO", kinds.RULES, None,
            "`HOST1:PORT1:HOST2:PORT2,…` as curl's `--connect-to`: reach a host elsewhere", _ONE),
    Setting("ARCHIVE_ALLOW_PRIVATE", kinds.SWITCH, None, "connect to private addresses, too", _ONE),
    Setting("ARCHIVE_DIR", kinds.PATH, "", "where the WARC files are", shown="`<DATA_DIR>/warc`"),
    Setting("ARCHIVE_INDEX_DIR", kinds.PATH, None, "where the CDXJ index is", shown="`index` beside ARCHIVE_DIR"),
    Setting("ARCHIVE_DEDUP", kinds.PATH, None,
            "where known payloads are recorded; `off` keeps every payload each time",
            shown="`dedup.sqlite` beside ARCHIVE_DIR"),
    Setting("ARCHIVE_DEDUP_MIN_BYTES", kinds.WHOLE, None, "smaller payloads are kept each time"),
    Setting("ARCHIVE_MAX_BYTES", kinds.WHOLE, None, "bytes after which a new WARC file is begun", _ONE, shown="1 GB"),
    Setting("ARCHIVE_MAX_SECONDS", kinds.NUMBER, None, "seconds after which a new WARC file is begun", _ONE),
    Setting("ARCHIVE_SYNC", kinds.SYNC, None,
            "seconds between two syncs to disk, or `record` or `close`; lines wait for them", _ONE),
    Setting("ARCHIVE_DISK_FLOOR", kinds.WHOLE, 1 << 30,
            "free bytes below which no crawl begins and a running one pauses", shown="1 GiB"),
    Setting("ARCHIVE_DISK_PATIENCE", kinds.WHOLE, None, "seconds after which a paused crawl stops (status 3)"),
    Setting("ARCHIVE_REDACT_HEADERS", kinds.TEXTS, None, "request headers whose values are not kept", _ONE),
    Setting("ARCHIVE_WARCINFO", kinds.FIELDS, None,
            "further fields of the warcinfo record, such as `operator`", _ONE, shown="none"),
    Setting("REQUISITES", kinds.REQUISITES, "all",
            "what pages need to be shown is captured, too: `all`, `images` or `off`", _ONE),
    Setting("REQUISITES_DATABASE", kinds.PATH, None,
            "where it is recorded what was asked for", shown="`requisites.sqlite` beside ARCHIVE_DIR"),
    Setting("REQUISITES_PER_PAGE", kinds.WHOLE, None,
            "maximum number of requests for what one page needs; 0: no limit", _ONE),
    Setting("REQUISITES_PER_RUN", kinds.WHOLE, None, "likewise of one run", _ONE),
    Setting("REQUISITES_PER_HOST", kinds.WHOLE, None, "likewise to one host in a run", _ONE),
    Setting("REQUISITES_RUN_BYTES", kinds.WHOLE, None,
            "bytes received in a run after which no more is asked for; 0: no limit", _ONE, shown="1 GiB"),
    Setting("REQUISITES_MAX_BYTES", kinds.WHOLE, None,
            "maximum size of one of them in bytes; a longer one is cut", _ONE, shown="20 MiB"),
    Setting("REQUISITES_REFUSE_TYPES", kinds.TEXTS, None, "beginnings of media types that are not kept", _ONE),
    Setting("REQUISITES_SKIP_HOSTS", kinds.TEXTS, None,
            "hosts, with those below them, that are not asked", _ONE, shown="advertisers and visitor counters"),
    Setting("REQUISITES_ROBOTSTXT_OBEY", kinds.SWITCH, None, "obey robots.txt there, too", _ONE),
    Setting("REQUISITES_DELAY", kinds.NUMBER, None,
            "seconds between two such requests to a host; two are made at a time at most", _ONE),
    Setting("REQUISITES_RECHECK_DAYS", kinds.NUMBER, None,
            "minimum number of days between two looks at the same address", _ONE),
    Setting("BROWSER", kinds.BROWSER, "walls",
            "what Chromium opens, where it is installed: `walls` that stand in place of articles, all `articles`, or "
            "`never` anything", _ONE),
    Setting("BROWSER_PATH", kinds.TEXT, None,
            "its program", shown="`chromium` on PATH, else the one that Playwright has fetched"),
    Setting("BROWSER_PAGES", kinds.AT_A_TIME, None, "pages that it has open at a time"),
    Setting("BROWSER_TIMEOUT", kinds.NUMBER, None,
            "seconds after which a page is taken as it is, its waiting for its turn not counted", _ONE),
    Setting("STATE_URL", kinds.DATABASE, "",
            "SQLAlchemy URL of the state database", shown="`state.sqlite` in DATA_DIR"),
    Setting("SIGNING_KEY", kinds.PATH, "",
            "file of the key that signs the chain of runs; made at first use",
            shown="`chain/signing-key.pem` in DATA_DIR"),
    Setting("TIMESTAMP_URL", kinds.PAGE, "",
            "RFC 3161 time-stamping authority that is asked, after each run, when the chain's last entry was there"),
    Setting("TIMESTAMP_CERTIFICATES", kinds.PATH, "",
            "PEM file of the certificates by which time stamps are checked",
            shown="those that the stamps bring along"),
    Setting("KEEP_LOGS", kinds.DAYS, 30,
            "days until a crawl's log is deleted (it is compressed after one); 0: never", _ONE),
    Setting("KEEP_REPORTS", kinds.DAYS, 7,
            "days until a run report is packed with those of its month; none is deleted", _ONE),
    Setting("LOG_LEVEL", kinds.LEVEL, "INFO", "DEBUG, INFO, WARNING, ERROR or CRITICAL", _ONE),
    Setting("HEALTH_ERROR_SHARE", kinds.SHARE, 0.1,
            "share of article pages that may fail; beyond it a source is not well", _ONE),
    Setting("HEALTH_INCOMPLETE_SHARE", kinds.SHARE, 0.1, "share of articles that may lack title or body", _ONE),
    Setting("HEALTH_GENERIC_SHARE", kinds.SHARE, 0.5, "share of articles that may fit no layout", _ONE),
    Setting("HEALTH_UNDATED_SHARE", kinds.SHARE, 0.5, "share of articles that may lack a date", _ONE),
    Setting("HEALTH_LOCKED_HOURS", kinds.WHOLE, 12,
            "hours that one run may hold a source; to be locked out for longer is status 1"),
    Setting("NOTIFY_URLS", kinds.SERVICES, "", "apprise URLs, separated by spaces, to which messages go"),
    Setting("HEARTBEAT_URL", kinds.PAGE, "", "requested after each job that went well"),
    Setting("HEARTBEAT_FAIL_URL", kinds.PAGE, "", "requested after any other job", shown="HEARTBEAT_URL + `/fail`"),
    Setting("PROMETHEUS_TEXTFILE", kinds.PATH, "", "folder of node_exporter's textfile collector"),
    Setting("WACZ_TITLE", kinds.TEXT, "", "title of packages", shown="made of sources and dates"),
    Setting("WACZ_DESCRIPTION", kinds.TEXT, "", "their description", shown="likewise"),
    Setting("WACZ_CREATOR", kinds.TEXT, "", "who made them", variable="NEWSBOT_CREATOR"),
    Setting("WACZ_PUBLISHER", kinds.TEXT, "", "who publishes them", variable="NEWSBOT_PUBLISHER"),
    Setting("WACZ_RIGHTS", kinds.TEXT, "", "whose rights apply", variable="NEWSBOT_RIGHTS"),
    Setting("WACZ_LICENSE", kinds.TEXT, "", "name or URL of their licence", variable="NEWSBOT_LICENSE"),
    Setting("NOW", kinds.MOMENT, "",
            "time at which a crawl's clock begins, ISO 8601 with a zone: to play years in minutes",
            shown="the real time"),
)  # fmt: skip

#: Kinds of further settings of Scrapy's, where the type of the default is not all there is to say.
_SCRAPYS: Final = {
    **dict.fromkeys(("CONCURRENT_REQUESTS", "CONCURRENT_ITEMS"), kinds.AT_A_TIME),
    **dict.fromkeys(("AUTOTHROTTLE_START_DELAY", "CLOSESPIDER_TIMEOUT_NO_ITEM", "DNS_TIMEOUT"), kinds.NUMBER),
    **dict.fromkeys(("DEPTH_PRIORITY", "REDIRECT_PRIORITY_ADJUST", "RETRY_PRIORITY_ADJUST"), kinds.SIGNED),
    "LOG_FILE": kinds.PATH,
}
_KINDS: Final = {each.name: each.kind for each in TABLE} | _SCRAPYS
#: Whoever knows one of these can speak as newsbot.
SECRETS: Final = frozenset(name for name, kind in _KINDS.items() if kind.is_secret)
#: Settings that name a file or a folder.
PATHS: Final = tuple(name for name, kind in _KINDS.items() if kind.is_path)
#: Defaults that are newsbot's own.
DEFAULTS: Final = {each.name: each.default for each in TABLE if each.default is not None}
#: The variable that goes by another name than NEWSBOT_ and the setting's.
VARIABLES: Final = {each.name: each.variable for each in TABLE if each.variable}
#: What may not be set for one source alone.
FOR_ALL: Final = frozenset(each.name for each in TABLE if not each.for_a_source)
#: What the program itself sets, or how its parts are put together; so are all tables that are not in TABLE.
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


def kind_of(name: str, default: object) -> Kind:
    """Return the kind of a setting; that of its default where no table names it."""
    return _KINDS.get(name) or kind_of_default(default)


def mistakes(settings: BaseSettings, defaults: Mapping[str, object]) -> Iterator[str]:
    """Yield what is wrong with the values of settings, one line each, which begins with the setting's name.

    A value that is no text was read from newsbot.toml or written in Python, and has its form.

    :param defaults: of all settings.
    """
    for name, attribute in sorted(settings.attributes.items()):  # asking a deprecated setting by name warns
        if wrong := kind_of(name, defaults.get(name)).mistake(attribute.value):
            yield f"{name}: {wrong}"
    if settings.get("FEEDS"):
        yield (
            "-o, -O, FEEDS: a line is published when its capture is on disk, and an export would not wait for that: "
            f"read {settings['DATA_DIR']}/articles/<source>/*.jsonl"
        )


def is_wiring(name: str, default: object) -> bool:
    """Return whether a setting says how the parts are put together, which is no operator's business.

    >>> is_wiring("ITEM_PIPELINES", {}), is_wiring("ARCHIVE_WARCINFO", {}), is_wiring("RETRY_TIMES", 2)
    (True, False, False)
    """
    return name in _WIRING or (isinstance(default, Mapping) and name not in _KINDS)


def markdown(defaults: Mapping[str, object]) -> str:
    """Return the table in Markdown.

    :param defaults: of all settings, also Scrapy's and the archive's.
    """
    rows = ["| setting | default | for a source | what it does |", "|---|---|---|---|"]
    for each in TABLE:
        names = f"`{each.name}`" + (f" (`{each.variable}`)" if each.variable else "")
        cells = (names, each.shown or _shown(defaults[each.name]), "yes" if each.for_a_source else "", each.meaning)
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
