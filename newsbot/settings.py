"""The whole data flow, in the order in which a page meets it.

spiders/*             finds links, reads pages      -> Article
   | every download   archive                       -> data/warc/*.warc.gz
   | every link       newsbot.fingerprints          one fetch per article, however many URLs it has
   v
Article               newsbot.pipelines             normalise, require, publish (in capture order, once durable)
   v
JSONL                 newsbot.publication           data/articles/<spider>/*.jsonl, pointing into the WARC
close                 newsbot.health                data/runs/*.json, exit status of `scrapy crawl`
"""

import os

BOT_NAME = "newsbot"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "newsbot.commands"

DATA_DIR = os.environ.get("NEWSBOT_DATA", "data")

# Politeness: one request at a time a host, slower when the host is slow, never where robots.txt says no.
CONTACT = os.environ.get("NEWSBOT_CONTACT", "")
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1
AUTOTHROTTLE_ENABLED = True
COOKIES_ENABLED = False

# Closed by default: no console, no code from a local port.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# Every exchange with a site, byte for byte: archive/addon.py wires the capture.
ADDONS = {"archive.addon.ArchiveAddon": 100}
