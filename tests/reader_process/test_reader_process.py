"""The process that reads large pages: what it may take where the operator allows less, and what is said without it."""

from __future__ import annotations

import resource
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from newsbot.reader_process.forms import pack, unpack
from tests.harness.commands import Done, clean_environment, run_scrapy
from tests.harness.foreign_warc import DATE, http, record, write
from tests.hostile.site import HOST, page
from tests.project import ROOT

#: Of 8 MB, but takes more than 512 as a tree.
WIDE = "<p a b c d e f g h i j k l m n o p q r s t>" * 190_000
SLOW = f"<p {' '.join(f'a{n}' for n in range(200_000))}>"
LARGE = "</b>" * 5_000


def rebuild(folder: Path, *bodies: bytes, **variables: str) -> Done:
    """Read pages in their order with the hostile source; in one process, which has one patience with a site."""
    records = [
        record("response", http(body, f"Content-Length: {len(body)}"), Target_URI=f"http://{HOST}/lu-ve-{n}.html")
        for n, body in enumerate(bodies, 100)
    ]
    path = write(folder / "pages.warc", records)
    words = ("rebuild", path, f"--output={folder / 'out'}", "--jobs=1", "--set=SPIDER_MODULES=tests.hostile.spiders")
    return run_scrapy(*words, data=folder / "data", environment=clean_environment() | variables)


def rebuilt(folder: Path) -> int:
    return sum(len(path.read_text().splitlines()) for path in (folder / "out").rglob("*.jsonl"))


def test_pages_that_take_too_much_memory_use_up_the_patience_too(tmp_path: Path) -> None:
    """A site may have thousands of them: what is as bad after the first three is given a second instead of three."""
    pages = (*(page(WIDE, number=number) for number in range(3)), page(SLOW), page(""))
    done = rebuild(tmp_path, *pages)
    assert (done.returncode, rebuilt(tmp_path)) == (1, 1), done.stderr
    for number in (100, 101, 102):
        (line,) = (line for line in done.stderr.splitlines() if f"-{number}.html" in line)
        assert "not read: it takes more than 512 MB of memory to read" in line
    assert "not read: it takes more than 1 s of processor time to read" in done.stderr


def test_no_process_can_be_started(tmp_path: Path) -> None:
    """Each large page is named, with the reason that the interpreter gave; the others are read."""
    large = [page(LARGE, number=number) for number in range(5)]
    done = rebuild(tmp_path, page("", number=7), *large, page("", number=8), PYTHONIOENCODING="none-such")
    assert (done.returncode, rebuilt(tmp_path)) == (1, 2), done.stderr
    assert "Traceback" not in done.stderr
    reason = "the process for large pages cannot be started: LookupError: unknown encoding: none-such"
    assert done.stderr.count(f"not read: {reason}\n") == len(large)


def test_limits_of_the_operator_are_heeded() -> None:
    """`ulimit -t` and `ulimit -v` below what a page may take: it is read with less, the next one by another process."""
    capture = {"sequence": 1, "url": f"http://{HOST}/lu-ve-1.html", "date": DATE, "record_id": "", "truncated": None}
    question: dict[str, Any] = {
        "spider": ["tests.hostile.spiders", "BaothudichSpider"],
        "arguments": {},
        "reading": "article",
        "response": {"url": capture["url"], "status": 200, "headers": [], "capture": capture, "meta": {}},
        "seconds": 30,
        "memory": 4 << 30,
    }

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))

    done = subprocess.run(
        [sys.executable, "-m", "newsbot.reader_process.child"],
        input=pack(question, page("")),
        cwd=ROOT,
        capture_output=True,
        preexec_fn=limited,
        timeout=100,
        check=True,
    )
    said = BytesIO(done.stdout)
    assert unpack(said.read) == ({"ready": True}, b"")
    answer = unpack(said.read)
    assert answer is not None and answer[0]["found"]["article"]["id"] == "baothudich:1", answer
    assert answer[0]["last"], "no time is left for a page that takes all of it"
