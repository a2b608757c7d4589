"""The rules: what can be found in an archive, under which code, and whether it counts."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

#: What is wrong, by code.
FAULTS: Final = {
    # archive.records.members: the file as a sequence of records
    "unreadable": "The file cannot be opened or read.",
    "empty-file": "The file holds nothing.",
    "format-unknown": "The file is no WARC or ARC file, but something else: the message says what, as far as it shows.",
    "gzip-torn": "The file ends inside a gzip member or zstd frame.",
    "gzip-data": "The compressed data of a gzip member or zstd frame is broken.",
    "gzip-crc": "A gzip member's checksum or length does not fit its content.",
    "gzip-dense": "A gzip member or zstd frame unpacks to over 256 MB and 200 times its size: it is not read.",
    "gzip-form": "A gzip member holds what it should, but not in the bytes in which it was written.",
    "padding": "NUL bytes stand where a record should.",
    "garbage": "Bytes belong to no record.",
    "record-head": "A record's head does not end.",
    "record-length": "A record's Content-Length is missing or no number.",
    "record-torn": "A record's block is shorter than its Content-Length.",
    "record-end": "A record does not end with two line ends where its Content-Length says.",
    # archive.verify.heads: the head of each record
    "head-line": "A head line has no colon, no CRLF, or bytes that no head may hold.",
    "record-version": "The version is none that the standard or its drafts had.",
    "field-missing": "A field is missing that the record type must have.",
    "field-forbidden": "A field is there that the record type must not have.",
    "field-repeated": "A field stands twice that may stand once.",
    "field-value": "A field's value is not of the form that the standard gives.",
    "uri-brackets": "A URI stands in angle brackets in a WARC/1.1 record, where none may be.",
    "date-future": "A record is dated later than now.",
    # archive.verify.file
    "digest-form": "A digest is not of the form algorithm:value, or of the wrong length.",
    "block-digest": "The block does not have the digest that the head gives.",
    "payload-digest": "The payload does not have the digest that the head gives.",
    "payload-digest-framing": "The payload digest is over the chunk framing, not over the payload alone.",
    # archive.verify.http
    "http-head": "An HTTP record does not begin with a request or response head.",
    "http-length": "The body is not as long as its Content-Length header says, and nothing says it was cut.",
    "http-chunked": "Transfer-Encoding says chunked, but the body is not whole chunks.",
    "http-encoding": "The body cannot be decoded as Content-Encoding says, or is compressed and nothing says so.",
    # archive.verify.links: records among each other
    "record-id-repeated": "Two records have one id.",
    "concurrent-link": "WARC-Concurrent-To names no record of the collection.",
    "exchange-torn": "A response lacks the metadata record that its file keeps for each.",
    "segment-gap": "Segments of a record are missing, stand twice, or are together not as long as the last one says.",
    "wire-recipe": "The recipe for the wire's bytes does not fit the response it belongs to.",
    "revisit-unresolved": "A revisit's original is not in the collection.",
    "revisit-digest": "A revisit's payload digest is not that of its original.",
    "revisit-date": "A revisit refers to a capture that is not older than itself.",
    # archive.verify.verification: files among each other
    "fixity": "The file is not the one whose sha256 the manifest holds.",
    "fixity-missing": "The manifest holds no sha256 of the file: nothing tells what it was when it was finished.",
    "manifest-line": "A line of the manifest is none, or contradicts another.",
    "file-missing": "A file is named in the manifest, the index or a line, but is not there.",
    "index-missing": "A record is not in the index.",
    "index-extra": "The index names a record that is not there, or not as it says.",
    "index-order": "The index is not sorted, or a line of it cannot be read.",
    # archive.chain, newsbot.chaining: files against the signed chain
    "chain-entry": "An entry of the chain is none, or is not as it was signed.",
    "chain-order": "An entry of the chain does not follow the one before it: some were removed, inserted or moved.",
    "chain-key": "The chain is signed by another key than it should be, or the key cannot be read, or by others, too.",
    "chain-expected": "Root or key is not the one that is known outside the folder; this cannot be signed off.",
    "chain-rollback": "A root that is known from elsewhere is not in the chain: it was cut short, or an older one.",
    "chain-missing": "A file is in the chain, but not there: a run, or a part of it, was removed.",
    "chain-extra": "A file is in no entry of the chain, or gone by it: a run, or a part of one, was inserted.",
    "chain-file": "A file is not the one whose sha256 the chain holds.",
    "chain-stamp": "A time stamp does not fit the entry of the chain that it is of.",
    # newsbot.replaying: line_check, line_history, missing_lines
    "line-form": "A line is no article.",
    "line-capture": "A line's capture does not lead to the record that it names.",
    "line-content": "Reading the record again gives another article than the line.",
    "line-version": "An article's versions do not follow one another, or a change does not fit the one before.",
    "line-duplicate": "A line is called a duplicate of an article that has no line, or is a duplicate itself.",
    "line-missing": "A run has published lines, as its last record says, and there is no file of its lines.",
    "line-count": "A run has published fewer or more lines than there are of it, as its last record says.",
}

#: What is worth knowing but not wrong: does not count for the exit status.
NOTES: Final = {
    "file-open": "The file is being written, or its crawl was killed; it is not checked.",
    "file-torn": "A torn tail that was cut off and kept.",
    "file-unchecked": "A file in the folder that is not checked, nor indexed: the message says what it is.",
    "format-convert": "The file is ARC, or zstd-compressed: it is read, but not indexed; `scrapy convert` helps.",
    "gzip-stream": "Gzip members hold several records, or parts of some: such are not indexed; `scrapy convert` helps.",
    "version-odd": "The version is written in lower case, or is of a draft of the standard (0.17, 0.18).",
    "head-folded": "A head line is folded, which the standard discourages.",
    "uri-brackets-old": "A URI stands in angle brackets, as in files before WARC/1.1.",
    "content-type-missing": "A record with a block says not of what kind that is.",
    "truncated-odd": "The reason why a record is truncated is none of the standard's.",
    "revisit-profile": "A revisit's profile is none of the standard's.",
    "warcinfo-first": "The file does not begin with a warcinfo record.",
    "warcinfo-link": "WARC-Warcinfo-ID names no warcinfo record of the collection.",
    "date-order": "A record is older than those in front of it can explain.",
    "segment-elsewhere": "The first or the last segment of a record is in none of the files that were checked.",
    "requisite-missing": "A page consists of a record that is nowhere in the archive: it is lost, or was redacted.",
    "type-unknown": "The standard does not know the record type; only what all records must have is checked.",
    "digest-missing": "The record has no block digest: a change in it would be found by its gzip checksum only.",
    "block-digest-empty": "A revisit's block digest is that of no bytes, as GNU wget has it; it is not checked.",
    "digest-unknown": "The digest's algorithm is not known here; it is not checked.",
    "payload-digest-chunked": "The payload digest is right, but the payload is kept in chunks: some tools doubt it.",
    "encoding-on-wire": "Content-Encoding and body do not fit, but came so: the capture was taken from the wire.",
    "line-retired": "A line's capture has left for a folder that is not there, or was deleted; it is not checked.",
    "line-reader": "Reading the record again gives another article, as a newer reader may.",
    "acknowledged": "A fault that somebody has signed off: the message says which, who, when and why.",
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
