"""Page requisites: what a page needs to be shown, read from it and from its style sheets."""
