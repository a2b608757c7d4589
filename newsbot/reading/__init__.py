"""From a page, or the capture of one, to an article."""
