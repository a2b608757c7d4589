"""Finds, starts and ends the one Chromium of a crawl, through Playwright."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser as Chromium
from playwright.async_api import Error, Playwright, async_playwright

from archive.browser.process_group import ProcessGroup

#: Names of the program in Debian and elsewhere.
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable")
#: Asks nothing for its own sake, speaks to nothing but its proxy, and is bounded in memory.
_ARGUMENTS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-gpu",
    "--disable-quic",
    # A page with frames of two hundred sites would have as many processes; there is nothing to keep from each other.
    "--disable-site-isolation-trials",
    # Asked for no name, it tells no resolver which pages are read; its proxies have an address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--js-flags=--max-old-space-size=512",
    "--no-pings",
    "--renderer-process-limit=4",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
)
#: Playwright's own, which would let pages open windows.
_NOT_WANTED: Final = ("--disable-popup-blocking",)
#: What the browser itself asks, not a page, goes to a port that nobody listens on.
_NOWHERE: Final = "http://127.0.0.1:9"
#: For downloads and recordings, of which there are none.
_NO_FOLDER: Final = "/nonexistent"
#: Bytes of memory that one of its processes may have: what scripts keep outside of their heap counts, too.
_MEMORY: Final = 3 << 29
#: Seconds for starting it, and for closing it before it is killed.
_START: Final = 60
_CLOSE: Final = 5
#: Seconds between looks whether it lives.
_LOOK: Final = 0.5


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

    def __init__(self, playwright: Playwright, chromium: Chromium, group: ProcessGroup):
        self._playwright = playwright
        self.chromium = chromium
        self._group = group
        self._driver = group.parent
        profile = group.word("--user-data-dir")
        #: Its own, which one that is killed leaves.
        self._folders = [profile, *_folder_of_socket(profile)] if profile else []

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
                artifacts_dir=_NO_FOLDER,
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=_START * 1000,
            )
            group = ProcessGroup.of(await _process(chromium))
            group.bound_memory(_MEMORY)
            return cls(playwright, chromium, group)
        except BaseException:
            with suppress(Error, TimeoutError):
                await asyncio.wait_for(playwright.stop(), _CLOSE)
            raise

    @property
    def is_running(self) -> bool:
        """Whether it has neither been closed nor died."""
        return self.chromium.is_connected() and self._group.is_led

    async def unless_it_dies(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what needs the browser; where that dies, Playwright may wait for it as long as a process of it is left.

        :raises Error: if it dies.
        """
        working, dying = asyncio.ensure_future(work), asyncio.ensure_future(self._death())
        try:
            await asyncio.wait((working, dying), return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise Error("the browser has been closed")
            working.result()
        finally:
            for task in (working, dying):
                task.cancel()
            await asyncio.gather(working, dying, return_exceptions=True)

    async def _death(self) -> None:
        while self.is_running:
            await asyncio.sleep(_LOOK)

    async def close(self) -> None:
        """Close it; end what does not obey, its processes and the driver; let no file of it lie about."""
        with suppress(Error, TimeoutError):
            await asyncio.wait_for(self.chromium.close(), _CLOSE)
        self._group.kill()
        try:
            await asyncio.wait_for(self._playwright.stop(), _CLOSE)
        except (Error, TimeoutError):
            with suppress(ProcessLookupError):
                os.kill(self._driver, signal.SIGKILL)
        # The driver is not able to remove its profile while one of the processes still writes there.
        for folder in self._folders:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _folder_of_socket(profile: str) -> list[str]:
    """Return the folder of the socket by which another Chromium would find the one that uses a profile."""
    with suppress(OSError):
        folder = (Path(profile) / "SingletonSocket").readlink().parent
        if folder.name.startswith("org.chromium."):
            return [str(folder)]
    return []


async def _process(chromium: Chromium) -> int:
    """Return the id of the browser's first process."""
    session = await chromium.new_browser_cdp_session()
    found = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    await session.detach()
    return next(int(each["id"]) for each in found if each["type"] == "browser")
