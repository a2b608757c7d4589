"""Whether content is WARC or ARC."""

from __future__ import annotations

from typing import Final

from archive.files.inflate import Content
from archive.files.plain_file import PlainFile
from archive.records.arc_reader import Arc
from archive.records.record_reader import Grammar, Warc

WARC: Final = Warc()
ARC: Final = Arc()


def grammar_of(content: Content | PlainFile, otherwise: Grammar | None) -> Grammar | None:
    """Return the grammar in which content begins with a record; ``otherwise`` if it does in none."""
    return next((grammar for grammar in (WARC, ARC) if grammar.begins(content)), otherwise)
