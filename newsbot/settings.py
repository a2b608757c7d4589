"""The whole data flow, in the order in which a page meets it.

spiders/*             finds links, reads pages   -> Article
   | every request    newsbot.fetching           one fetch per article, as the site asks: robots.txt, Retry-After
   | every download   archive                    -> data/warc/*.warc.gz, byte for byte
   v
Article               newsbot.pipelines          normalise, require, publish (in capture order, once durable)
   v
JSONL                 newsbot.publishing         data/articles/<spider>/*.jsonl, pointing into the WARC
   | what is known    newsbot.state              data/state.sqlite: versions and duplicates; can be rebuilt
close                 newsbot.health             data/runs/*.json, exit status of `scrapy crawl`
"""

from newsbot.configuration.given_settings import given_settings

BOT_NAME = "newsbot"
SPIDER_MODULES = ["spiders"]
SPIDER_LOADER_CLASS = "newsbot.configuration.sources.SourceLoader"
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "newsbot.commands"

# Where everything goes: warc/, articles/, runs/, locks/ and the state database.
DATA_DIR = "data"
ARCHIVE_DIR = ""  # <DATA_DIR>/warc
STATE_URL = ""  # sqlite:///<DATA_DIR>/state.sqlite
ARCHIVE_DISK_FLOOR = 1 << 30  # bytes that must be free; below, no crawl begins, and a running one pauses, then stops

# The time at which the clock stands when a crawl begins, ISO 8601 with a zone; empty: the real one.
NOW = ""

# Who asks: a URL or e-mail address under which a site can reach the operator; it goes into the user agent.
CONTACT = ""
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi",
}

# One fetch per article.
REQUEST_FINGERPRINTER_CLASS = "newsbot.fetching.fingerprints.ArticleFingerprinter"

# Politeness: one request at a time a host, slower when the host is slow, never where robots.txt says no.
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1
AUTOTHROTTLE_MAX_DELAY = 60
RETRY_AFTER_MAX = 600
CRAWL_DELAY_MAX = 60
COOKIES_ENABLED = False
DOWNLOADER = "newsbot.fetching.outcomes.CountingDownloader"
DOWNLOADER_MIDDLEWARES = {
    "newsbot.fetching.large_pages.LargePages": 5,
    "newsbot.fetching.outcomes.Outcomes": 10,
    "newsbot.fetching.do_not_fetch.DoNotFetch": 50,  # what was redacted
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # lets requests pass that wait for robots.txt
    "newsbot.fetching.robots.RobotsTxt": 100,
    "newsbot.fetching.politeness.Politeness": 560,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,  # guesses at packed text
    "newsbot.fetching.compression.Compression": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,  # loses over-long chains without a count
    "newsbot.fetching.outcomes.Redirects": 600,
}
SPIDER_MIDDLEWARES = {"newsbot.fetching.turns.Turns": 1100}  # the innermost
RETRY_GIVE_UP_LOG_LEVEL = "WARNING"

# Looking again: an article's gaps after its first fetch; 304 and equal text cost no line.
RECHECK_GAPS = ["1h", "6h", "1d", "7d", "30d"]

# What a run leaves behind: days until its log is deleted (0: never), and until its report is packed with its month's.
KEEP_LOGS = 30
KEEP_REPORTS = 7

# Closed by default: no console, no code from a local port, certificates checked, nothing endless read.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 64 << 20
DOWNLOAD_WARNSIZE = 16 << 20

# Every exchange with a site, byte for byte: archive/addon.py wires the capture and says what can be set.
ADDONS = {
    "newsbot.configuration.folders.Folders": 50,
    "archive.addon.ArchiveAddon": 100,
}

# A page that sends a browser on after a while is an article all the same, or a wall; it is read as it is.
METAREFRESH_ENABLED = False

# Articles, in the order in which they pass. Scrapy starts as many tasks for each page, and a page holds one article.
CONCURRENT_ITEMS = 1
ITEM_PIPELINES = {
    "newsbot.pipelines.Normalise": 100,
    "newsbot.pipelines.Require": 200,
    "newsbot.pipelines.Publish": 300,
}

# What puts the parts together and ends them; how the run went: shares above which a source counts as unhealthy.
EXTENSIONS = {
    "newsbot.running.composition.Composition": 500,
    "newsbot.running.error_log.ErrorLog": 900,
    "newsbot.running.progress.Progress": 901,
    "newsbot.running.progress.ShownProgress": 901,
    "newsbot.fetching.ending.Ending": 902,
}
STATS_DUMP = False  # all of them are in the run report
SHOW_PROGRESS = False  # count up on standard error; set where a person sits at a terminal
PROGRESS_FILE = ""  # where to say every second how far the crawl is; crawlall sets it
PARENT_PROCESS = 0  # the process with which the crawl shall end; crawlall sets it
END_AT = 0.0  # when the crawl shall end, in seconds since 1970, as it does after CLOSESPIDER_TIMEOUT; crawlall sets it
LOG_LEVEL = "INFO"
HEALTH_ERROR_SHARE = 0.1
HEALTH_INCOMPLETE_SHARE = 0.1
HEALTH_GENERIC_SHARE = 0.5
HEALTH_UNDATED_SHARE = 0.5
HEALTH_LOCKED_HOURS = 12  # that a source may be locked by one run before that counts as a failure

# Who hears of it: apprise URLs separated by spaces; a URL asked for after each job that went well and one after each
# other (empty: the same with /fail behind it); a folder for node_exporter's textfile collector.
NOTIFY_URLS = ""
HEARTBEAT_URL = ""
HEARTBEAT_FAIL_URL = ""
PROMETHEUS_TEXTFILE = ""

# What packages (scrapy wacz) say of themselves: who made them, whose rights; a title and a description only if the
# usual ones will not do. WACZ_LICENSE is the name or the address of a licence.
WACZ_TITLE = ""
WACZ_DESCRIPTION = ""
WACZ_CREATOR = ""
WACZ_PUBLISHER = ""
WACZ_RIGHTS = ""
WACZ_LICENSE = ""

# What the operator wants otherwise: NEWSBOT_<NAME> in the environment, or newsbot.toml. See docs/operate/settings.md.
globals().update(given_settings(globals()))
