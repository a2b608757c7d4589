"""What is done to an archive later: packages, redaction, retirement, tidying up."""
