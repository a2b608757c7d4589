"""From articles to lines, in step with the archive."""
