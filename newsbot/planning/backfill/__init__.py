"""The backfill strategy: a crawl of a source's past, as far back as its lists reach."""
