"""Each rule of `scrapy verify` has a file that offends it and no other; sound files of any origin offend none."""

from __future__ import annotations

import gzip
import zlib
from base64 import b32encode
from hashlib import sha1
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import brotli
import pytest
from backports import zstd
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.files.deflate import gzip_member
from archive.records.record import digest
from archive.verify.file import verify_file
from archive.verify.rules import FAULTS, NOTES, RULES
from archive.verify.verification import Verification
from tests.harness.warc_making import BODY, DATE, HEAD, chunked, gz, record, response, warcinfo
from tests.project import ROOT

PUBLISHED = ROOT / "docs/archive/verify.md"
REQUEST = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"
INFO = warcinfo()
PAGE = response()
PAYLOAD = digest(BODY)
ID = "<urn:uuid:4f0aa2f5-3d0b-4f3a-9a3c-0d3c1b1f0c11>"
OTHER_ID = "<urn:uuid:9b2d8c0e-5a51-4a0e-8a5b-6a2f0d6b7e22>"
LATER = "2026-11-22T05:04:05Z"


def check(folder: Path, *files: bytes) -> set[str]:
    """The rules that files offend, as one collection."""
    paths = [folder / f"{number}.warc" for number in range(len(files))]
    for path, content in zip(paths, files, strict=True):
        path.write_bytes(content)
    verification = Verification()
    findings = [finding for report in verification.check(paths) for finding in report.findings]
    return {finding.rule for finding in (*findings, *verification.findings())}


def flipped(data: bytes, offset: int) -> bytes:
    changed = bytearray(data)
    changed[offset] ^= 1
    return bytes(changed)


def answer(block: bytes = PAGE, without: str = "", **given: str) -> bytes:
    return INFO + record("response", block, without=without, **given)


def encoded(coding: bytes, body: bytes = BODY) -> bytes:
    return answer(response(body, HEAD + b"Content-Encoding: %b\r\n" % coding))


def revisit(**given: str) -> bytes:
    """A file with a page and a revisit of it."""
    usual = {
        "warc_refers_to_target_uri": "http://a.test/",
        "warc_refers_to_date": DATE,
        "warc_payload_digest": PAYLOAD,
    }
    return answer(warc_payload_digest=PAYLOAD) + record("revisit", HEAD + b"\r\n", **usual | given)


def notes(text: str, **given: str) -> bytes:
    """A file with a response and its metadata record."""
    about = record("metadata", text.encode(), warc_concurrent_to=ID, **given)
    return answer(response(), warc_record_id=ID) + about


def segments(*numbers: int, total: int = 0) -> bytes:
    """A file with a record in segments: a page, and four bytes for each further number."""
    parts = [INFO]
    size = len(PAGE) + 4 * (len(numbers) - 1)
    for number in numbers:
        given = {"warc_segment_number": str(number)}
        if number == 1:
            parts.append(record("response", PAGE, warc_record_id=ID, **given))
            continue
        if number == numbers[-1]:
            given["warc_segment_total_length"] = str(total or size)
        parts.append(record("continuation", b"more", warc_segment_origin_id=ID, without="Content-Type", **given))
    return b"".join(parts)


def wacz() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as package:
        package.writestr("archive/a.warc.gz", gz(INFO))
    return file.getvalue()


MEMBERS = gzip_member(INFO) + gzip_member(record("response", PAGE)) + gzip_member(record("response", PAGE))
BROTLI = brotli.compress(bytes(65_565))
assert BROTLI.startswith(b"["), "as JSON does"
BROKEN_CHUNKS = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + BODY
RAW_CHUNKS = digest(chunked().partition(b"\r\n\r\n")[2])

