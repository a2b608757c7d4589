"""Large pages are read in a process of their own, which can be stopped: no page may hold or end a job."""
