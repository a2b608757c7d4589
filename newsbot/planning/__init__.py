"""How a source's articles are found, and when they are looked at again."""
