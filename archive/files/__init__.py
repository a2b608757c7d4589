"""Files that appear whole or not at all, and the gzip members in them."""
