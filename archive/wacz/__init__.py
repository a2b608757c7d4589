"""WACZ 1.1.1 packages: WARC files, their index, pages and a description in one ZIP file, which replays alone."""
