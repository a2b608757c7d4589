"""Enters in the chain of a data folder what a run has left, and what was changed later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from scrapy.settings import BaseSettings

from archive.chain.chain import NAME, Chain, Head
from archive.chain.entry import Claim, Entry
from archive.chain.records import records_root
from archive.chain.signing import public_pem
from archive.files.lock import locked
from archive.files.manifest import file_digest
from archive.records.arrival import has_arrived
from archive.writing.warc_file import is_foreign
from newsbot.chaining.places import WARC, Places
from newsbot.chaining.readme import read_readme, write_readme
from newsbot.configuration.folders import Folders, collection
from newsbot.publishing.lines import run_of

#: Below the data folder.
FOLDER: Final = "chain"
#: Number of runs in a row, the last first, after which it is taken that those before them have been entered, too.
_KNOWN: Final = 20


class ArchiveChain:
    """The chain of the data folder that settings name.

    :raises ArchiveError: from every method, if a file cannot be read or written.
    """

    def __init__(self, settings: BaseSettings):
        settings = settings.copy()
        Folders().update_settings(settings)
        self._data = Path(settings["DATA_DIR"])
        self._warcs = collection(settings)
        key = settings.get("SIGNING_KEY")
        self.chain = Chain(self._data / FOLDER, Path(key) if key else None)
        self.places = Places(self._data, self._warcs)

    def enter_runs(self, source: str, *, all_runs: bool = False, run: str = "") -> Head | None:
        """Enter the runs of a source that have ended and are in no entry, the oldest first; returns the last entry.

        WARC files that no run has written, and are in no entry, are taken in, too, when they have arrived; so is, in a
        first entry, all that there was before there was a chain. The caller holds the source's lock.

        :param all_runs: whether to look for such runs among all of the source, not only the last ones by their names.
        :param run: the one that has just ended; others are entered late.
        """
        with self._locked():
            self._begin(run)
            self._take_in(path for path in self.places.warcs() if is_foreign(path.name))
            under_way = self.places.runs_under_way()
            missing: list[tuple[str, list[Path]]] = []
            known = 0
            for digits, paths in sorted(self._runs(source), key=lambda each: each[0] != run):
                held = self.chain.holds(map(self.places.name, paths))
                unknown = [path for path in paths if not held[self.places.name(path)]]
                if unknown and digits not in under_way:
                    missing.append((digits, unknown))
                known = 0 if unknown else known + 1
                if known == _KNOWN and not all_runs:
                    break
            for digits, paths in reversed(missing):
                late = {} if digits == run else {"late": True}
                claims = [replace(claim, records=self._records(claim.file)) for claim in self._new(paths)]
                self._append({"kind": "run", "source": source, "run": digits, **late}, claims)
            return self._head()

    def enter_change(
        self,
        kind: str,
        paths: Iterable[Path],
        *,
        gone: Iterable[Path] = (),
        found: Mapping[Path, str] | None = None,
        **about: Any,
    ) -> Head | None:
        """Enter what files are, now that they were changed on purpose; nothing where they are what the chain says.

        An archive that has no chain yet gets none by this. The caller holds a lock that keeps crawls out.

        :param kind: what has changed them.
        :param gone: files that are leaving.
        :param found: digests of what they were found to be before.
        :param about: what else is to be said of it: why, and on whose word.
        """
        with self._locked():
            if not self.chain.is_begun():
                return None
            known, digests, claims = self.chain.known(), self._warcs.manifest.digests(), []
            leaving = {self.places.name(path) for path in gone}
            were = {self.places.name(path): digest for path, digest in (found or {}).items()}
            for name in sorted({*map(self.places.name, paths), *leaving} - {""}):
                before = known.get(name)
                was = before.sha256 if before else ""
                path = self.places.path(name)
                now = "" if name in leaving or not path.exists() else _digest(name, path, digests)
                damaged = were.get(name, "")
                if now and now == damaged:  # it was not changed by this, but before, by whomever
                    continue
                if (now or was) and (now != was if now else not (before and before.is_gone)):
                    found_as = damaged if damaged not in (was, now) else ""
                    claims.append(Claim(name, now, was, found_as, self._records(name) if now else ""))
            if claims:
                self._append({"kind": kind, **{key: value for key, value in about.items() if value}}, claims)
            return self._head()

    def enter_remade(self, source: str) -> None:
        """Enter the lines of a source that were lost and have been made again from its captures."""
        folder = self._data / "articles" / source
        known = {name for name in self.chain.known() if name.startswith(f"articles/{source}/")}
        lost = [path for path in map(self.places.path, sorted(known)) if not path.exists()]
        made = [path for path in sorted(folder.glob("*.jsonl")) if self.places.name(path) not in known]
        if lost:
            self.enter_change("lines made again", [*lost, *made], source=source)

    def enclosed(self, names: Iterable[str]) -> Iterator[tuple[str, list[bytes]]]:
        """Yield the name and the content of each file that goes along with WARC files, so that they can be checked.

        These are the entries that name the files, and the public key by which they are signed; nothing, if none does.

        :param names: of the files, as the chain has them.
        """
        lines = self.chain.lines_of(names)
        if lines:
            yield NAME, [line + b"\n" for line in lines]
            yield "public-key.pem", [public_pem(Entry.read(lines[-1]).key).encode()]

    def _begin(self, run: str) -> None:
        """Take in what there was before the chain, but for the files of a run that has just ended."""
        if self.chain.is_begun():
            return
        warcs = (path for path in self.places.warcs() if not is_foreign(path.name) or has_arrived(path))
        before = [path for path in (*warcs, *self.places.lines()) if not run or run_of(path.name) != run]
        if claims := list(self._new([*before, *self.places.others()])):
            self._append({"kind": "taken in", "why": "these files were there before the chain"}, claims)

    def _take_in(self, paths: Iterable[Path]) -> None:
        names = {self.places.name(path): path for path in paths}
        held = self.chain.holds(names) if names else {}
        if unknown := [path for name, path in names.items() if not held[name] and has_arrived(path)]:
            self._append({"kind": "taken in", "why": "no run of this archive has written them"}, self._new(unknown))

    def _runs(self, source: str) -> list[tuple[str, list[Path]]]:
        """Return the files of each run of a source, the newest run first."""
        runs: dict[str, list[Path]] = {}
        warcs = (path for path in self._warcs.folder.glob(f"{source}-*.warc.gz") if not is_foreign(path.name))
        for path in sorted((*warcs, *(self._data / "articles" / source).glob("*.jsonl")), key=lambda path: path.name):
            runs.setdefault(run_of(path.name), []).append(path)
        return list(reversed(runs.items()))

    def _new(self, paths: Iterable[Path]) -> Iterator[Claim]:
        """Yield what files are that no entry names; of a WARC file what it was when it was finished."""
        digests = self._warcs.manifest.digests()
        for path in paths:
            name = self.places.name(path)
            yield Claim(name, _digest(name, path, digests))

    def _records(self, name: str) -> str:
        """Return the root over the records of a WARC file; empty for another file."""
        return records_root(self.places.path(name)) if name.startswith(WARC) else ""

    def _append(self, about: Mapping[str, Any], claims: Iterable[Claim]) -> None:
        _, root = read_readme(self._data)
        lost = {"lost": root} if root and not self.chain.has_root(root) else {}
        head = self.chain.append({**about, **lost}, claims)
        write_readme(self._data, self.chain, head)

    def _head(self) -> Head | None:
        head = self.chain.head()
        return head if head.entry else None

    def _locked(self) -> Any:
        """Hold the lock of whoever enters something: what is in the chain is looked up and added in one go."""
        return locked(self._data / "locks" / "chain.lock")


def _digest(name: str, path: Path, digests: Mapping[str, str]) -> str:
    """Return the digest of a file: that in the manifest, if it is a WARC file's, or its own."""
    return (digests.get(path.name, "") if name.startswith(WARC) else "") or file_digest(path)
