"""Whether captured pages replay: each is opened in Chromium, with the archive alone to answer what it asks for."""
