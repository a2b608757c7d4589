"""A site that nobody but a test knows: a paper of the replica's on some family, under a name and a host of its own.

`python -m tests.harness.own_site --like baonghean --name baosonvu --host baosonvu.vn --outlet "Báo Sơn Vũ"` plays it,
with the replica's options.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from tests.replica.__main__ import main as play
from tests.replica.papers import declared
from tests.replica.papers.small_paper import SmallPaper
from tests.replica.server import Replica
from tests.replica.site import Site


@contextmanager
def own_site(like: str, name: str, host: str, outlet: str, articles: int = 30) -> Iterator[Replica]:
    """Play a site like a small paper of the replica, in its newest design."""
    words = [f"--like={like}", f"--name={name}", f"--host={host}", f"--outlet={outlet}"]
    with Replica(articles=articles, module="tests.harness.own_site", more=words) as replica:
        yield replica


def main() -> None:
    parser = argparse.ArgumentParser()
    for option in ("--like", "--name", "--host", "--outlet"):
        parser.add_argument(option, required=True)
    own, sys.argv[1:] = parser.parse_known_args()

    def sites(articles: int, seed: int, now: datetime) -> list[Site]:
        model = next(paper for paper in declared() if paper.name == own.like)
        ages = tuple(replace(age, home="") for age in model.ages[:1])
        paper = replace(model, name=own.name, host=own.host, outlet=own.outlet, leads=(), mirrors=(), ages=ages)
        return [SmallPaper(paper, articles, seed, now)]

    play(sites)


if __name__ == "__main__":
    main()
