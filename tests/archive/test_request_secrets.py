"""Passwords and cookies of a crawl do not end in its archive, and the archive says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.http.request_secrets import redact
from tests.harness.small_server import SmallServer, small_server
from tests.harness.warc_reading import Exchange, read_exchanges, read_records

SECRETS = ("s3cret-cookie", "s3cret-token", "s3cret-proxy", "s3cret-pass", "s3cret-default", "s3cret-setting")


@dataclass(frozen=True)
class Crawl:
    server: SmallServer
    file: Path
    exchanges: dict[str, Exchange]


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawl]:
    folder = tmp_path_factory.mktemp("secrets")
    with small_server(lambda path, before: (200, {"Set-Cookie": "visitor=seen"}, b"<p>page")) as server:
        server.crawl(
            {
                "url": server.url("/cookie"),
                "headers": {"Cookie": "a=s3cret-cookie"},
                "meta": {"dont_merge_cookies": True},
            },
            {"url": server.url("/jar"), "cookies": {"b": "s3cret-cookie"}},
            {"url": server.url("/token"), "headers": {"authorization": "Bearer s3cret-token", "X-Kept": "plain"}},
            {"url": server.url("/referer"), "headers": {"Referer": "http://me:s3cret-pass@a.test/x"}},
            {"url": f"http://me:s3cret-pass@user.test:{server.port}/user"},
            {
                "url": "http://other.test/proxied",
                "meta": {"proxy": f"http://me:s3cret-proxy@127.0.0.1:{server.port}"},
            },
            ADDONS={"archive.addon.ArchiveAddon": 100},
            ARCHIVE_DIR=str(folder),
            ARCHIVE_ALLOW_PRIVATE=True,
            CONNECT_TO=[f"user.test:{server.port}:127.0.0.1:{server.port}"],
            DEFAULT_REQUEST_HEADERS={"Proxy-Authorization": "Basic s3cret-default"},
            MAIL_PASS="s3cret-setting",
        )
        (file,) = folder.glob("*.warc.gz")
        yield Crawl(server, file, {e.metadata["WARC-Target-URI"].rpartition("/")[2]: e for e in read_exchanges(file)})


def test_no_secret_is_kept(crawl: Crawl) -> None:
    records = read_records(crawl.file)
    assert len([record for record in records if record.type == "request"]) >= 4
    for record in records:
        text = f"{record.fields}{record.block.decode()}"
        assert not [secret for secret in SECRETS if secret in text], text


@pytest.mark.parametrize(
    ("page", "blanked"), [("cookie", "Cookie"), ("jar", "Cookie"), ("token", "Authorization"), ("referer", "Referer")]
)
def test_what_was_blanked_is_noted(crawl: Crawl, page: str, blanked: str) -> None:
    assert blanked in crawl.exchanges[page].metadata.notes()["redacted-in-request"]


def test_rest_of_the_request_is_kept(crawl: Crawl) -> None:
    request = crawl.exchanges["token"].request
    assert request is not None
    assert b"\r\nAuthorization: [redacted]\r\n" in request.block
    assert b"\r\nX-Kept: plain\r\n" in request.block
    assert request.block.startswith(b"GET /token HTTP/1.1\r\n") and request.block.endswith(b"\r\n\r\n")


def test_responses_cookies_are_kept(crawl: Crawl) -> None:
    response = crawl.exchanges["cookie"].response
    assert response is not None
    assert b"\r\nSet-Cookie: visitor=seen\r\n" in response.block


def test_address_is_kept_without_its_user(crawl: Crawl) -> None:
    assert crawl.exchanges["user"].metadata["WARC-Target-URI"] == f"http://user.test:{crawl.server.port}/user"


@given(
    before=st.lists(st.sampled_from([b"Host: a.test", b"X: 1\r\n  2", b"no colon", b"Cookie2: b"])),
    after=st.lists(st.sampled_from([b"Accept: */*", b" folded", b"Y:\r\n\tz"])),
    name=st.sampled_from([b"Cookie", b"COOKIE", b"cookie", b"Cookie ", b"\x0bcookie"]),
    folds=st.lists(st.sampled_from([b"\r\n ", b"\n\t", b"; "]), max_size=3),
    body=st.binary(),
    line_end=st.sampled_from([b"\r\n", b"\n"]),
)
def test_any_spelling(
    before: list[bytes], after: list[bytes], name: bytes, folds: list[bytes], body: bytes, line_end: bytes
) -> None:
    """The value is gone wherever it stands and however it is folded; all else is as it was."""
    value = b"".join(b"hushed" + fold for fold in (*folds, b""))
    lines = [b"GET / HTTP/1.1", *before, name + b":" + value, b"Z: last", *after]
    head = line_end.join(lines)
    kept, blanked = redact(head + b"\r\n\r\n" + body, {b"cookie"})
    assert b"hushed" not in kept.partition(b"\r\n\r\n")[0]
    assert kept == head.replace(name + b":" + value, name + b": [redacted]") + b"\r\n\r\n" + body
    assert blanked == [name.strip().decode()]
