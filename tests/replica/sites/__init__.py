"""The six source sites of the replica, and three further ones in full; those besides are `tests.replica.papers`."""

from __future__ import annotations

from datetime import datetime

from tests.replica.newspaper import Newspaper
from tests.replica.papers import small_papers
from tests.replica.printed_dates import HANOI
from tests.replica.sites.baocantho import Baocantho
from tests.replica.sites.baodienbienphu import Baodienbienphu
from tests.replica.sites.baohaiduong import Baohaiduong
from tests.replica.sites.baolaocai import Baolaocai
from tests.replica.sites.baoquangninh import Baoquangninh
from tests.replica.sites.baosonla import Baosonla
from tests.replica.sites.haiduongtv import Haiduongtv
from tests.replica.sites.suckhoemoitruong import Suckhoemoitruong
from tests.replica.sites.yenmy import Yenmy

PAPERS: tuple[type[Newspaper], ...] = (Yenmy, Baosonla, Haiduongtv, Baohaiduong, Suckhoemoitruong, Baoquangninh)
UNREAD: tuple[type[Newspaper], ...] = (Baodienbienphu, Baocantho, Baolaocai)
NOW = datetime(2026, 10, 31, 8, 0, tzinfo=HANOI)


def sites(articles: int = 40, seed: int = 1, now: datetime = NOW) -> list[Newspaper]:
    """All six sites with so many articles each; the same arguments always give the same bytes."""
    return [paper(articles, seed, now) for paper in PAPERS]


def unread_sites(articles: int = 40, seed: int = 1, now: datetime = NOW) -> list[Newspaper]:
    """The sites without a spider, made in the same way."""
    return [paper(articles, seed, now) for paper in UNREAD]


def all_sites(articles: int = 40, seed: int = 1, now: datetime = NOW, *, in_full: bool = False) -> list[Newspaper]:
    """All of these and the small papers; of a site and a small paper of one name the small one, or the one in full."""
    small = small_papers(articles, seed, now)
    full = [*sites(articles, seed, now), *unread_sites(articles, seed, now)]
    first, second = (full, small) if in_full else (small, full)
    names = {site.name for site in first}
    return [*first, *(site for site in second if site.name not in names)]
