"""The archive of a crawl, wired into Scrapy: the wire tee and what stands around it."""
