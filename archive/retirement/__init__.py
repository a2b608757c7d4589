"""Old WARC files leave the folder, for another disk or for good, and what stays remains whole without them."""
