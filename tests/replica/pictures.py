"""The files beside the pages: small valid pictures, style sheets and scripts, made in code."""

from __future__ import annotations

import struct
from zlib import compress, crc32

TYPES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "ico": "image/x-icon",
    "css": "text/css", "js": "application/javascript", "woff2": "font/woff2",
}  # fmt: skip


def png(seed: int) -> bytes:
    """An 8 by 8 picture of one colour.

    >>> png(7)[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    row = b"\x00" + struct.pack(">I", seed & 0xFFFFFF)[1:] * 8
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)), (b"IDAT", compress(row * 8)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg(seed: int) -> bytes:
    """An 8 by 8 grey picture; the seed stands in its comment, so that no two are the same bytes.

    >>> jpeg(7)[:2], jpeg(7)[-2:]
    (b'\\xff\\xd8', b'\\xff\\xd9')
    """
    one_code = bytes([1] + [0] * 15 + [0])  # a Huffman table with a single code, for the value 0
    segments = (
        (b"\xe0", b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
        (b"\xfe", b"%08x" % (seed & 0xFFFFFFFF)),
        (b"\xdb", b"\x00" + bytes([16] * 64)),
        (b"\xc0", b"\x08\x00\x08\x00\x08\x01\x01\x11\x00"),
        (b"\xc4", b"\x00" + one_code),
        (b"\xc4", b"\x10" + one_code),
        (b"\xda", b"\x01\x01\x00\x00\x3f\x00"),
    )
    head = b"".join(b"\xff" + kind + struct.pack(">H", len(data) + 2) + data for kind, data in segments)
    return b"\xff\xd8" + head + b"\x3f" + b"\xff\xd9"


def gif(seed: int) -> bytes:
    """A picture of one pixel."""
    colour = struct.pack(">I", seed & 0xFFFFFF)[1:]
    return (
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00"
        + colour
        + b"\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
    )


def asset(path: str) -> tuple[str, bytes] | None:
    """The media type and bytes of a file by its path, or None if the path names no such file.

    >>> asset("/css/main.css")[0]
    'text/css'
    """
    extension = path.rpartition(".")[2].lower()
    media_type = TYPES.get(extension)
    if media_type is None:
        return None
    seed = crc32(path.encode())
    match extension:
        case "png" | "ico":
            return media_type, png(seed)
        case "jpg" | "jpeg":
            return media_type, jpeg(seed)
        case "gif":
            return media_type, gif(seed)
        case "css":
            return media_type, b"body{font-family:Arial,sans-serif}.d-none{display:none}/* %08x */\n" % seed
        case "js":
            return media_type, b"window.page=window.page||{};/* %08x */\n" % seed
        case _:
            return media_type, b"wOF2" + struct.pack(">I", seed)
