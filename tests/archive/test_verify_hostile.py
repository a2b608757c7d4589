"""Whatever a file holds, verify and repair come to an end and say something."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.repair import repair
from archive.verify.file import verify_file
from archive.verify.rules import RULES, Finding
from tests.harness.warc_making import chunked, gz, record, response, warcinfo

ID = "<urn:uuid:4f0aa2f5-3d0b-4f3a-9a3c-0d3c1b1f0c11>"
FIELDS = (
    "WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Target-URI", "Content-Type", "Content-Length", "WARC-Truncated",
    "WARC-Block-Digest", "WARC-Payload-Digest", "WARC-Concurrent-To", "WARC-Warcinfo-ID", "WARC-Refers-To",
    "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date", "WARC-Profile", "WARC-IP-Address", "WARC-Segment-Number",
)  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", ID, "sha256:", "sha1:A", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "revisit", "request",
                     "metadata", "1e9", "٣", "-1", "application/http", "application/warc-fields"]),
)  # fmt: skip
NOTHING_SHARED = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def findings(path: Path, content: bytes) -> list[Finding]:
    path.write_bytes(content)
    return verify_file(path, indexed=True).findings


@NOTHING_SHARED
@given(st.binary(max_size=300), st.sampled_from([b"", b"\x1f\x8b\x08", b"WARC/1.1\r\n", gz(warcinfo()), warcinfo()]))
def test_any_bytes(tmp_path: Path, content: bytes, start: bytes) -> None:
    found = findings(tmp_path / "a.warc", start + content)
    assert {finding.rule for finding in found} <= set(RULES)
    assert found or not content
    repair(tmp_path / "a.warc", tmp_path / "b.warc")
    (tmp_path / "b.warc").unlink(missing_ok=True)


@NOTHING_SHARED
@given(
    st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4), st.sampled_from(["response", "revisit", "metadata"])
)
def test_any_head(tmp_path: Path, fields: dict[str, str], kind: str) -> None:
    changed = {name.lower().replace("-", "_"): value for name, value in fields.items()}
    one = record(kind, response(), **changed)
    found = findings(tmp_path / "a.warc", warcinfo() + one + one)
    assert {finding.rule for finding in found} <= set(RULES)
    assert all("\n" not in str(finding) and "\x1b" not in str(finding) for finding in found)


@NOTHING_SHARED
@given(st.binary(max_size=200), st.sampled_from([response(), chunked(), b"HTTP/1.1 200 OK\r\n", b""]))
def test_any_message(tmp_path: Path, tail: bytes, start: bytes) -> None:
    found = findings(tmp_path / "a.warc", warcinfo() + record("response", start + tail))
    assert {finding.rule for finding in found} <= set(RULES)


@NOTHING_SHARED
@given(st.text(max_size=60))
@example("[" * 100_000)
@example("9" * 10_000)
@example('[true, 1.5, null, {"a": 1}]')
def test_any_notes(tmp_path: Path, text: str) -> None:
    notes = f"wire-recipe: {text}\r\nfetchTimeMs: {text}\r\ncapture-method: {text}\r\n".encode()
    content = warcinfo() + record("response", response(), warc_record_id=ID)
    found = findings(tmp_path / "a.warc", content + record("metadata", notes, warc_concurrent_to=ID))
    assert {finding.rule for finding in found} <= {"wire-recipe"}


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_dates_at_the_ends_of_time(date: str, tmp_path: Path) -> None:
    content = warcinfo() + record("response", response(), warc_date=date) + record("response", response())
    assert {finding.rule for finding in findings(tmp_path / "a.warc", content)} == {"field-value"}
