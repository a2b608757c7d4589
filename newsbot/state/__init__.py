"""What is known of published articles, of what a site serves, and of runs: a database, a cache of the WARCs."""
