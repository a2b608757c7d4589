"""Awkward content codings, and bombs."""

from __future__ import annotations

import zlib
from functools import cache

from tests.replica.awkward_case import PAGE, Awkward, awkward, page, zipped
from tests.replica.site import RawReply

BOMB = 128 * 1024 * 1024  # bytes of a bomb once decoded
MIB = 1024 * 1024

TEXT = "Báo thử: một trang dài vừa đủ để nén. ".encode() * 8
TEXT_BROTLI = bytes.fromhex(  # made once with brotli 1.2.1, so that the replica does not need it
    "1ba701f81d09364ef1e149bb41b92dd50b49bad1d406821a9c20c310ca4ce523126172e0905056d45a0be8c16210312d2dfb1053beb22583"
    "b8e6839eb57872c697e14be0b95e00"
)
TEXT_ZSTD = bytes.fromhex(  # made once with zstandard 1.5
    "28b52ffd60a800dd0100040342c3a16f207468e1bbad3a206de1bb9974207472616e672064c3a0692076e1bbab6120c491e1bba783206ec3"
    "a96e2e2002007058298e08a50c"
)


@cache
def bomb() -> bytes:
    """BOMB zero bytes as gzip: the deflated form of one mebibyte again and again, which takes no time to make."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(BOMB // MIB):
        checksum = zlib.crc32(bytes(MIB), checksum)
    end = checksum.to_bytes(4, "little") + BOMB.to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + packed * (BOMB // MIB) + b"\x03\0" + end


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def encoded(coding: bytes, body: bytes) -> bytes:
    return page(b"Content-Encoding: " + coding, body=body)


CASES: tuple[Awkward, ...] = (
    awkward("gzip", "gzip", encoded(b"gzip", zipped(TEXT)), payload=zipped(TEXT), decoded=TEXT),
    awkward("x-gzip", "gzip under its old name", encoded(b"x-gzip", zipped(TEXT)), payload=zipped(TEXT), decoded=TEXT),
    awkward(
        "double-gzip",
        "gzip in gzip, and said so",
        encoded(b"gzip, gzip", zipped(zipped(TEXT))),
        payload=zipped(zipped(TEXT)),
        decoded=TEXT,
    ),
    awkward(
        "gzip-without-header", "gzip, and not said so", page(body=zipped(PAGE)), payload=zipped(PAGE), decoded=PAGE
    ),
    awkward(
        "gzip-cut",
        "gzip without its last 8 bytes",
        encoded(b"gzip", zipped(TEXT)[:-8]),
        payload=zipped(TEXT)[:-8],
        decoded=TEXT,
    ),
    awkward(
        "gzip-and-more",
        "gzip with bytes after its end",
        encoded(b"gzip", zipped(TEXT) + b"\0\0more"),
        payload=zipped(TEXT) + b"\0\0more",
        decoded=TEXT,
    ),
    awkward(
        "deflate",
        "deflate as the standard has it, in zlib's form",
        encoded(b"deflate", zlib.compress(TEXT, 6)),
        payload=zlib.compress(TEXT, 6),
        decoded=TEXT,
    ),
    awkward(
        "raw-deflate",
        "deflate without zlib's form",
        encoded(b"deflate", raw_deflate(TEXT)),
        payload=raw_deflate(TEXT),
        decoded=TEXT,
    ),
    awkward("brotli", "brotli, asked for or not", encoded(b"br", TEXT_BROTLI), payload=TEXT_BROTLI, decoded=None),
    awkward("zstd", "zstandard, asked for or not", encoded(b"zstd", TEXT_ZSTD), payload=TEXT_ZSTD, decoded=None),
    awkward("not-gzip", "said to be gzip, but plain", encoded(b"gzip", PAGE), decoded=None),
    awkward("unknown-coding", "a coding nobody knows", encoded(b"nonsense", PAGE), decoded=None),
    awkward(
        "bomb",
        "128 KB of gzip that become 128 MB",
        lambda _: RawReply((encoded(b"gzip", bomb()),)),
        payload=None,
        decoded=None,
    ),
    awkward(
        "double-bomb",
        "1 KB of gzip in gzip that becomes 128 MB",
        lambda _: RawReply((encoded(b"gzip, gzip", zipped(bomb())),)),
        payload=None,
        decoded=None,
    ),
)
