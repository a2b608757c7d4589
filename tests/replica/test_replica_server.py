"""The replica's server, seen from its sockets: framing, faults, TLS, the wire log, and every awkward response."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import socket
import ssl
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.project import ROOT
from tests.replica.awkward import AWKWARD
from tests.replica.awkward_case import HOST, Awkward
from tests.replica.awkward_codings import BOMB
from tests.replica.awkward_heads import IDN_HOST
from tests.replica.fault_options import KINDS, parse_fault, to_option
from tests.replica.faults import Delay, Drip, Fault, RedirectLoop, Refuse, Status, Truncate
from tests.replica.server import Replica, ReplicaError
from tests.replica.wirelog import read_wire_log

PATIENCE = 20.0  # seconds; what takes longer has failed
RESET = (ConnectionResetError, ssl.SSLEOFError)  # Python's TLS tells a reset as an end without a goodbye
NOW = datetime(2026, 10, 2, 11, 38, tzinfo=UTC)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Replica, Path]]:
    log = tmp_path_factory.mktemp("wire") / "wire.log"
    with Replica(articles=0, now=NOW, wire_log=log) as replica:
        yield replica, log


@pytest.fixture
def replica(running: tuple[Replica, Path]) -> Iterator[Replica]:
    yield running[0]
    running[0].set_faults()


class Client:
    """A connection that sends what it is told and gives what it receives."""

    def __init__(self, replica: Replica, scheme: str = "http", host: str = HOST) -> None:
        port = replica.http_port if scheme == "http" else replica.https_port
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        if scheme == "https":
            context = ssl.create_default_context(cafile=str(replica.ca_file))
            try:
                self.socket = context.wrap_socket(self.socket, server_hostname=host, suppress_ragged_eofs=False)
            except OSError:
                self.socket.close()
                raise

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def take(self, size: int) -> bytes:
        """So many bytes, or fewer if the connection ends."""
        data = bytearray()
        while len(data) < size and (piece := self.socket.recv(size - len(data))):
            data += piece
        return bytes(data)

    def take_all(self) -> bytes:
        """Everything up to an orderly end."""
        return self.take(2**28)

    def has_ended(self) -> bool:
        return self.socket.recv(1) == b""


def to_bytes(case: Awkward) -> bytes:
    """The request for an awkward response, as bytes."""
    length = (("Content-Length", str(len(case.body))),) if case.body else ()
    lines = "".join(f"{name}: {value}\r\n" for name, value in (("Host", case.host), *case.headers, *length))
    return f"{case.method} {case.target} HTTP/1.1\r\n{lines}\r\n".encode() + case.body


def get(path: str = "/", *lines: str, host: str = HOST, method: str = "GET", version: str = "HTTP/1.1") -> bytes:
    return "\r\n".join((f"{method} {path} {version}", f"Host: {host}", *lines, "", "")).encode()


def page_of(replica: Replica, request: bytes, scheme: str = "http", host: str = HOST) -> bytes:
    """The bytes of an answer after which the server closes."""
    with Client(replica, scheme, host) as client:
        client.send(request)
        return client.take_all()


QUICK = [case for case in AWKWARD.values() if case.outcome != "slow"]
ENDED_WELL = [case for case in QUICK if case.then != "reset"]
SLOW = [case for case in AWKWARD.values() if case.outcome == "slow"]
AGAIN = AWKWARD["keep-alive"]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("case", ENDED_WELL, ids=lambda case: case.name)
def test_awkward_response_is_sent_byte_for_byte(replica: Replica, case: Awkward, scheme: str) -> None:
    with Client(replica, scheme, case.host) as client:
        client.send(to_bytes(case))
        assert client.take(len(case.wire())) == case.wire()
        if case.then == "close":
            assert client.has_ended()
        else:  # not a byte more, and the connection goes on
            client.send(to_bytes(AGAIN))
            assert client.take(len(AGAIN.wire())) == AGAIN.wire()


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("case", [case for case in QUICK if case.then == "reset"], ids=lambda case: case.name)
def test_awkward_reset_comes_after_the_bytes_before_it(replica: Replica, case: Awkward, scheme: str) -> None:
    with Client(replica, scheme) as client:
        client.send(to_bytes(case))
        assert client.take(len(case.wire())) == case.wire()
        with pytest.raises(RESET):
            client.take(1)


@pytest.mark.parametrize("case", SLOW, ids=lambda case: case.name)
def test_slow_response_outlasts_a_short_timeout(replica: Replica, case: Awkward) -> None:
    with Client(replica) as client:
        client.send(to_bytes(case))
        client.socket.settimeout(0.3)
        received = b""
        with pytest.raises(TimeoutError):
            deadline = time.monotonic() + 0.6
            while time.monotonic() < deadline:
                received += client.take(1)
            raise TimeoutError
        assert case.wire().startswith(received)
        assert len(received) < len(case.wire())


# http.client takes a line that is no header for the first of the body, and 103 for the answer.
UNREADABLE = {"header-without-colon", "spaced-header", "early-hints"}


@pytest.mark.parametrize(
    "case", [case for case in QUICK if case.outcome == "complete" and case.name not in UNREADABLE], ids=lambda c: c.name
)
def test_registry_says_what_a_client_gets(replica: Replica, case: Awkward) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", replica.http_port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request(case.method, case.target, case.body or None, {"Host": case.host, **dict(case.headers)})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == case.status
        if case.payload is not None:
            assert body == case.payload
        if case.decoded is not None:
            assert decode(body, answer.getheader("Content-Encoding")) == case.decoded


def decode(body: bytes, coding: str | None) -> bytes:
    """As a browser does it: gzip is recognised without its header, deflate in both forms, an end that is cut off."""
    if body.startswith(b"\x1f\x8b"):
        return decode(zlib.decompressobj(31).decompress(body), None)
    if coding == "deflate":
        return zlib.decompressobj(15 if body[:1] == b"\x78" else -15).decompress(body)
    return body


@pytest.mark.parametrize(("name", "layers", "most"), [("bomb", 1, 140_000), ("double-bomb", 2, 1500)])
def test_bomb_is_small_until_it_is_decoded(name: str, layers: int, most: int) -> None:
    packed = AWKWARD[name].wire().partition(b"\r\n\r\n")[2]
    assert len(packed) < most
    if layers == 2:
        packed = zlib.decompress(packed, 31)
    assert len(zlib.decompress(packed, 31)) == BOMB


def test_front_page_links_to_every_awkward_response(replica: Replica) -> None:
    front = page_of(replica, get("/", "Connection: close")).decode()
    assert [case.name for case in AWKWARD.values() if f'href="{case.url}"' not in front] == []


# Requests


def test_ordinary_answer_has_the_headers_of_a_server(replica: Replica) -> None:
    head, _, body = page_of(replica, get("/nowhere", "Connection: close")).partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"HTTP/1.1 404 Not Found",
        b"Date: Fri, 02 Oct 2026 11:38:00 GMT",
        b"Server: nginx",
        b"Content-Type: text/plain",
        b"Content-Length: 25",
        b"Connection: close",
    ]
    assert body == b"no such awkward response\n"


def test_head_has_the_length_but_no_body(replica: Replica) -> None:
    answer = page_of(replica, get("/nowhere", "Connection: close", method="HEAD"))
    assert b"\r\nContent-Length: 25\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_unknown_host_is_named(replica: Replica) -> None:
    answer = page_of(replica, get("/", "Connection: close", host="elsewhere.vn:80"))
    assert answer.startswith(b"HTTP/1.1 421 ")
    assert b"elsewhere.vn" in answer


def test_http_1_0_closes_unless_asked_to_keep(replica: Replica) -> None:
    assert b"Connection: close" in page_of(replica, get("/nowhere", version="HTTP/1.0"))
    kept = page_of(replica, get("/nowhere", "Connection: close")).replace(
        b"Connection: close", b"Connection: keep-alive"
    )
    with Client(replica) as client:
        for _ in range(2):
            client.send(get("/nowhere", "Connection: keep-alive", version="HTTP/1.0"))
            assert client.take(len(kept)) == kept


def test_requests_in_pieces_and_in_a_row_are_answered_in_order(replica: Replica) -> None:
    first, second, wanted = AWKWARD["gzip"], AWKWARD["chunked-slowly"], AWKWARD["gone"]
    requests = b"\r\n" + b"".join(to_bytes(case) for case in (first, second, wanted))
    with Client(replica) as client:
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(requests), 17):
            client.send(requests[at : at + 17])
        wires = first.wire() + second.wire() + wanted.wire()
        assert client.take(len(wires)) == wires


def test_posted_body_is_read_by_length_and_in_chunks(replica: Replica) -> None:
    chunked = get("/post", "Transfer-Encoding: chunked", method="POST") + b"3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: t\r\n\r\n"
    with Client(replica) as client:
        client.send(get("/post", "Content-Length: 5", method="POST") + b"abcde" + chunked)
        assert client.take(2 * len(posted(b"abcde"))) == posted(b"abcde") * 2


def posted(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nX-Method: POST\r\n"
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def test_client_that_waits_for_100_continue_gets_it(replica: Replica) -> None:
    with Client(replica) as client:
        client.send(get("/post", "Content-Length: 5", "Expect: 100-continue", method="POST"))
        assert client.take(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.send(b"abcde")
        assert client.take(len(posted(b"abcde"))) == posted(b"abcde")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET http://[/ HTTP/1.1\r\n\r\n", b"400"),
        (get("/post", "Content-Length: -1", method="POST"), b"400"),
        (get("/post", "Content-Length: 99999999999999", method="POST"), b"413"),
        (get("/post", "Transfer-Encoding: chunked", method="POST") + b"zz\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 300_000, b"431"),
    ],
    ids=["nonsense", "address", "negative", "huge", "chunk", "head"],
)
def test_bad_request_is_refused(replica: Replica, request_bytes: bytes, status: bytes) -> None:
    with Client(replica) as client:
        client.send(request_bytes)
        assert client.take(12) == b"HTTP/1.1 " + status


# TLS


@pytest.mark.parametrize("host", [HOST, IDN_HOST, "never-heard-of.vn"])
def test_certificate_is_for_the_named_host(replica: Replica, host: str) -> None:
    with Client(replica, "https", host) as client:
        assert isinstance(client.socket, ssl.SSLSocket)
        certificate = client.socket.getpeercert()
    assert certificate is not None
    assert certificate["subjectAltName"] == (("DNS", host),)


def test_certificate_is_not_trusted_without_the_authority(replica: Replica) -> None:
    connection = http.client.HTTPSConnection("127.0.0.1", replica.https_port, timeout=PATIENCE)
    with contextlib.closing(connection), pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/")


# Faults


def fault(replica: Replica, *faults: Fault, path: str = "/nowhere", scheme: str = "http") -> bytes:
    replica.set_faults(*faults)
    return page_of(replica, get(path, "Connection: close"), scheme)


def status(answer: bytes) -> int:
    return int(answer[9:12])


def test_status_fault_strikes_as_often_as_it_should(replica: Replica) -> None:
    too_many = Status(f"{HOST}/now*", status=429, retry_after="7", skip=1, times=2)
    answers = [fault(replica, too_many)] + [page_of(replica, get("/nowhere", "Connection: close")) for _ in range(3)]
    assert [status(answer) for answer in answers] == [404, 429, 429, 404]
    assert b"\r\nRetry-After: 7\r\n" in answers[1]


def test_delay_fault(replica: Replica) -> None:
    start = time.monotonic()
    assert status(fault(replica, Delay("*", seconds=0.3))) == 404
    assert time.monotonic() - start >= 0.3


def test_truncate_fault_declares_more_than_it_sends(replica: Replica) -> None:
    whole = page_of(replica, get("/nowhere", "Connection: close"))
    assert fault(replica, Truncate("*", share=0.4)) == whole[:-15]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("at", ["before", "headers", "body"])
def test_reset_fault(replica: Replica, at: str, scheme: str) -> None:
    whole = page_of(replica, get("/nowhere", "Connection: close"))
    head = whole.index(b"\r\n\r\n") + 4
    kept = whole[: {"before": 0, "headers": head, "body": head + 12}[at]]
    replica.set_faults(parse_fault(f"{HOST}/*=reset;at={at}"))
    with Client(replica, scheme) as client:
        client.send(get("/nowhere", "Connection: close"))
        assert client.take(len(kept)) == kept
        with pytest.raises(RESET):
            client.take(1)


def test_drip_fault_changes_the_pace_only(replica: Replica) -> None:
    whole = page_of(replica, get("/nowhere", "Connection: close"))
    start = time.monotonic()
    assert fault(replica, Drip("*", bytes=50, every=0.1)) == whole
    assert time.monotonic() - start >= 0.1 * (len(whole) // 50)


def test_redirect_loop_fault_comes_back(replica: Replica) -> None:
    replica.set_faults(RedirectLoop("*", hops=2))
    seen, path = [], "/nowhere"
    for _ in range(3):
        answer = page_of(replica, get(path, "Connection: close"))
        assert status(answer) == 302
        path = answer.partition(b"Location: ")[2].partition(b"\r\n")[0].decode()
        seen.append(path)
    assert seen == ["/nowhere?loop=1", "/nowhere", "/nowhere?loop=1"]


def test_refuse_fault_gives_nothing(replica: Replica) -> None:
    assert fault(replica, Refuse(f"{HOST}/*")) == b""
    with pytest.raises(ssl.SSLError):
        Client(replica, "https")


def test_faults_add_up(replica: Replica) -> None:
    start = time.monotonic()
    answer = fault(replica, Delay("*", seconds=0.2), Status("*", status=503), Truncate("*", share=0.0))
    assert status(answer) == 503
    assert answer.endswith(b"\r\n\r\n")
    assert time.monotonic() - start >= 0.2


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_fault_is_the_same_after_the_command_line(kind: type[Fault]) -> None:
    example = kind("*.vn/tin?trang=2*", times=3, skip=1)
    assert parse_fault(to_option(example)) == example


@pytest.mark.parametrize(
    "option", ["a.vn/", "a.vn/*=unheard-of", "a.vn/*=delay;minutes=1", "a.vn/*=reset;at=night", "a.vn/*=burden;load=0"]
)
def test_wrong_fault_is_refused(option: str) -> None:
    with pytest.raises(ValueError, match=r"fault|reset|burden"):
        parse_fault(option)


def test_pattern_that_no_option_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="pattern"):
        to_option(Delay("a.vn/tin;times=2"))


# The wire log


def test_wire_log_has_the_bytes_of_the_sockets(running: tuple[Replica, Path]) -> None:
    replica, log = running
    cases = [AWKWARD[name] for name in ("keep-alive", "chunked-slowly", "post", "early-hints", "short-body")]
    for scheme in ("http", "https"):
        before = len(read_wire_log(log))
        with Client(replica, scheme) as client:
            for case in cases:
                client.send(to_bytes(case))
                assert client.take(len(case.wire())) == case.wire()
        logged = read_wire_log(log)[before:]
        assert [(each.received, each.sent) for each in logged] == [(to_bytes(case), case.wire()) for case in cases]
        assert [each.exchange for each in logged] == [1, 2, 3, 4, 5]
        assert {each.connection for each in logged} == {logged[0].connection}
        assert [each.url for each in logged] == [f"{scheme}://{case.host}{case.target}" for case in cases]
        assert [each.closed for each in logged] == ["kept"] * 4 + ["closed"]
        assert all(each.started <= each.ended <= time.time() for each in logged)


def test_wire_log_tells_how_a_connection_ended(running: tuple[Replica, Path]) -> None:
    replica, log = running
    before = len(read_wire_log(log))
    with Client(replica) as client:
        client.send(to_bytes(AWKWARD["reset-in-body"]))
        with pytest.raises(ConnectionResetError):
            client.take_all()
    with Client(replica) as client:
        client.send(to_bytes(AWKWARD["stalled"]))
        client.take(60)
    with Client(replica) as client:
        client.send(b"GET /half")
    while len(logged := read_wire_log(log)[before:]) < 3:
        time.sleep(0.01)
    assert [(each.closed, each.received[:10]) for each in logged] == [
        ("reset", b"GET /reset"),
        ("client", b"GET /stall"),
        ("client", b"GET /half"),
    ]
    assert AWKWARD["reset-in-body"].wire() == logged[0].sent
    assert AWKWARD["stalled"].wire().startswith(logged[1].sent)
    assert logged[2].sent == b""


def test_wire_log_survives_a_kill(tmp_path: Path) -> None:
    log = tmp_path / "wire.log"
    with Replica(articles=0, wire_log=log) as replica, Client(replica) as client:
        for _ in range(20):
            client.send(to_bytes(AGAIN))
            client.take(len(AGAIN.wire()))
        replica.kill()
        assert [each.sent for each in read_wire_log(log)] == [AGAIN.wire()] * 20
        with pytest.raises(ReplicaError):
            replica.counters()
    whole = log.read_bytes()
    log.write_bytes(whole[:-3])
    assert len(read_wire_log(log)) == 19


# Orders


def test_counters_count_addresses(replica: Replica) -> None:
    replica.forget_counters()
    for path in ("/nowhere", "/nowhere?trang=2", "/nowhere"):
        page_of(replica, get(path, "Connection: close"))
    assert replica.counters() == {f"{HOST}/nowhere": 2, f"{HOST}/nowhere?trang=2": 1}


def test_clock_can_be_set(replica: Replica) -> None:
    replica.set_now(datetime(2030, 1, 1, tzinfo=UTC))
    try:
        assert b"Date: Tue, 01 Jan 2030 00:00:00 GMT\r\n" in page_of(replica, get("/nowhere", "Connection: close"))
    finally:
        replica.set_now(NOW)


def test_settings_lead_to_both_ports(replica: Replica) -> None:
    assert replica.settings == {
        "CONNECT_TO": [f":80:127.0.0.1:{replica.http_port}", f":443:127.0.0.1:{replica.https_port}"]
    }
    assert replica.environment == {"SSL_CERT_FILE": str(replica.ca_file)}
    assert set(replica.hosts) == {HOST, IDN_HOST}


# By hand


def test_by_hand_it_prints_its_settings_and_stops_when_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.replica", "--articles=0", f"--fault={HOST}/gone=418;times=1"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        printed = json.loads(process.stdout.readline())
        ports = printed["http_port"], printed["https_port"]
        assert printed["settings"]["CONNECT_TO"] == ":80:127.0.0.1:{},:443:127.0.0.1:{}".format(*ports)
        certificates = Path(printed["environment"]["SSL_CERT_FILE"])
        assert certificates.read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
        connection = http.client.HTTPConnection("127.0.0.1", printed["http_port"], timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", "/gone", headers={"Host": HOST})
            assert connection.getresponse().status == 418
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert not certificates.exists()


def test_by_hand_a_wrong_fault_is_a_usage_error() -> None:
    command = [sys.executable, "-m", "tests.replica", "--fault=nonsense"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 2
    assert "--fault" in done.stderr
