"""The page that `scrapy report` writes: one file, no script, nothing fetched."""
