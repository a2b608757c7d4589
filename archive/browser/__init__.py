"""Pages opened in Chromium: whatever it asks for is asked for by the crawl, and captured on the wire."""
