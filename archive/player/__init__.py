"""Plays WARC files in a browser where they lie: a package that is never written, and the player's origin."""