#: What a page consists of, with a record that is nowhere.
LIST = b'{"urls":{"http://a.test/b.css":{"record":"<urn:uuid:0>","date":"2026-11-22T03:04:05Z"}}}'
OFFENCES: list[tuple[str, list[bytes]]] = [
    ("empty-file", [b""]),
    ("gzip-torn", [gz(INFO, record("response", PAGE))[:-3]]),
    ("gzip-torn", [gz(INFO, record("response", PAGE))[:-100]]),
    ("gzip-data", [gz(INFO) + flipped(gz(record("response", PAGE)), 60)]),
    ("gzip-crc", [gz(INFO) + flipped(gz(record("response", PAGE)), -6)]),
    ("gzip-stream", [gzip.compress(INFO + record("response", PAGE))]),
    ("gzip-form", [flipped(MEMBERS, 5)]),
    ("padding", [gz(INFO) + bytes(512)]),
    ("padding", [INFO + bytes(512)]),
    ("padding", [gz(INFO) + bytes(9) + gz(record("response", PAGE))]),
    ("garbage", [gz(INFO) + b"garbage" + gz(record("response", PAGE))]),
    ("garbage", [INFO + b"garbage" + record("response", PAGE)]),
    ("garbage", [gz(INFO, b"no record")]),
    ("record-head", [INFO + b"WARC/1.1\r\nWARC-Type: response\r\n"]),
    ("record-length", [answer(content_length="many")]),
    ("record-length", [answer(without="Content-Length")]),
    ("record-torn", [answer()[:-200]]),
    ("record-end", [answer(content_length=str(len(PAGE) - 1))]),
    ("record-end", [gz(INFO, record("response", PAGE)[:-2])]),
    ("head-line", [answer().replace(b"WARC-Date", b"no colon\r\nWARC-Date")]),
    ("head-folded", [answer().replace(b"WARC-Date: ", b"WARC-Date:\r\n ")]),
    ("head-line", [answer().replace(b"\r\nWARC-Date", b"\nWARC-Date")]),
    ("head-line", [answer().replace(b"a.test/\r\n", b"a.test/\r\nX-A: \xff\r\n", 1)]),
    ("record-version", [INFO + record("response", PAGE).replace(b"WARC/1.1", b"WARC/1.2", 1)]),
    ("version-odd", [answer().replace(b"WARC/1.1", b"warc/1.1")]),
    ("version-odd", [answer().replace(b"WARC/1.1", b"WARC/0.18")]),
    *(
        ("field-missing", [answer(without=name)])
        for name in ("WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Target-URI")
    ),
    ("content-type-missing", [answer(without="Content-Type")]),
    ("field-missing", [revisit() + record("continuation", b"more", without="Content-Type")]),
    ("field-forbidden", [answer(warc_filename="a.warc.gz")]),
    ("field-forbidden", [answer(warc_refers_to=ID, warc_refers_to_target_uri="http://a.test/")]),
    ("field-forbidden", [warcinfo(warc_target_uri="http://a.test/")]),
    ("field-repeated", [INFO + record("response", PAGE, ("WARC-Date", DATE))]),
    ("field-value", [answer(warc_date="2026-11-22 03:04:05")]),
    ("field-value", [answer(warc_date="2026-02-30T03:04:05Z")]),
    ("field-value", [answer(warc_record_id=ID.strip("<>"))]),
    ("field-value", [answer(warc_target_uri="http://a.test/a b")]),
    ("field-value", [answer(warc_target_uri="/a")]),
    ("field-value", [answer(warc_target_uri="http://a.test/tỉnh")]),
    ("field-value", [answer(warc_ip_address="a.test")]),
    ("field-value", [answer(warc_ip_address="999.1.1.1")]),
    ("field-value", [answer(warc_ip_address="1:2")]),
    ("field-value", [answer(warc_segment_number="2")]),
    ("truncated-odd", [answer(warc_truncated="maybe")]),
    ("field-value", [INFO + record("resource", b"text", content_type="text")]),
    ("uri-brackets", [answer(warc_target_uri="<http://a.test/>")]),
    ("uri-brackets-old", [answer(warc_target_uri="<http://a.test/>").replace(b"WARC/1.1", b"WARC/1.0")]),
    ("revisit-profile", [revisit(warc_profile="http://a.test/profile")]),
    ("date-future", [answer(warc_date="2099-01-01T00:00:00Z")]),
    ("digest-form", [answer(warc_block_digest="none")]),
    ("digest-form", [answer(warc_block_digest=f"{digest(PAGE)}00")]),
    ("block-digest", [answer(warc_block_digest=PAYLOAD)]),
    ("block-digest", [INFO + record("resource", b"text").replace(b"\r\n\r\ntext", b"\r\n\r\nnext")]),
    ("payload-digest", [answer(warc_payload_digest=digest(PAGE))]),
    ("payload-digest", [answer(chunked(), warc_payload_digest=digest(b""))]),
    ("payload-digest-framing", [answer(chunked(), warc_payload_digest=RAW_CHUNKS)]),
    ("http-head", [answer(b"<html>")]),
    ("http-head", [answer(PAGE.replace(b"200", b"0"))]),
    ("http-head", [answer(PAGE.replace(b"200", b"2000"))]),
    ("http-head", [answer(b"HTTP/1.1 200 OK\r\nServer: a")]),
    ("http-head", [INFO + record("request", b"\r\n\r\n")]),
    ("http-length", [answer(PAGE + b"more")]),
    ("http-length", [answer(PAGE[:-1])]),
    ("http-length", [answer(response(b"").replace(b": 0", b": 9"))]),
    ("http-length", [answer(PAGE.replace(b"200 OK", b"204 No Content"))]),
    ("http-chunked", [answer(BROKEN_CHUNKS)]),
    ("http-chunked", [answer(chunked()[:-9])]),
    ("http-encoding", [encoded(b"gzip")]),
    ("http-encoding", [encoded(b"br")]),
    ("http-encoding", [encoded(b"deflate")]),
    ("http-encoding", [encoded(b"gzip", flipped(gzip.compress(BODY), 60))]),
    ("http-encoding", [encoded(b"gzip", gzip.compress(BODY)[:-40])]),
    ("http-encoding", [encoded(b"gzip", gzip.compress(BODY) + flipped(gzip.compress(BODY), -2))]),
    ("http-encoding", [encoded(b"br", brotli.compress(BODY)[:-20])]),
    ("http-encoding", [encoded(b"zstd", zstd.compress(BODY)[:-20])]),
    ("http-encoding", [encoded(b"gzip", b"\x1f")]),
    ("http-encoding", [answer(response(gzip.compress(BODY)))]),
    ("warcinfo-first", [record("response", PAGE)]),
    ("record-id-repeated", [answer() * 2]),
    ("record-id-repeated", [answer(), warcinfo() + record("response", PAGE, warc_record_id=ID), INFO]),
    ("warcinfo-link", [answer(warc_warcinfo_id=ID)]),
    ("concurrent-link", [answer(warc_concurrent_to=ID)]),
    ("exchange-torn", [notes("capture-method: wire\r\n") + record("response", PAGE)]),
    ("date-order", [answer(warc_date=LATER) + record("response", PAGE)]),
    (
        "date-order",
        [
            notes("capture-method: wire\r\nfetchTimeMs: 9000\r\n")
            + record("response", PAGE, warc_record_id=OTHER_ID)
            + record("metadata", b"fetchTimeMs: 9\r\n", warc_concurrent_to=OTHER_ID, warc_date=DATE)
        ],
    ),
    ("requisite-missing", [answer() + record("resource", LIST, warc_target_uri="urn:pageinfo:http://a.test/")]),
    ("wire-recipe", [notes("wire-recipe: [3]\r\n")]),
    ("wire-recipe", [notes("wire-recipe: nothing\r\n")]),
    ("revisit-unresolved", [revisit(warc_refers_to_date=LATER, warc_date=LATER)]),
    ("revisit-unresolved", [revisit(warc_refers_to=ID)]),
    ("revisit-digest", [revisit(warc_payload_digest=digest(b"another"))]),
    (
        "revisit-date",
        [
            answer(warc_payload_digest=PAYLOAD, warc_date=LATER),
            warcinfo()
            + record(
                "revisit",
                HEAD + b"\r\n",
                warc_refers_to_target_uri="http://a.test/",
                warc_refers_to_date=LATER,
                warc_payload_digest=PAYLOAD,
            ),
        ],
    ),
    ("format-unknown", [b"<!DOCTYPE html>\n<title>404</title>"]),
    ("format-unknown", [gzip.compress(b'{"no": "record"}')]),
    ("format-unknown", [wacz()]),
    ("format-convert", [zstd.compress(INFO) + zstd.compress(record("response", PAGE))]),
    ("empty-file", [gzip.compress(b"")]),
    ("segment-gap", [segments(1, 3)]),
    ("segment-gap", [segments(1, 2, 2)]),
    ("segment-gap", [segments(1, 2, total=len(PAGE) + 3)]),
    ("segment-gap", [segments(1, 2, total=3)]),
    ("segment-gap", [segments(1, 2).replace(b"warc-segment-number: 1\r\n", b"")]),
    ("segment-elsewhere", [segments(2)]),
    ("segment-elsewhere", [segments(1)]),
    ("type-unknown", [INFO + record("robot", b"text", content_type="text/plain")]),
    ("digest-missing", [answer(without="WARC-Block-Digest")]),
    (
        "block-digest-empty",
        [
            answer()
            + record(
                "revisit",
                HEAD + b"\r\n",
                warc_refers_to_target_uri="http://a.test/",
                warc_refers_to_date=DATE,
                warc_block_digest=digest(b""),
            )
        ],
    ),
    ("digest-unknown", [answer(warc_block_digest="tiger:abc")]),
    ("payload-digest-chunked", [answer(chunked(), warc_payload_digest=PAYLOAD)]),
    (
        "encoding-on-wire",
        [
            INFO
            + record("response", response(head=HEAD + b"Content-Encoding: gzip\r\n"), warc_record_id=ID)
            + record("metadata", b"capture-method: wire\r\n", warc_concurrent_to=ID)
        ],
    ),
]


