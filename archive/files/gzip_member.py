"""The one way in which records are compressed here: the same content always gives the same bytes."""

from __future__ import annotations

from typing import Final

from isal import isal_zlib

#: igzip's best level: within a few percent of zlib's default size at about seven times its speed on news pages.
_LEVEL: Final = 3
_GZIP_WINDOW: Final = 31


def gzip_member(record: bytes | memoryview) -> bytes:
    """Return a serialised record as a gzip member of its own."""
    compressor = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP_WINDOW)
    return compressor.compress(record) + compressor.flush()
