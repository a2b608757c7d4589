"""A headless Chromium that finds the replica under every host name, as a reader of the papers would see them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.replica.server import Replica


@contextmanager
def replica_browser(replica: Replica) -> Iterator[Browser]:
    """Start a browser for which the replica is the whole web; skips the test where there is none."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed: `make test` installs it")
    http, https = (f"127.0.0.1:{port}" for port in (replica.http_port, replica.https_port))
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        f"--host-resolver-rules=MAP *:80 {http}, MAP *:443 {https}",
        "--ignore-certificate-errors",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        try:
            yield browser
        finally:
            browser.close()
