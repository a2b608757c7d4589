"""What a list says: feeds, sitemaps and section pages, with the addresses and dates on them."""
