"""Index lines and keys, held against the public tools: cdxj-indexer and surt."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.index.surt import surt
from tests.harness.cdxj_agreement import assert_lines_agree
from tests.harness.connect_proxy import connect_proxy
from tests.harness.foreign_warc import http, record, write
from tests.replica.server import Replica
from tests.replica.sites import sites

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from surt import surt as public_surt  # type: ignore[import-untyped]

PIECES = (
    "http://", "https://", "HTTP://", "www.", "www2.", "a.vn", "báo.vn", "1.2.3.4", "0177.0.0.1", "999.1.1", "1234567",
    "0x7f", "[::1]", ":80", ":443", ":8080", ":0", ":x", ":99999", ":", "/", "//", "/./", "/../", "..", "A/B", "%2F",
    "%25", "%2541", "%C4%90", "đ", "?", "&", "=", "b=2", "a=1", "a", "sid=0123456789abcdef0123456789ABCDEF",
    "jsessionid=0123456789abcdef0123456789ABCDEF", "ASPSESSIONIDabcdefgh=abcdefghabcdefghabcdefgh",
    "phpsessid=0123456789abcdef0123456789ABCDEF", "cfid=1&cftoken=2", "(a(0123456789abcdefghijklmn))/x.aspx",
    "(0123456789abcdefghijklmn)/", "x.aspx", "#", "#f", " ", "\t", "\n", "user:pw@", "@", "urn:", "dns:", "mailto:",
    "%", "%zz", ";", "\x00", "%00", "%0A", "+", "~", "[", "]", "\\", "filedesc",
)  # fmt: skip
ODD = [
    ("http://a.test/plain", http(b"hello", "Content-Type: text/html; charset=utf-8")),
    ("http://a.test/no-type", http(b"hello")),
    ("http://a.test/empty-type", http(b"hello", "Content-Type:")),
    ("http://a.test/two-types", http(b"hello", "content-type: text/a;x", "Content-Type: text/b")),
    ("http://a.test/utf-8", http(b"hello", "Server: báo", "Content-Type: text/html báo")),
    ("http://a.test/no-reason", http(b"hello", status="404")),
    ("http://a.test/odd-status", http(b"", status="abc def")),
    ("http://a.test/none", b"no HTTP at all\r\n\r\nbut bytes"),
    ("http://a.test/short", http(b"")[:12]),
    ("http://a.test/bare", b"HTTP/1.1 200 OK\nContent-Type: text/plain\n\nbody"),
    ("<http://a.test/brackets>", http(b"x")),
    ("http://user:pw@www.a.test:8080/B?b&a#c", http(b"x")),
    ("dns:a.test", b"20261122 a.test A 127.0.0.1"),
    ("http://a.test:port/", http(b"x")),
]


@settings(max_examples=3000, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map("".join))
def test_keys_are_those_of_surt(url: str) -> None:
    try:
        expected = public_surt(url)
    except Exception:  # cdxj-indexer takes the URL itself whatever goes wrong
        expected = url
    assert surt(url) == expected


@pytest.mark.parametrize("source", sites(articles=20), ids=lambda site: site.name)
def test_keys_of_article_urls(source: object) -> None:
    for story in source.stories:  # type: ignore[attr-defined]
        for url in story.urls:
            assert surt(url) == public_surt(url)


@pytest.mark.parametrize("name", ["odd.warc.gz", "odd.warc"])
def test_odd_records(tmp_path: Path, name: str) -> None:
    """Every type of record, with and without digests, gzipped or not."""
    records = [record("response", block, Target_URI=url) for url, block in ODD]
    records += [
        record("warcinfo", b"software: x\r\n", type="application/warc-fields", Filename="f"),
        record("request", b"GET / HTTP/1.1\r\n\r\n", Target_URI="http://a.test/", type="application/http"),
        record("metadata", b"via: x\r\n", Target_URI="http://a.test/", type="application/warc-fields"),
        record("metadata", b"{}", Target_URI="http://a.test/", type="application/json"),
        record("metadata", b"{}", type="application/json"),
        record("resource", b"text", Target_URI="urn:text:http://a.test/", type="text/plain; charset=utf-8"),
        record("resource", b"text", Target_URI="http://a.test/r", type="text/plain", Payload_Digest="sha1:AAAA"),
        record("conversion", b"text", Target_URI="http://a.test/", type="text/plain"),
        record("revisit", http(b"", "Content-Type: text/html"), Target_URI="http://a.test/", Payload_Digest="sha1:A"),
        record("revisit", b"", Target_URI="http://a.test/", Payload_Digest="sha1:A"),
        record("revisit", http(b"", status="304 Not Modified"), Target_URI="http://a.test/"),
        record("response", http(b"x"), Target_URI="http://a.test/", date="2026-11-22T03:04:05.123456Z"),
        record("response", http(b"x"), Target_URI="http://a.test/", version="1.0"),
    ]
    assert assert_lines_agree(write(tmp_path / name, records)) == len(records) - 4


def test_wget(tmp_path: Path) -> None:
    """A WARC by GNU wget: target URIs in brackets, SHA-1 digests, resource records of its own."""
    wget = shutil.which("wget")
    if wget is None:
        pytest.skip("wget is not installed: `make test` installs it")
    with Replica(articles=5) as replica, connect_proxy(replica.http_port, replica.https_port) as port:
        site = next(iter(sites(articles=5)))
        command = [wget, "--quiet", "--input-file=-", "--warc-file=wget", "--output-document=pages", "--tries=1",
                   f"--ca-certificate={replica.ca_file}"]  # fmt: skip
        proxy = dict.fromkeys(("http_proxy", "https_proxy"), f"http://127.0.0.1:{port}/")
        urls = "\n".join(url for story in site.stories for url in story.urls[:1])
        subprocess.run(command, input=urls, text=True, cwd=tmp_path, env=proxy, check=False, timeout=60)
    assert assert_lines_agree(tmp_path / "wget.warc.gz") >= 5
