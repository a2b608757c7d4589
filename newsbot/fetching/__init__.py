"""What stands between a request and its site: pace, rules, outcomes."""
