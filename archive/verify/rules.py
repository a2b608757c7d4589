"""The rules: what can be found in an archive, under which code, and whether it counts.

The table is published in README.md beside this file; a test holds the two together.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

#: What is wrong, by code.
FAULTS: Final = {
    # archive.members: the file as a sequence of records
    "unreadable": "The file cannot be opened or read.",
    "empty-file": "The file holds nothing.",
    "gzip-torn": "The file ends inside a gzip member.",
    "gzip-data": "A gzip member's compressed data is broken.",
    "gzip-crc": "A gzip member's checksum or length does not fit its content.",
    "gzip-stream": "Records share a gzip member: none can be read on its own.",
    "gzip-form": "A gzip member holds what it should, but not in the bytes in which it was written.",
    "padding": "NUL bytes stand where a record should.",
    "garbage": "Bytes belong to no record.",
    "record-head": "A record's head does not end.",
    "record-length": "A record's Content-Length is missing or no number.",
    "record-torn": "A record's block is shorter than its Content-Length.",
    "record-end": "A record does not end with two line ends where its Content-Length says.",
    # archive.verify.heads: the head of each record
    "head-line": "A head line is folded, has no colon, no CRLF, or bytes that no head may hold.",
    "record-version": "The version is not WARC/1.0 or WARC/1.1.",
    "field-missing": "A field is missing that the record type must have.",
    "field-forbidden": "A field is there that the record type must not have.",
    "field-repeated": "A field stands twice that may stand once.",
    "field-value": "A field's value is not of the form that the standard gives.",
    "uri-brackets": "A URI stands in angle brackets where none may be.",
    "revisit-profile": "A revisit's profile is none of the standard's.",
    "date-future": "A record is dated later than now.",
    # archive.verify.digests
    "digest-form": "A digest is not of the form algorithm:value, or of the wrong length.",
    "block-digest": "The block does not have the digest that the head gives.",
    "payload-digest": "The payload does not have the digest that the head gives.",
    "payload-digest-framing": "The payload digest is over the chunk framing, not over the payload alone.",
    # archive.verify.http
    "http-head": "An HTTP record does not begin with a request or response head.",
    "http-length": "The body is not as long as its Content-Length header says, and nothing says it was cut.",
    "http-chunked": "Transfer-Encoding says chunked, but the body is not whole chunks.",
    "http-encoding": "Content-Encoding and the body's first bytes do not fit.",
    # archive.verify.links: records among each other
    "warcinfo-first": "The file does not begin with a warcinfo record.",
    "record-id-repeated": "Two records have one id.",
    "warcinfo-link": "WARC-Warcinfo-ID names no warcinfo record of the collection.",
    "concurrent-link": "WARC-Concurrent-To names no record of the collection.",
    "exchange-torn": "A response lacks the metadata record that its file keeps for each.",
    "date-order": "A record is older than those in front of it can explain.",
    "wire-recipe": "The recipe for the wire's bytes does not fit the response it belongs to.",
    "revisit-unresolved": "A revisit's original is not in the collection.",
    "revisit-digest": "A revisit's payload digest is not that of its original.",
    "revisit-date": "A revisit refers to a capture that is not older than itself.",
    # archive.verify.verification: files among each other
    "fixity": "The file is not the one whose sha256 the manifest holds.",
    "file-missing": "A file is named in the manifest, the index or a line, but is not there.",
    "index-missing": "A record is not in the index.",
    "index-extra": "The index names a record that is not there, or not as it says.",
    "index-order": "The index is not sorted, or a line of it cannot be read.",
    # newsbot.rebuilding.line_check
    "line-form": "A line is no article.",
    "line-capture": "A line's capture does not lead to the record that it names.",
    "line-content": "Reading the record again gives another article than the line.",
}

#: What is worth knowing but not wrong: does not count for the exit status.
NOTES: Final = {
    "file-open": "The file is being written, or its crawl was killed; it is not checked.",
    "file-torn": "A torn tail that was cut off and kept.",
    "type-unknown": "The standard does not know the record type; it is not checked.",
    "digest-missing": "The record has no block digest: a change in it would be found by its gzip checksum only.",
    "digest-unknown": "The digest's algorithm is not known here; it is not checked.",
    "payload-digest-chunked": "The payload digest is right, but the payload is kept in chunks: some tools doubt it.",
    "encoding-on-wire": "Content-Encoding and body do not fit, but came so: the capture was taken from the wire.",
    "line-retired": "A line's capture has left for a folder that is not there, or was deleted; it is not checked.",
    "line-reader": "Reading the record again gives another article, as a newer reader may.",
}

RULES: Final = FAULTS | NOTES


class Finding(NamedTuple):
    """One thing found: where, under which rule, and what exactly."""

    file: str
    #: Where the record or damage begins in the file, in bytes; in a text file the line's offset.
    offset: int
    rule: str
    message: str

    @property
    def is_note(self) -> bool:
        return self.rule in NOTES

    def __str__(self) -> str:
        return visible(f"{self.file}:{self.offset}: {self.rule}: {self.message}")

    def as_json(self) -> dict[str, Any]:
        return {**self._asdict(), "note": self.is_note}


def visible(text: str) -> str:
    """Return a text as one line for a terminal, which control characters from a file cannot steer.

    >>> visible("Tỉnh\x1b[2J\\n")
    'Tỉnh\\\\x1b[2J\\\\n'
    """
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


#: A finding of a single record: rule and message.
Problem = tuple[str, str]
