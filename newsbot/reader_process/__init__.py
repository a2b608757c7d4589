"""Reads large pages in a process with hard limits: no page may block or end a job."""
