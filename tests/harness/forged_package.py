"""Packages that somebody who knows the format has changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile


def repacked(
    bundle: Path, target: Path, edit: Callable[[str, bytes], bytes], more: Mapping[str, bytes] | None = None
) -> Path:
    """Write a package anew, with digests that fit.

    :param more: further files.
    """
    with ZipFile(bundle) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        changed = {name: edit(name, old.read(name)) for name in old.namelist()} | dict(more or {})
        about = json.loads(changed["datapackage.json"])
        about["resources"] += [{"path": name} for name in more or ()]
        for each in about["resources"]:
            content = changed[each["path"]]
            each |= {"hash": f"sha256:{sha256(content).hexdigest()}", "bytes": len(content)}
        changed["datapackage.json"] = json.dumps(about).encode()
        hashed = {
            "path": "datapackage.json",
            "hash": f"sha256:{sha256(changed['datapackage.json']).hexdigest()}",
        }
        changed["datapackage-digest.json"] = json.dumps(hashed).encode()
        for name, content in changed.items():
            new.writestr(name, content)
    return target
