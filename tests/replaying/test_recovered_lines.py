"""What recovery makes of the lines of long runs: no more of them is held at a time than of short ones."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.project import get_project_settings

from newsbot.items import Article, encoded_line
from newsbot.replaying.recovery import Recovery, recover_source
from newsbot.state.state import State
from newsbot.state.versions import Versions

SOURCE = "baosonla"
NAME = f"{SOURCE}-20261122030405006-0123abcd.jsonl"
FILE = f"{SOURCE}-20261122030405006-00000-host-0123abcd.warc.gz"
PICTURES: list[dict[str, str | None]] = [
    {"url": f"https://baosonla.vn/anh-{number}.jpg", "caption": "Nước lên." * 10} for number in range(40)
]


def line(number: int) -> bytes:
    return encoded_line(
        Article(
            id=f"{SOURCE}:{number}",
            source=SOURCE,
            url=f"https://baosonla.vn/tin-{number}.html",
            title="Lũ về",
            body="Nước lên.",
            language="vi",
            images=PICTURES,
            content_digest=f"sha256:{number}",
            reader_version="1",
            fetched_at="2026-11-22T03:04:05.000006Z",
            capture={"file": FILE, "offset": 0, "length": 1, "record_id": "<urn:uuid:0>", "payload_digest": None},
        )
    )


def recovered(data: Path) -> Recovery:
    settings = get_project_settings()
    settings.setdict({"DATA_DIR": str(data)}, priority="cmdline")
    return recover_source(get_spider_loader(settings).load(SOURCE), settings)


@pytest.mark.parametrize("name", [f"{NAME}.open", NAME])
def test_lines_of_a_long_run_are_not_all_held(name: str, tmp_path: Path) -> None:
    """The run was killed; or it has ended, and the state is lost."""
    number = 3_000
    path = tmp_path / "articles" / SOURCE / name
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.writelines(line(each) + b"\n" for each in range(number))
    tracemalloc.start()
    found = recovered(tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.problems == []
    known = Versions(State(f"sqlite:///{tmp_path}/state.sqlite")).latest(f"{SOURCE}:{each}" for each in range(number))
    assert len(known) == number
    assert most < 50_000_000  # all of them take 80
