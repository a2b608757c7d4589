"""Several crawls: begun in turn, watched, shown, ended in time."""
