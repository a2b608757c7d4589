"""Where the records of a package stand in the signed files that they were taken from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archive.chain.entry import Claim
from archive.chain.records import record_hash
from archive.chain.tree import root_by_path
from archive.records.members import Member
from newsbot.chaining.places import WARC
from newsbot.proving.checked import Checked

_NAME = "in its file"


class RecordPlaces:
    """What a package says of where its records stand, held against what is signed.

    :param places: as they stand in the package.
    :param claims: what the chain says of files.
    :raises ValueError: if they are no list of objects.
    """

    def __init__(self, places: Any, claims: Mapping[str, Claim]):
        if not isinstance(places, list) or not all(isinstance(each, dict) for each in places):
            raise ValueError("what it says of the places of its records is no list of objects")
        self._places: dict[str, dict[str, Any]] = {}
        for each in places:
            self._places.setdefault(str(each.get("record_id")), each)
        self._claims = claims

    def check(self, path: Path, record: Member, name: str = "") -> Checked:
        """Check that a record is, byte for byte, one of the file that the chain names.

        :param name: of that file, where the line gives it; an original's is told by the package alone, and its payload
            by the digest in the revisit.
        """
        record_id = record.get("WARC-Record-ID")
        where = self._places.get(record_id)
        claim = self._claims.get(name or (str(where.get("file")) if where else ""))
        if name and (claim is None or (claim.records and (where is None or where.get("file") != name))):
            return Checked(_NAME, False, f"the package does not show that {record_id} is in {name}")
        if where is None or claim is None or not str(where.get("file")).startswith(WARC):
            return Checked(_NAME, None, f"nothing tells whether {record_id} is as it was stored")
        if not claim.records:
            return Checked(_NAME, None, f"{claim.file} was taken in without a tree over its records")
        number, records = where.get("number"), where.get("records")
        if type(number) is not int or type(records) is not int:
            return Checked(_NAME, False, f"{claim.file}: the place of {record_id} is no whole number of a whole number")
        try:
            root = root_by_path(record_hash(path, record), number, records, _steps(where)).hex()
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            return Checked(_NAME, False, f"{claim.file}: {error}")
        fits = root == claim.records
        said = "it is record" if fits else "it is not record"
        return Checked(_NAME, fits, f"{said} {number + 1} of {records} of {claim.file}")


def _steps(where: Mapping[str, Any]) -> list[bytes]:
    return [bytes.fromhex(step) for step in where["path"]]
