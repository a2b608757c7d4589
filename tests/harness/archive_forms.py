"""The same records in archive files of every form: WARC and ARC, plain, gzip and zstd."""

from __future__ import annotations

import gzip

from backports import zstd

from tests.harness.warc_making import BODY, gz, record, response, warcinfo

PAGES = [response(BODY * count) for count in (1, 2, 3, 400)]
IDS = [f"<urn:uuid:00000000-0000-4000-8000-{number:012}>" for number in range(len(PAGES))]
RECORDS = [
    warcinfo(),
    *(record("response", page, warc_record_id=name) for page, name in zip(PAGES, IDS, strict=True)),
]
CONTENT = b"".join(RECORDS)
DICTIONARY = zstd.train_dict([page + b"%d" % n for n in range(50) for page in (*PAGES[:3], CONTENT[:9000])], 4096)


def pieces(size: int) -> list[bytes]:
    return [CONTENT[at : at + size] for at in range(0, len(CONTENT), size)]


def skippable(content: bytes) -> bytes:
    return b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content


def with_dictionary(records: list[bytes], *, packed: bool) -> bytes:
    head = zstd.compress(DICTIONARY.dict_content) if packed else DICTIONARY.dict_content
    return skippable(head) + b"".join(zstd.compress(each, zstd_dict=DICTIONARY) for each in records)


FORMS: dict[str, bytes] = {
    "plain": CONTENT,
    "plain, lower case": CONTENT.replace(b"WARC/1.1", b"warc/1.1"),
    "gzip": gz(*RECORDS),
    "one gzip member": gzip.compress(CONTENT),
    "two gzip members": gz(b"".join(RECORDS[:2]), b"".join(RECORDS[2:])),
    "gzip members of 333 bytes": gz(*pieces(333)),
    "gzip members of one byte": gz(*pieces(1)[:6000]) + gz(CONTENT[6000:]),
    "gzip members split in heads": gz(*(part for each in RECORDS for part in (each[:7], each[7:90], each[90:]))),
    "gzip as bgzip ends it": gz(*pieces(5000), b""),
    "zstd": b"".join(map(zstd.compress, RECORDS)),
    "one zstd frame": zstd.compress(CONTENT),
    "zstd frames of 700 bytes": b"".join(map(zstd.compress, pieces(700))),
    "zstd with a dictionary": with_dictionary(RECORDS, packed=False),
    "zstd with a packed dictionary": with_dictionary(RECORDS, packed=True),
    "zstd with skippable frames": skippable(b"")[:8].join(
        [b"", *map(zstd.compress, RECORDS), b"\x50\x2a\x4d\x18\x03\0\0\0abc"]
    ),
}


def arc(version: int, *blocks: tuple[str, bytes], line_end: bytes = b"\n") -> list[bytes]:
    """ARC records as crawlers wrote them: what describes the file, and a line and a block each."""
    if version == 1:
        about = b"1 1 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n<about/>\n"
        first = b"filedesc://a.arc 0.0.0.0 20080430204825 text/plain %d\n" % len(about)
    else:
        about = (
            b"2 0 Alexa Internet\nURL IP-address Archive-date Content-type Result-code Checksum Location Offset "
            b"Filename Archive-length\n"
        )
        first = b"filedesc://a.arc 0.0.0.0 20080430204825 text/plain 200 - - 0 a.arc %d\n" % len(about)
    described = "" if version == 1 else " 200 fac069150613fe55599cc7fa88aa089d - 209 a.arc"
    return [
        first + about + line_end,
        *(f"{line}{described} {len(block)}\n".encode() + block + line_end for line, block in blocks),
    ]


ARC_BLOCKS = [
    ("dns:a.test 192.0.2.7 20080430204825 text/dns", b"20080430204825\na.test. 60 IN A 192.0.2.7\n"),
    *((f"http://a.test/{n} 192.0.2.7 2008043020483{n} text/html", page) for n, page in enumerate(PAGES)),
    ("http://a.test/a b 192.0.2.7 20080430204839 text/html; charset=utf-8", b"<p>no HTTP head</p>"),
]
ARC_FORMS = {
    "version 1": b"".join(arc(1, *ARC_BLOCKS)),
    "version 2": b"".join(arc(2, *ARC_BLOCKS)),
    "filled up with spaces": b"".join(arc(1, *ARC_BLOCKS)) + b" " * 80,
    "two line ends": b"".join(arc(1, *ARC_BLOCKS, line_end=b"\n\n")),
    "gzip": gz(*arc(1, *ARC_BLOCKS)),
    "one gzip member": gzip.compress(b"".join(arc(2, *ARC_BLOCKS))),
    "gzip members of 333 bytes": gz(
        *(b"".join(arc(1, *ARC_BLOCKS))[at : at + 333] for at in range(0, len(b"".join(arc(1, *ARC_BLOCKS))), 333))
    ),
}
