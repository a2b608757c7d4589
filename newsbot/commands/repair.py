"""``scrapy repair``: sound WARC files out of damaged ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archive.repair import Repair, repair
from archive.verify.rules import visible
from newsbot.command_line.files_command import FilesCommand


class Command(FilesCommand[Repair]):
    doing = "repairing"
    wanted = "WARC file"
    output_help = "write repaired files there, and leave these as they are"

    summary = "Make sound WARC files of damaged ones, and say what is lost"
    description = (
        "Keeps every record that can be trusted, byte for byte, and puts the repaired file in place of the damaged "
        "one, which is kept as FILE.orig. Works on WARC files of any origin; sound ones are left alone, and so are "
        "ARC, zstd and WACZ files, which `scrapy convert` reads. For a file in the data folder, manifest, index and "
        "article lines follow, and what is lost is asked for again by the next crawl. Exit status: 0 nothing is lost, "
        "1 something is, or a file was left alone that is no WARC file, 2 usage, 3 a file could not be read or "
        "written, 75 a crawl is running, or another process works on the whole archive."
    )

    def treat(self, path: Path, folder: Path | None) -> Iterator[Repair]:
        if folder or not self.rewriting.holds(path):
            yield repair(path, folder / path.name if folder else None)
            return
        with self.rewriting.locked():
            result = repair(path)
            if result.repaired:
                result.due = self.rewriting.follow(path, Path(result.original))
        yield result

    def show(self, outcome: Repair) -> None:
        for loss in outcome.lost:
            named = " ".join(part for part in (loss.record_type, loss.record_id, loss.url) if part)
            print(
                visible(
                    f"{outcome.file}:{loss.offset}: {loss.length} bytes lost, {named or 'no record'}: {loss.reason}"
                )
            )
        if outcome.repaired:
            anew = f", {outcome.compressed} of them compressed anew" if outcome.compressed else ""
            repaired = visible(outcome.repaired)
            print(f"{repaired}: {outcome.kept} records kept{anew}; as it was: {visible(outcome.original)}")
            if outcome.due:
                print(f"{repaired}: {outcome.due} articles and lists are asked for again by the next crawl")
            if outcome.lost:
                print(f"{repaired}: `scrapy verify --acknowledge` signs off what cannot be had again")
        elif outcome.refused:
            print(visible(f"{outcome.file}: left alone: {outcome.refused}"))
        else:
            print(f"{visible(outcome.file)}: {'sound' if outcome.kept else 'nothing to save'}, left alone")
