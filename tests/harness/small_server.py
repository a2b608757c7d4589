"""A loopback server that answers from a script and notes when it was asked for what."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any

from tests.project import ROOT

#: Status, headers and body.
Answer = tuple[int, dict[str, str], bytes]
#: The answer for a path, given how often it was asked for before.
Script = Callable[[str, int], Answer]


@dataclass
class SmallServer:
    """The address of the server, and what it was asked: (seconds, host, path)."""

    port: int
    log: list[tuple[float, str, str]] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def times(self, path: str, host: str = "127.0.0.1") -> list[float]:
        return [time for time, asked_host, asked_path in self.log if (asked_host, asked_path) == (host, path)]

    def crawl(self, *requests: str | dict[str, Any], **settings: Any) -> dict[str, Any]:
        """Crawl in a process of its own and return the stats."""
        plan = {
            "requests": [{"url": request} if isinstance(request, str) else request for request in requests],
            "settings": {"LOG_LEVEL": "ERROR", **settings},
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.harness.small_crawl"],
            input=json.dumps(plan),
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONWARNINGS": "default"},
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        stats: dict[str, Any] = json.loads(done.stdout)
        return stats


@contextmanager
def small_server(script: Script) -> Iterator[SmallServer]:
    """Serve the script on a free loopback port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = self.headers["Host"].rpartition(":")[0]
            before = len(server.times(self.path, host))
            server.log.append((monotonic(), host, self.path))
            status, headers, body = script(self.path, before)
            self.send_response(status)
            for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    server = SmallServer(listener.server_address[1])
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
