"""Finds, starts and ends the one Chromium of a crawl, through Playwright."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser as Chromium
from playwright.async_api import Error, Playwright, async_playwright

#: Names of the program in Debian and elsewhere.
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable")
#: Asks nothing for its own sake, speaks to nothing but its proxy, and is bounded in memory.
_ARGUMENTS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-gpu",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=512",
    "--no-pings",
    "--renderer-process-limit=4",
)
#: Playwright's own, which would let pages open windows.
_NOT_WANTED: Final = ("--disable-popup-blocking",)
#: What the browser itself asks, not a page, goes to a port that nobody listens on.
_NOWHERE: Final = "http://127.0.0.1:9"
#: Seconds for starting it, and for closing it before it is killed.
_START: Final = 60
_CLOSE: Final = 10


def find_chromium(path: str) -> str:
    """Return the path of the program, empty if there is none.

    :param path: the operator's word; empty to look for ``chromium`` on PATH, then for the one Playwright has fetched.
    """
    if path:
        return shutil.which(path) or ""
    if found := next((found for name in _NAMES if (found := shutil.which(name))), ""):
        return found
    own = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    fetched = sorted(own.glob("chromium-*/chrome-linux*/chrome"), reverse=True)
    return next((str(each) for each in fetched if os.access(each, os.X_OK)), "")


class StartedChromium:
    """A running Chromium, and the process of Playwright that drives it.

    Both end with this process, however that ends: each holds a pipe to the one before it.
    """

    def __init__(self, playwright: Playwright, chromium: Chromium):
        self._playwright = playwright
        self.chromium = chromium

    @classmethod
    async def start(cls, path: str, pin: str) -> StartedChromium:
        """Start it.

        :param pin: of the only certificate that it trusts unseen.
        :raises Error: of Playwright's, if it does not start.
        """
        playwright = await async_playwright().start()
        try:
            chromium = await playwright.chromium.launch(
                executable_path=path,
                args=[*_ARGUMENTS, f"--ignore-certificate-errors-spki-list={pin}"],
                ignore_default_args=list(_NOT_WANTED),
                chromium_sandbox=os.geteuid() != 0,  # root cannot have it
                proxy={"server": _NOWHERE},
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=_START * 1000,
            )
        except Error:
            await playwright.stop()
            raise
        return cls(playwright, chromium)

    @property
    def is_running(self) -> bool:
        """Whether it has neither been closed nor died."""
        return self.chromium.is_connected()

    async def close(self) -> None:
        """Close it; if it does not obey, end its driver, with which it ends."""
        for step in (self.chromium.close, self._playwright.stop):
            try:
                await asyncio.wait_for(step(), _CLOSE)
            except (Error, TimeoutError):
                _kill_driver(self._playwright)


def _kill_driver(playwright: Any) -> None:
    process = playwright._impl_obj._connection._transport._proc
    if process.returncode is None:
        process.kill()
