"""What may be raised where a ZIP file that is damaged, encrypted or of another kind is read."""

from __future__ import annotations

import struct
import zlib
from lzma import LZMAError
from typing import Final
from zipfile import BadZipFile

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
