"""What is imported before crawls are forked."""

from __future__ import annotations

import sys

from scrapy.utils.project import get_project_settings

from newsbot.running.crawlall.preloading import preload


def test_a_setting_that_only_looks_like_a_component_is_none() -> None:
    settings = get_project_settings()
    settings.set("SIGNING_KEY", "keys.Old", "cmdline")
    settings.set("ARCHIVE_DIR", "archive.Old", "cmdline")
    preload(settings)
    assert "archive.crawling.extension" in sys.modules
