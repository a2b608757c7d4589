"""The whole data flow, in the order in which a page meets it.

spiders/*             finds links, reads pages   -> Article
   | every request    newsbot.fetching           one fetch per article, as the site asks: robots.txt, Retry-After
   | every download   archive                    -> data/warc/*.warc.gz, byte for byte, Chromium's, too
   v
Article               newsbot.pipelines          normalise, require, publish (in capture order, once durable)
   v
JSONL                 newsbot.publishing         data/articles/<spider>/*.jsonl, pointing into the WARC
   | what is known    newsbot.state              data/state.sqlite: versions and duplicates; can be rebuilt
close                 newsbot.health             data/runs/*.json, exit status of `scrapy crawl`
"""

from newsbot.configuration.given_settings import operators_settings

BOT_NAME = "newsbot"
SPIDER_MODULES = ["spiders"]
SPIDER_LOADER_CLASS = "newsbot.configuration.sources.SourceLoader"
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "newsbot.commands"

DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi",
}

# One fetch per article.
REQUEST_FINGERPRINTER_CLASS = "newsbot.fetching.fingerprints.ArticleFingerprinter"

# Between a request and its site; how often it is asked is the operator's (settings_table.py).
AUTOTHROTTLE_START_DELAY = 1
COOKIES_ENABLED = False
DOWNLOADER = "newsbot.fetching.outcomes.CountingDownloader"
SCHEDULER_PRIORITY_QUEUE = "newsbot.fetching.resting.RestingAwareQueue"
DOWNLOADER_MIDDLEWARES = {
    "newsbot.fetching.large_pages.LargePages": 5,
    "newsbot.fetching.outcomes.Outcomes": 10,
    "newsbot.fetching.do_not_fetch.DoNotFetch": 50,  # what was redacted
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # gives no sign but a text
    "newsbot.fetching.outcomes.Offsite": 50,
    "newsbot.fetching.article_frames.ArticleFrames": 60,
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

# Closed: no console, no code from a local port.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DOWNLOAD_WARNSIZE = 16 << 20  # bytes; DOWNLOAD_MAXSIZE is the limit

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

# What puts the parts together, watches them, and ends them.
EXTENSIONS = {
    "newsbot.running.composition.Composition": 500,
    "newsbot.running.error_log.ErrorLog": 900,
    "newsbot.running.progress.Progress": 901,
    "newsbot.running.progress.ShownProgress": 901,
    "newsbot.fetching.ending.Ending": 902,
}
STATS_DUMP = False  # all of them are in the run report
SHOW_PROGRESS = False  # count up on standard error; set where a person sits at a terminal
# What crawlall sets for the crawls it starts:
PROGRESS_FILE = ""  # where to say every second how far the crawl is
PARENT_PROCESS = 0  # the process with which the crawl ends
END_AT = 0.0  # when the crawl ends, in seconds since 1970, as it does after CLOSESPIDER_TIMEOUT

# What an operator may change: defaults, newsbot.toml, NEWSBOT_<NAME> (settings_table.py, docs/operate/settings.md).
globals().update(operators_settings(globals()))