@pytest.mark.parametrize(("rule", "files"), OFFENCES)
def test_offence(rule: str, files: list[bytes], tmp_path: Path) -> None:
    assert check(tmp_path, *files) == {rule}


SOUND = {
    "ours": [MEMBERS],
    "plain": [answer()],
    "no body": [answer(response(b""))],
    "answer to HEAD": [
        INFO
        + record("request", REQUEST.replace(b"GET", b"HEAD"), warc_record_id=OTHER_ID)
        + record("response", PAGE[: -len(BODY)], warc_concurrent_to=OTHER_ID)
    ],
    "answer to HEAD in front of its request": [
        answer(PAGE[: -len(BODY)], warc_record_id=ID)
        + record("request", REQUEST.replace(b"GET", b"HEAD"), warc_concurrent_to=ID)
    ],
    "not modified": [answer(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")],
    "cut off": [answer(PAGE[:-9], warc_truncated="disconnect")],
    "chunks cut off": [answer(chunked()[:-20], warc_truncated="time")],
    "chunked": [answer(chunked())],
    "two lengths": [answer(PAGE.replace(b"Content-Length", b"Content-Length: 1\r\nContent-Length"))],
    "gzip": [encoded(b"gzip", gzip.compress(BODY))],
    "gzip twice": [encoded(b"gzip, gzip", gzip.compress(gzip.compress(BODY)))],
    "gzip with more behind": [encoded(b"gzip", gzip.compress(BODY) + b"\n\0\0")],
    "gzip in two members": [encoded(b"gzip", gzip.compress(BODY) + gzip.compress(BODY))],
    "brotli that begins like JSON": [encoded(b"br", BROTLI)],
    "zstd": [encoded(b"zstd", zstd.compress(BODY))],
    "a part of gzip": [
        answer(response(gzip.compress(BODY)[20:], HEAD.replace(b"200 OK", b"206 Part") + b"Content-Encoding: gzip\r\n"))
    ],
    "sitemap in a gzip file": [answer(response(gzip.compress(BODY)), warc_target_uri="http://a.test/map.xml.gz")],
    "segments": [segments(1, 2, 3)],
    "segments in two files": [segments(1), segments(2, total=len(PAGE) + 4).replace(INFO, warcinfo())],
    "IPv6": [answer(warc_ip_address="2001:db8::1")],
    "revisit without head": [answer(warc_record_id=ID) + record("revisit", b"", warc_refers_to=ID)],
    "deflate": [encoded(b"deflate", zlib.compress(BODY))],
    "raw deflate": [encoded(b"deflate", zlib.compress(BODY)[2:-4])],
    "unknown coding": [encoded(b"aes128gcm")],
    "gzip file": [answer(response(gzip.compress(BODY), b"HTTP/1.1 200 OK\r\nContent-Type: application/gzip\r\n"))],
    "revisit": [revisit()],
    "revisit by id": [
        answer(warc_record_id=ID),
        warcinfo() + record("revisit", HEAD + b"\r\n", warc_refers_to=ID),
    ],
    "revisit by digest": [
        revisit(warc_refers_to_target_uri="", warc_refers_to_date="")
        .replace(b"warc-refers-to-target-uri: \r\n", b"")
        .replace(b"warc-refers-to-date: \r\n", b"")
    ],
    "revisit in another file": [
        INFO + revisit().partition(b"\r\n\r\nWARC/1.1\r\nWARC-Type: revisit")[0][len(INFO) :] + b"\r\n\r\n",
        warcinfo() + b"WARC/1.1\r\nWARC-Type: revisit" + revisit().partition(b"WARC/1.1\r\nWARC-Type: revisit")[2],
    ],
    "older dates of joined files": [answer(warc_date=LATER) + answer().replace(INFO, warcinfo())],
    "link to another file": [answer(warc_concurrent_to=ID), warcinfo(warc_record_id=ID)],
    "extension": [answer(warc_protocol="h2")],
    "WARC/1.0 with SHA-1": [
        answer(warc_block_digest=f"sha1:{b32encode(sha1(PAGE).digest()).decode()}").replace(b"WARC/1.1", b"WARC/1.0")
    ],
    "DNS": [INFO + record("response", b"20261122\n", warc_target_uri="dns:a.test", content_type="text/dns")],
}


@pytest.mark.parametrize("files", SOUND.values(), ids=SOUND)
def test_sound(files: list[bytes], tmp_path: Path) -> None:
    assert check(tmp_path, *files) == set()


def test_unreadable(tmp_path: Path) -> None:
    (finding,) = verify_file(tmp_path / "none.warc.gz").findings
    assert finding.rule == "unreadable"


def test_finding_says_where(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(answer(warc_block_digest=PAYLOAD))
    (finding,) = verify_file(path).findings
    assert str(finding).startswith(f"a.warc:{len(INFO)}: block-digest: the head says {PAYLOAD}")


@pytest.mark.parametrize("said", ["0007", "7, 07", "9" * 23])
def test_a_length_is_said_as_it_stands_in_the_message(said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(answer(f"HTTP/1.1 200 OK\r\nContent-Length: {said}\r\n\r\nhello".encode()))
    messages = [finding.message for finding in verify_file(path).findings if finding.rule == "http-length"]
    assert messages == [f"Content-Length is {said}, but the body has 5 bytes"]


def test_every_rule_has_an_offence() -> None:
    """The others are of the data folder, or large: other files of tests have them."""
    elsewhere = {
        "unreadable", "fixity", "fixity-missing", "manifest-line", "file-missing", "file-unchecked", "acknowledged",
        "index-missing", "index-extra", "index-order", "line-form", "line-capture", "line-content", "line-reader",
        "line-retired", "line-missing", "line-count", "line-version", "line-duplicate", "file-open", "file-torn",
        "gzip-dense",
    }  # fmt: skip
    elsewhere |= {rule for rule in RULES if rule.startswith("chain-")}
    assert {rule for rule, _ in OFFENCES} | elsewhere == set(RULES)
    assert not set(FAULTS) & set(NOTES)


def test_rules_are_published() -> None:
    rows = [line for line in PUBLISHED.read_text().splitlines() if line.startswith("| `")]
    assert rows == [f"| `{rule}` | {meaning} |" for rule, meaning in RULES.items()]


def warcio_file(folder: Path, *, gzipped: bool) -> Path:
    """A file as warcio writes it by itself."""
    path = folder / "warcio.warc.gz"
    http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=gzipped, warc_version="1.1")
        page = writer.create_warc_record("http://a.test/", "response", payload=BytesIO(BODY), http_headers=http)
        written = [
            writer.create_warcinfo_record("warcio.warc.gz", {"software": "warcio"}),
            page,
            writer.create_warc_record(
                "http://a.test/a", "resource", BytesIO(b"a"), length=1, warc_content_type="text/plain"
            ),
        ]
        for each in written:
            writer.write_record(each)
        digest, date = (page.rec_headers.get_header(name) for name in ("WARC-Payload-Digest", "WARC-Date"))
        again = writer.create_revisit_record("http://a.test/b", digest, "http://a.test/", date, http_headers=http)
        writer.write_record(again)
        for each in (*written, again):
            each.raw_stream.close()
    return path


@pytest.mark.parametrize("gzipped", [True, False])
def test_file_of_warcio(gzipped: bool, tmp_path: Path) -> None:
    path = warcio_file(tmp_path, gzipped=gzipped)
    report = verify_file(path)
    assert report.records == 4
    assert (report.findings, report.links) == ([], [])
