"""``scrapy convert``: WARC files whose records can be looked up one by one, out of archive files of any form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from archive.convert import Conversion, Left, convert, is_record_wise, sources
from archive.errors import ArchiveError
from archive.repair import take_place
from archive.verify.rules import visible
from newsbot.command_line.files_command import FilesCommand


class Command(FilesCommand[Conversion]):
    doing = "converting"
    wanted = "file"
    output_help = "write the new files there"

    summary = "Make WARC files, a gzip member a record, of ARC, zstd, WACZ and odd gzip files"
    description = (
        "Writes each record of WARC and ARC files (plain, gzip of any shape, zstd) and of WACZ packages into a "
        "WARC/1.1 file, its block byte for byte, beside the file or into another folder; nothing is overwritten. A "
        "WARC file of the data folder is put in place of the old one, which is kept as FILE.orig; manifest, index and "
        "article lines follow. Exit status: 0 all is written, 1 something could not be read, 2 usage, 3 a file could "
        "not be written, 75 a crawl is running, or another process works on the whole archive."
    )

    def treat(self, path: Path, folder: Path | None) -> Iterator[Conversion]:
        with sources(path) as found:
            for name, source, inside, size, fault in found:
                origin = Path(f"{path}:{inside}") if inside else path
                if fault:
                    yield Conversion(str(origin), lost=[Left(0, size, fault)])
                    continue
                if folder is None and self.rewriting.holds(path) and self.rewriting.is_member(path):
                    yield self._in_place(path)
                    continue
                target = (folder or path.parent) / name
                if target == path:
                    target = path.with_name(name.replace(".warc.gz", "-converted.warc.gz"))
                if self.rewriting.holds(target):
                    with self.rewriting.locked():
                        result = convert(source, target, origin=origin)
                        yield result
                        if result.written:
                            self.rewriting.take_in(target)
                else:
                    yield convert(source, target, origin=origin)

    def _in_place(self, path: Path) -> Conversion:
        """Put the new file in the place of one of the collection."""
        if is_record_wise(path):
            return Conversion(str(path), kept=True)
        original = path.with_name(f"{path.name}.orig")
        if original.exists():
            raise ArchiveError(f"{original} exists: it is not overwritten")
        converted = path.with_name(f"{path.name}.converted")
        with self.rewriting.locked():
            with suppress(FileNotFoundError):
                converted.unlink()  # of a call that was interrupted
            result = convert(path, converted, path.name)
            if result.written:
                take_place(converted, path, original)
                result.written = str(path)
                self.rewriting.follow(path, original)
        return result

    def show(self, outcome: Conversion) -> None:
        for loss in outcome.lost:
            print(visible(f"{outcome.file}:{loss.offset}: {loss.length} bytes not converted: {loss.reason}"))
        if outcome.kept:
            print(visible(f"{outcome.file}: its records can be looked up one by one already, left alone"))
        elif outcome.written:
            print(visible(f"{outcome.written}: {outcome.records} records of {outcome.file}"))
        else:
            print(visible(f"{outcome.file}: no record can be read, left alone"))
