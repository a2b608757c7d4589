"""What a package of a proof holds may be let go of in the midst of being read: writing it has failed."""

from __future__ import annotations

import sys

import pytest

from archive.wacz.contents import Contents


def test_contents_that_are_closed_while_they_are_read_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python would print what a generator says that is let go of late, behind the one line that counts."""
    said: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", said.append)
    contents = Contents()
    for offset in range(2):
        contents.borrow("a.warc.gz", offset)
    borrowed = contents.borrowed()
    assert next(borrowed) == ("a.warc.gz", 0)
    contents.close()
    del borrowed
    assert said == []
