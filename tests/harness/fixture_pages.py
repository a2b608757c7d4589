"""The fixtures of all sources: captured pages, and what must come of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scrapy.http import Response
from scrapy.utils.project import get_project_settings

from archive.replay.replay import responses
from newsbot.replaying.fixtures import FOLDER

PAGES = sorted(FOLDER.glob("*/*.warc"))
SETTINGS = get_project_settings()


def expected(page: Path) -> dict[str, Any]:
    fixture: dict[str, Any] = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    return fixture


def captured(page: Path) -> Response:
    """The one response of a fixture's WARC."""
    (response,) = responses(page, SETTINGS.getint("DOWNLOAD_MAXSIZE"))
    assert isinstance(response, Response), response
    return response
