"""What newsbot costs, as a ratio to bare Scrapy on the same pages: `python -m tests.bench`."""
