"""Holds the files of a data folder against its chain."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from scrapy.settings import BaseSettings

from archive.chain.chain import KEY, NAME, Head, Known
from archive.chain.check import ChainCheck
from archive.chain.entry import NOTHING
from archive.chain.signing import SigningKey
from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.lock import is_held
from archive.files.manifest import file_digest
from archive.files.plain_file import read_regular
from archive.verify.rules import Finding
from archive.writing.warc_file import is_foreign
from newsbot.chaining.archive_chain import ArchiveChain
from newsbot.chaining.places import ARTICLES, WARC
from newsbot.chaining.readme import read_readme
from newsbot.chaining.stamping import stamp_findings
from newsbot.health.report_packs import MOST_BYTES, report_folder
from newsbot.publishing.lines import run_of

#: Number of newest run reports whose roots are looked for in the chain.
_REPORTS: Final = 200


class FilesInChain:
    """Checks a chain, and the files that it is about; iterate `findings`, after that ``head`` is known.

    :param root: one that the chain is known from elsewhere to have; empty for none.
    :param key: the public key, likewise.
    """

    def __init__(
        self, archive: ArchiveChain, settings: BaseSettings, warcs: Collection, *, root: str = "", key: str = ""
    ):
        self._settings = settings
        self._chain, self._places = archive.chain, archive.places
        self._warcs, self._data = warcs, Path(settings["DATA_DIR"])
        self._root, self._key = root, key
        self.head = Head(0, NOTHING)
        #: What the chain says last of each file.
        self.known: dict[str, Known] = {}

    def findings(self, digests: Mapping[Path, str]) -> Iterator[Finding]:
        """Yield what is wrong.

        :param digests: of the files of lines, which have been read already.
        """
        if not self._chain.is_begun() and not self._expects():
            return
        yield from self.of_chain()
        yield from self._files(self.known, digests)

    def of_chain(self, *, every_signature: bool = True) -> Iterator[Finding]:
        """Yield what is wrong with the chain itself; after that ``head`` is known, and ``known`` if all was read.

        :param every_signature: see `ChainCheck`.
        """
        # First: a run that ends meanwhile is in the chain before it is in one of these.
        key, root = read_readme(self._data)
        inside = [(root, "in README.md"), *self._reported()]
        roots = [(self._root, "that is expected", "chain-expected"), *((*each, "chain-rollback") for each in inside)]
        check = ChainCheck(self._chain, every_signature=every_signature)
        for fault in check:
            yield Finding(NAME, *fault)
        self.head, self.known = check.head, check.known
        yield from self._keys(check, key)
        yield from self._roots(check, roots)
        yield from stamp_findings(self._chain, check.heads, self._settings)

    def _expects(self) -> bool:
        return any((self._root, self._key, *read_readme(self._data), *(root for root, _ in self._reported())))

    @property
    def _is_key_elsewhere(self) -> bool:
        """Return whether the signing key lies where whoever changes the data folder may not get."""
        data = os.path.realpath(self._data)  # `resolve` fails for a link that leads to itself
        return not Path(os.path.realpath(self._chain.key_path)).is_relative_to(data)

    def _keys(self, check: ChainCheck, readme: str) -> Iterator[Finding]:
        if not check.keys:
            return
        own = ""
        try:
            mode = self._chain.key_path.stat().st_mode
            own = SigningKey.kept_in(self._chain.key_path).public
            if mode & 0o077 and not self._is_key_elsewhere:
                message = f"others than its owner may read or write the key (mode {mode & 0o777:o}): chmod 600"
                yield Finding(KEY, 0, "chain-key", message)
        except FileNotFoundError:
            pass  # it is kept elsewhere
        except OSError as error:
            yield Finding(KEY, 0, "chain-key", f"cannot look at {self._chain.key_path}: {error.strerror}")
        except ArchiveError as error:
            yield Finding(KEY, 0, "chain-key", str(error))
        sources = (
            (self._key, "that is expected", "chain-expected"),
            (readme, "in README.md", "chain-key"),
            (own, f"in {self._chain.key_path.name}", "chain-expected" if self._is_key_elsewhere else "chain-key"),
        )
        for key, what, rule in sources:
            if key and key != check.keys[-1]:
                message = f"the last entry is signed by {check.keys[-1]}, the key {what} is {key}"
                yield Finding(NAME, 0, rule, message)

    def _roots(self, check: ChainCheck, known: Iterable[tuple[str, str, str]]) -> Iterator[Finding]:
        """Look for the roots that are known from elsewhere: a chain that was rolled back has not all of them."""
        heads = set(check.heads)
        for root, where, rule in known:
            if root and root not in heads:
                message = f"no entry has the root {root} {where}: the chain was cut short, rolled back or replaced"
                yield Finding(NAME, 0, rule, message)

    def _reported(self) -> Iterator[tuple[str, str]]:
        folder = self._data / "runs"
        for name in sorted(report_folder(folder).singles, key=lambda name: name[-24:])[-_REPORTS:]:
            try:
                root = json.loads(read_regular(folder / name, MOST_BYTES))["chain"]["root"]
            except (OSError, ValueError, KeyError, TypeError, RecursionError):
                continue  # it is none, or of a run before the chain
            yield str(root), f"in runs/{name}"

    def _files(self, known: Mapping[str, Known], digests: Mapping[Path, str]) -> Iterator[Finding]:
        manifest = self._warcs.manifest.digests()
        present = {self._places.name(path): path for path in self._present()}
        for name, wanted in known.items():
            file = name.removeprefix(WARC)
            if name not in present:
                is_missed = name.startswith(WARC) and file in manifest  # by the manifest, too
                if not (wanted.is_gone or is_missed):
                    message = f"the file is in entry {wanted.entry} of the chain, but not there"
                    yield Finding(Path(name).name, 0, "chain-missing", message)
                continue
            path = present[name]
            if wanted.is_gone and not name.startswith(WARC):  # a WARC file may be brought back
                message = f"the file is there, and gone by entry {wanted.entry} of the chain"
                yield Finding(path.name, 0, "chain-extra", message)
                continue
            digest = manifest.get(file) if name.startswith(WARC) else digests.get(path)
            try:
                found = digest or file_digest(path)
            except ArchiveError as error:
                yield Finding(path.name, 0, "unreadable", str(error))
                continue
            if found != wanted.sha256:
                where = "in the manifest" if digest and name.startswith(WARC) else "of the file"
                message = f"the sha256 {where} is {found}, that in entry {wanted.entry} of the chain {wanted.sha256}"
                yield Finding(path.name, 0, "chain-file", message)
        for name in sorted(present.keys() - known.keys()):
            is_of_run = name.startswith((WARC, ARTICLES))
            if is_of_run and self._is_being_entered(name):
                continue
            message = "the file is in no entry of the chain"
            if is_of_run and run_of(Path(name).name) in self._places.runs_under_way():
                yield Finding(Path(name).name, 0, "file-open", f"{message}: its run was killed, or says so")
            else:
                yield Finding(Path(name).name, 0, "chain-extra", message)

    def _is_being_entered(self, name: str) -> bool:
        """Return whether a file is of a source that is being crawled, or was entered since the chain was read."""
        file = Path(name).name
        lock = self._data / "locks" / f"{file.partition('-')[0]}.lock"
        is_of_source = not (name.startswith(WARC) and is_foreign(file))
        return (is_of_source and is_held(lock)) or self._chain.holds([name])[name]

    def _present(self) -> Iterable[Path]:
        return (*self._places.warcs(), *self._places.lines(), *self._places.others())
