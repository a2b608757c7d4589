"""What somebody sees of a package without proving it: its index, its list of pages, its report, its description."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final

from archive.index.cdxj import cdxj_line
from archive.index.sorted_lines import sort_lines
from archive.records.members import Member, members
from archive.wacz.package import LIST_NAME, NAME, PAGES, list_entry, page_lines, write_index
from newsbot.proving.bundle import REPORT, described, page_of
from newsbot.proving.checked import Checked
from newsbot.proving.exact_json import exactly, is_same
from newsbot.proving.proof import Proof
from newsbot.proving.shown import as_json

INDEX: Final = f"indexes/{NAME}"
LIST: Final = f"indexes/{LIST_NAME}"
DESCRIPTION: Final = "datapackage.json"
#: The files that are checked here.
FILES: Final = (INDEX, LIST, PAGES, REPORT, DESCRIPTION)
#: What a report says that is found here, too; other programs may lay out differently where a field stood.
_OF_REPORT: Final = ("id", "version", "file", "number", "line")
_OF_FIELD: Final = ("name", "said", "read")
#: To zlib, gzip.
_GZIP: Final = 31


def shown_checks(files: Mapping[str, bytes], warcs: Iterable[Path], proof: Proof, record: Member) -> Iterator[Checked]:
    """Check that a package shows what is in it.

    :param files: the content of `FILES`.
    :param proof: with all that was found out of the line and its fields.
    :param record: the line's own.
    """
    wrong = _wrong_index(files[INDEX], files[LIST], warcs)
    yield Checked("index", not wrong, wrong or "it leads to the package's records, and nowhere else")
    content, page = proof.line.content, page_of(proof.line.content, record)
    is_listed = files[PAGES] == b"".join(page_lines([page]))
    yield Checked("pages", is_listed, f"{PAGES} lists {'the page of the line' if is_listed else 'something else'}")
    try:
        wrong = _wrong_report(files[REPORT], proof)
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError):
        wrong = f"{REPORT} is no report"
    yield Checked("report", not wrong, wrong or f"{REPORT} is of this line, its capture and its fields")
    given, wanted = exactly(files[DESCRIPTION]), described(proof.line, [page])
    names = [name for name, value in wanted.items() if not is_same(given.get(name), value)]
    said = f"{DESCRIPTION} is about {content['id']}"
    yield Checked("description", not names, f"{DESCRIPTION} gives another {', '.join(names)}" if names else said)


def _wrong_index(index: bytes, entries: bytes, warcs: Iterable[Path]) -> str:
    """Return what is wrong with an index and the list that leads into it; empty if nothing is.

    Programs compress differently: what is compressed counts.
    """
    made = BytesIO()
    wanted = write_index(sort_lines(_lines(warcs)), made)
    lines = gzip.decompress(made.getvalue())
    found, expected, offset = b"", wanted[:1], 0
    for member, content in _unpacked(index, len(lines)):
        if len(found) >= len(lines):
            break
        found += content
        expected.append(list_entry(content, member, offset))
        offset += len(member)
    if found != lines or offset != len(index):
        return f"{INDEX} is not the index of the package's records"
    return "" if entries == b"".join(expected) else f"{LIST} does not lead into {INDEX}"


def _lines(warcs: Iterable[Path]) -> Iterator[bytes]:
    for path in warcs:
        for member in members(path):
            with suppress(ValueError):  # its date is none: such a record is not indexed
                if line := cdxj_line(member, path.name):
                    yield line


def _unpacked(index: bytes, most: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield the members of an index, up to what is no member of so many bytes at most, with their content."""
    while index:
        inflater = zlib.decompressobj(wbits=_GZIP)
        try:
            content = inflater.decompress(index, most + 1)
        except zlib.error:
            return
        if not inflater.eof or not content:
            return
        yield index[: len(index) - len(inflater.unused_data)], content
        index = inflater.unused_data


def _wrong_report(text: bytes, proof: Proof) -> str:
    """Return what a report says of the line that is not so; empty if nothing is."""
    given = exactly(text)
    found = exactly(json.dumps(as_json(proof), ensure_ascii=False).encode("utf-8", "replace"))
    names = [name for name in _OF_REPORT if not is_same(given.get(name), found[name])]
    if sorted({*given["versions"], proof.line.version}) != sorted({*proof.versions, proof.line.version}):
        names.append("versions")
    # Beside the record in the package may stand what is further off in its file.
    capture = {name: found["capture"].get(name) for name in given["capture"]}
    names += [] if is_same(given["capture"], capture) else ["capture"]
    fields, right = ([[each[name] for name in _OF_FIELD] for each in report["fields"]] for report in (given, found))
    names += [] if is_same(fields, right) else ["fields"]
    return f"{REPORT} gives another {', '.join(names)}" if names else ""
