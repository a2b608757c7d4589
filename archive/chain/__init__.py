"""A signed chain: what the files of an archive were, entry by entry, so that no change of them goes unseen."""
