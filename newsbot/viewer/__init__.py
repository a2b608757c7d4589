"""Shows an archive in a browser: search, articles with their versions, and their captures in a player."""
