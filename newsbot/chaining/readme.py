"""The README of a data folder: what it is, with which key its chain is signed, and how to check it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from archive.chain.chain import Chain, Head
from archive.chain.signing import SigningKey, public_pem
from archive.files.atomic import replace_file
from archive.files.plain_file import content_of

NAME: Final = "README.md"
#: Maximum size in bytes.
_MOST: Final = 1 << 24
_BEGIN: Final = "<!-- chain: written by newsbot -->"
_END: Final = "<!-- end of chain -->"
_SECTION: Final = re.compile(rf"{_BEGIN}\n.*?{_END}\n", re.DOTALL)
_ABOUT: Final = """\
# A web archive

newsbot has made what is in this folder: WARC files of web sites (`warc/`), and the articles read from them, a JSON line
each (`articles/`). `scrapy verify` checks all of it, `scrapy prove` a single line.

"""
_TEXT: Final = """\
{begin}
## Signed chain

`chain/entries.jsonl` says what each file was when it was finished, and what was changed since; its entries are signed
with the key of this archive. Keep key and root somewhere else, too: who can write in this folder can replace both.

- public key (Ed25519): `{key}`
- last entry: {number}, root `{root}`

```
{pem}```
{end}
"""
_KEY: Final = re.compile(r"^- public key \(Ed25519\): `([0-9a-f]{64})`$", re.MULTILINE)
_ROOT: Final = re.compile(r"^- last entry: [0-9]{1,12}, root `([0-9a-f]{64})`$", re.MULTILINE)


def write_readme(data: Path, chain: Chain, head: Head) -> None:
    """Write the key and the last entry into the README; what else somebody has written there stays.

    :raises ArchiveError: if it cannot be read or written.
    """
    key = SigningKey.kept_in(chain.key_path).public
    section = _TEXT.format(begin=_BEGIN, end=_END, key=key, number=head.entry, root=head.root, pem=public_pem(key))
    path = data / NAME
    text = content_of(path, _MOST).decode("utf-8", "replace")
    if _SECTION.search(text):
        text = _SECTION.sub(lambda _: section, text, count=1)
    else:
        text = f"{text.rstrip()}\n\n{section}" if text.strip() else _ABOUT + section
    replace_file(path, [text.encode()])


def read_readme(data: Path) -> tuple[str, str]:
    """Return the public key and the root in the README; empty where there is none.

    :raises ArchiveError: if it cannot be read.
    """
    text = content_of(data / NAME, _MOST).decode("utf-8", "replace")
    key, root = _KEY.search(text), _ROOT.search(text)
    return key[1] if key else "", root[1] if root else ""
