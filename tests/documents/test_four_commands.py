"""The four commands of docs/contribute/add-a-source.md, as they stand there, on sites that only this test knows."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Final

import pytest

from tests.documents.pages import page
from tests.harness.commands import HURRY
from tests.harness.own_project import OwnProject, own_project
from tests.harness.own_site import own_site
from tests.project import ROOT

WALK: Final = page(ROOT / "docs" / "contribute" / "add-a-source.md")
#: Small papers of the replica, each on a family, and which it is.
SITES: Final = {"baonghean": "onecms", "baohatinh": "zce", "sotttt": "liferay"}
NAME, HOST, OUTLET = "baosonvu", "baosonvu.vn", "Báo Sơn Vũ"


def commands() -> list[list[str]]:
    """The words of the walk's commands, without their program and their comments."""
    block = next(block for block in WALK.blocks("sh") if "genspider" in block)
    lines = [shlex.split(line, comments=True) for line in block.splitlines()]
    assert [words[0] for words in lines] == [".venv/bin/scrapy"] * 4
    return [words[1:] for words in lines]


@pytest.mark.parametrize("like", SITES)
def test_from_nothing_to_a_crawled_source(like: str, tmp_path: Path) -> None:
    project = own_project(tmp_path)
    with own_site(like, NAME, HOST, OUTLET) as replica:
        variables = replica.environment | {f"NEWSBOT_{name}": value for name, value in HURRY.items()}
        variables["NEWSBOT_CONNECT_TO"] = ",".join(replica.settings["CONNECT_TO"])
        for words in commands():
            own = [word.replace("baodemo", NAME) for word in words]
            if words[0] == "savefixture":
                own = [str(the_warc(project)) if "…" in word and "warc" in word else word for word in own]
                own = [an_article(project) if "…" in word else word for word in own] + [
                    f"--output={tmp_path / 'fixtures'}"
                ]
            done = project.scrapy(*own, **variables)
            assert done.returncode == 0, (own, done.stdout, done.stderr)
            if words[0] == "genspider":
                assert f"family: {SITES[like]} " in done.stdout
    lines = the_lines(project)
    assert len(lines) >= 5
    assert all(line["title"] and line["body"] and line["published_at"] and line["layout"] for line in lines)
    assert list((tmp_path / "fixtures" / NAME).glob("*.json"))
    module = (tmp_path / "spiders" / f"{NAME}.py").read_text()
    assert len(module.splitlines()) <= 40 and " def " not in module
    assert f'"""{OUTLET}, https://{HOST}"""' in module


def the_warc(project: OwnProject) -> Path:
    (file,) = (project.folder / "data" / "warc").glob(f"{NAME}-*.warc.gz")
    return file


def the_lines(project: OwnProject) -> list[dict[str, str]]:
    files = sorted((project.folder / "data" / "articles" / NAME).glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def an_article(project: OwnProject) -> str:
    return the_lines(project)[0]["url"]
