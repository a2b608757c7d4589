"""An article as its page shows it: fields, versions with what has changed, reprints, and what proves each capture."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.file_name import is_file_name
from archive.index.index import digits
from archive.records.members import read_member
from newsbot.replaying.article_pages import place_of
from newsbot.viewer.catalogue import MOST_VERSIONS, Catalogue, Shown
from newsbot.viewer.pages import moment, short
from newsbot.viewer.word_changes import Change, Patience, word_changes

#: Fields that are shown beside title, lead and text, and how they are called.
FIELDS: Final = {
    "kind": "Kind",
    "published_at": "Published",
    "modified_at": "Changed by the paper",
    "authors": "Authors",
    "agency": "Agency",
    "section": "Section",
    "tags": "Tags",
    "province": "Province",
    "language": "Language",
    "decoded_from": "Decoded from",
    "layout": "Layout",
}
#: Fields whose values are dates; one that differs between two versions only by that is no change.
_DATES: Final = ("published_at", "modified_at")
_TEXTS: Final = {"title": "Title", "sapo": "Lead", "body": "Text"}
#: Characters of a field that are shown; a text has as many as a page can hold.
_LONGEST_FIELD, _LONGEST_TEXT = 1000, 200_000
_MOST_LISTED: Final = 100


class FieldChange(NamedTuple):
    """A field that is not what it was in the version before."""

    name: str
    before: str
    after: str


class Text(NamedTuple):
    """A title, lead or text, with what has changed in it; ``field`` is its name in the line."""

    field: str
    name: str
    changes: list[Change]
    is_cut: bool


@dataclass(frozen=True)
class Proof:
    """Where a capture is, and the commands that show and check it."""

    url: str
    #: As in a WARC-Date; only to the second where the index alone tells it.
    date: str
    file: str
    offset: int
    length: int
    record_id: str
    payload_digest: str
    is_here: bool
    #: The folder that its file has left for, empty if it has not.
    moved_to: str
    commands: Sequence[tuple[str, str]]


class FurtherPage(NamedTuple):
    """A further page whose text is joined to a version, by its number; no proof if it was not had in that run."""

    number: int
    url: str
    proof: Proof | None


@dataclass(frozen=True)
class VersionView:
    """A version, compared with the one before it."""

    shown: Shown
    #: None where the line is not to be had any more.
    texts: list[Text] | None
    is_first: bool
    fields: list[FieldChange]
    proof: Proof | None
    pages: list[FurtherPage]

    @property
    def has_changes(self) -> bool:
        return bool(self.fields) or any(change.kind != "same" for text in self.texts or () for change in text.changes)


@dataclass(frozen=True)
class ArticleView:
    """An article: its last version in full, and all versions, the newest first."""

    id: str
    last: Shown
    #: The last version that the site still showed.
    last_seen: Shown
    texts: list[Text]
    fields: list[tuple[str, str]]
    images: list[tuple[str, str]]
    documents: list[tuple[str, str]]
    language: str
    versions: list[VersionView]
    is_cut: bool
    #: Version of the article that printed this first, if that is another one, and those that print it again.
    first_printing: Shown | None
    reprints: list[Shown]


def article_view(article_id: str, catalogue: Catalogue, collection: Collection, data: str) -> ArticleView | None:
    """Return an article; None if nothing is known of it.

    :param data: the data folder as it is typed in a command, empty where there is none.
    """
    shown = catalogue.versions(article_id)
    if not shown:
        return None
    lines = {each.number: catalogue.line(each) for each in shown}
    versions, patience = [], Patience()
    for each, before in zip(shown, [*shown[1:], None], strict=True):
        line, old = lines[each.number], lines[before.number] if before else None
        versions.append(_version(each, line, old, collection, data, patience, is_first=before is None))
    last = lines[shown[0].number] or {}
    first = catalogue.versions(shown[0].duplicate_of)[:1] if shown[0].duplicate_of else []
    return ArticleView(
        article_id,
        shown[0],
        next((each for each in shown if each.change != "removed"), shown[0]),
        _texts(last, last, patience),
        [(label, text) for name, label in FIELDS.items() if (text := _field(last, name))],
        _listed(last, "images", "caption"),
        _listed(last, "documents", "title"),
        _language(last),
        versions,
        len(shown) >= MOST_VERSIONS,
        first[0] if first else None,
        catalogue.reprints(article_id),
    )


def _version(
    shown: Shown,
    line: dict[str, Any] | None,
    old: dict[str, Any] | None,
    collection: Collection,
    data: str,
    patience: Patience,
    *,
    is_first: bool,
) -> VersionView:
    if line is None:
        return VersionView(shown, None, is_first, [], None, [])
    texts, fields = [], []
    if not is_first and old is not None:
        texts = [text for text in _texts(old, line, patience) if any(change.kind != "same" for change in text.changes)]
        pairs = ((label, _field(old, name), _field(line, name)) for name, label in FIELDS.items())
        fields = [FieldChange(label, before, after) for label, before, after in pairs if before != after]
    proof = _proof(line.get("capture"), shown.url, shown.fetched_at, collection, data)
    return VersionView(shown, texts, is_first, fields, proof, _further(shown, line, collection, data))


def _texts(old: Mapping[str, Any], new: Mapping[str, Any], patience: Patience) -> list[Text]:
    found = []
    for field, name in _TEXTS.items():
        before, after = (str(line.get(field) or "") for line in (old, new))
        is_cut = max(len(before), len(after)) > _LONGEST_TEXT
        if before or after:
            changes = word_changes(before[:_LONGEST_TEXT], after[:_LONGEST_TEXT], patience)
            found.append(Text(field, name, changes, is_cut))
    return found


def _field(line: Mapping[str, Any], name: str) -> str:
    value = line.get(name)
    if isinstance(value, list):
        return short(" › ".join(map(str, value)) if name == "section" else ", ".join(map(str, value)), _LONGEST_FIELD)
    text = str(value) if value is not None else ""
    return moment(text) if name in _DATES and text else short(text, _LONGEST_FIELD)


def _listed(line: Mapping[str, Any], name: str, words: str) -> list[tuple[str, str]]:
    """Return the addresses of the pictures, or of the documents, and the words to each."""
    entries = line.get(name)
    found = [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []
    return [(short(each.get("url") or ""), short(each.get(words) or "")) for each in found[:_MOST_LISTED]]


def _language(line: Mapping[str, Any]) -> str:
    language = line.get("language")
    return language if isinstance(language, str) and language.replace("-", "").isalnum() else "vi"


def _further(shown: Shown, line: Mapping[str, Any], collection: Collection, data: str) -> list[FurtherPage]:
    """Return the further pages that were asked for."""
    urls, pages = line.get("further_pages"), line.get("pages")
    if not isinstance(urls, list) or not isinstance(pages, list):
        return []
    both = zip(map(str, urls), pages[:_MOST_LISTED], strict=False)
    found = []
    for number, (url, pointer) in enumerate(both, 2):
        proof = _proof(pointer, *_captured(pointer, url, shown, collection), collection, data)
        found.append(FurtherPage(number, url, proof))
    return found


def _captured(pointer: object, url: str, shown: Shown, collection: Collection) -> tuple[str, str]:
    """Return address and moment of a further page's capture: its address may have led to another.

    They are those of its record, or, where that is not to be had, the address and the first page's moment.
    """
    if (place := place_of(pointer)) is not None and (path := _path(place.file, collection)) is not None:
        with suppress(ArchiveError, ValueError):
            behind = collection.index.captures(url, digits(shown.fetched_at))
            for entry in islice(behind, _MOST_LISTED):
                if (entry.filename, entry.offset) == (place.file, place.offset):
                    return url, f"{datetime.strptime(entry.timestamp, '%Y%m%d%H%M%S').isoformat()}Z"
            record = read_member(path, place.offset)
            if record.get("WARC-Record-ID") == place.record_id:
                return record.url, record.get("WARC-Date")
    return url, shown.fetched_at


def _proof(capture: object, url: str, date: str, collection: Collection, data: str) -> Proof | None:
    if not isinstance(capture, dict):
        return None
    try:
        file, offset, length = str(capture["file"]), int(capture["offset"]), int(capture["length"])
        record_id, digest = str(capture["record_id"]), str(capture["payload_digest"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    path = _path(file, collection)
    is_here = path is not None
    moved_to = str(path.parent) if path and path.parent != collection.folder else ""
    # The other folder is laid out as a data folder.
    folder = str(Path(moved_to).parent) if moved_to else data
    name = Path(moved_to).name if moved_to else collection.folder.name
    commands = _commands(url, date, f"{folder}/{name}/{file}", offset, folder) if data and is_here else ()
    return Proof(url, date, file, offset, length, record_id, digest, is_here, moved_to, commands)


def _path(file: str, collection: Collection) -> Path | None:
    """Return where a WARC file is; None if it is nowhere, or its name would lead elsewhere."""
    path = collection.path(file) if is_file_name(file) else None
    return path if path is not None and path.is_file() else None


def _commands(address: str, date: str, file: str, offset: int, data: str) -> Sequence[tuple[str, str]]:
    """Return what each command does, and the command: it does nothing that it does not show, wherever it is pasted.

    :param file: path of the WARC file.
    """
    path = shlex.quote(file)
    url = shlex.quote("".join(each if each.isprintable() else quote(each) for each in address))
    scrapy = f"NEWSBOT_DATA={shlex.quote(data)} .venv/bin/scrapy"
    return (
        ("the index knows it", f"{scrapy} index lookup {url} --at {shlex.quote(date[:19])}"),
        ("the answer's head", f".venv/bin/warcio extract --headers {path} {offset}"),
        ("the page, unpacked", f".venv/bin/warcio extract --payload {path} {offset} > page.html"),
        ("its file is what it was, digest by digest", f"{scrapy} verify {path}"),
    )
