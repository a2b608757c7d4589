"""The host awkward.test: one path for each awkward response of the web, as the exact bytes to send.

`AWKWARD` is the registry: what each path is, and what a client should make of it.
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from tests.replica import awkward_codings, awkward_endings, awkward_framings, awkward_heads
from tests.replica.awkward_case import Awkward
from tests.replica.request import Request
from tests.replica.site import RawReply, Reply

AWKWARD: dict[str, Awkward] = {
    case.name: case
    for part in (awkward_heads, awkward_codings, awkward_framings, awkward_endings)
    for case in part.CASES
}


class AwkwardSite:
    """Plays `AWKWARD`; its front page links to all of it."""

    name = "awkward"
    hosts = awkward_heads.HOSTS

    def __init__(self) -> None:
        # By path without query, percent-encoding undone: clients write the same address in several ways.
        self._by_path = {unquote_to_bytes(case.target.partition("?")[0]): case for case in AWKWARD.values()}

    def reply(self, request: Request) -> Reply | RawReply:
        if request.path == "/":
            return Reply(headers=(("Content-Type", "text/html; charset=utf-8"),), body=self._front_page())
        if (case := self._by_path.get(unquote_to_bytes(request.path))) is not None:
            return case.answer(request)
        return Reply(404, headers=(("Content-Type", "text/plain"),), body=b"no such awkward response\n")

    def _front_page(self) -> bytes:
        items = "".join(f'<li><a href="{case.url}">{case.name}</a>: {case.what}\n' for case in AWKWARD.values())
        return f"<!doctype html>\n<title>Awkward responses</title>\n<ul>\n{items}</ul>\n".encode()
