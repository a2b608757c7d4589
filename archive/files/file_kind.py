"""Tells by its first bytes what a file is that is no WARC file; and what reading a damaged one may raise."""

from __future__ import annotations

import re
import struct
import tarfile
import zlib
from lzma import LZMAError
from typing import Final
from zipfile import BadZipFile

#: Bytes of a file's start that are looked at.
START: Final = 1 << 10

#: Beginnings that no WARC file has, damaged or not.
_OTHER_FORMATS: Final = (
    (b"BZh", "a bzip2 file: unpack it first"),
    (b"\xfd7zXZ\0", "an xz file: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"version https://git-lfs.github.com/spec/", "a pointer to a file that Git LFS holds: fetch it first"),
)
_ZIP: Final = b"PK\x03\x04"
#: Names in a WACZ package, one of which the first entry of the zip file has.
_WACZ: Final = re.compile(rb"datapackage|archive/|indexes/|pages/|fuzzy\.json|logs/")
_MARKUP: Final = re.compile(rb"(\xef\xbb\xbf)?\s{0,99}<(!doctype html|html|head|body|\?xml)", re.IGNORECASE)
#: `zipfile` documents the first; the others come out of decompressors, names and numbers that are none.
ZIP_FAULTS: Final = (
    BadZipFile,
    zlib.error,
    LZMAError,
    struct.error,
    EOFError,
    OverflowError,
    ValueError,
    RuntimeError,  # also NotImplementedError
)


def is_tar(start: bytes) -> bool:
    """Return whether a file begins with the header of the first file in a tar archive, even a damaged one.

    Those of 1979 (V7) are told by their checksum alone, damaged ones by their magic.

    >>> is_tar(tarfile.TarInfo("a").tobuf()), is_tar(b"a".ljust(257) + b"ustar"), is_tar(b"WARC/1.1\\r\\n" * 99)
    (True, True, False)
    """
    if start.startswith(b"ustar", 257) and b"\n" not in start[:257]:
        return True
    try:
        tarfile.TarInfo.frombuf(start[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def holds_files(start: bytes) -> bool:
    """Return whether a file is a package of files, some of which may hold records."""
    return start.startswith(_ZIP) or is_tar(start)


def other_format(start: bytes) -> str:
    """Say what format a file has that cannot be one of WARC; empty if that cannot be said.

    >>> other_format(b"PK\\x03\\x04" + bytes(22) + b"\\x10\\0\\0\\0datapackage.json")
    'a WACZ package (zip), which `scrapy convert` reads'
    >>> other_format(b"WARC/1.1")
    ''
    """
    if is_tar(start):
        return "a tar archive: unpack it first"
    if start.startswith(_ZIP):
        return "a WACZ package (zip), which `scrapy convert` reads" if _WACZ.match(start, 30) else "a zip file"
    return next((name for magic, name in _OTHER_FORMATS if start.startswith(magic)), "")


def likely_kind(start: bytes) -> str:
    """Say what a file seems to be in which no record was found.

    >>> likely_kind(b"<!DOCTYPE html><title>"), likely_kind(bytes(9)), likely_kind("Báo".encode()), likely_kind(b"")
    ('an HTML or XML document', 'NUL bytes', 'text', 'empty')
    """
    if not start:
        return "empty"
    if not start.strip(b"\0"):
        return "NUL bytes"
    if _MARKUP.match(start):
        return "an HTML or XML document"
    if start.startswith(b"HTTP/"):
        return "a bare HTTP message"
    if start.startswith((b"WARC", b"warc")):
        return "something that begins like a WARC file, but holds no record"
    if start.startswith((b"filedesc:", b"filedesc ")):
        return "something that begins like an ARC file, but holds no record"
    if start[:1] in (b"{", b"["):
        return "JSON"
    try:
        text = start.decode("utf-8", "ignore" if len(start) == START else "strict")
    except UnicodeDecodeError:
        return "unknown bytes"
    return "text" if all(each.isprintable() or each.isspace() for each in text) else "unknown bytes"
