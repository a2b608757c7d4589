"""Articles that are gone: told at once, unless most are gone together; those when a later run says the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.http.exchange import Capture
from newsbot.health.history import read_reports
from newsbot.items import Removal
from newsbot.planning.schedule import warc_date
from newsbot.publishing.vanished import Vanished
from newsbot.state.state import State
from newsbot.state.versions import Version
from tests.harness.crawl_play import Play, Run, rows
from tests.harness.warc_reading import read_records
from tests.replica.faults import Status
from tests.replica.news import Story
from tests.replica.newsroom import Newsroom
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites

ARTICLES = 40
SOURCE = "haiduongtv"
SITE = next(site for site in sites(articles=ARTICLES) if site.name == SOURCE)
STORIES = [story for story in SITE.stories if story.kind == "article"]
#: Three of four articles are taken down for good; before that the whole site sends 404 for an hour.
REMOVED = {story.index for story in STORIES if story.index % 4}
#: Of the others one is taken down later, and one is not.
KEPT, LATE = [story for story in STORIES if story.index not in REMOVED][:2]
BEGINNING = NOW - timedelta(days=200)
#: What all lists of the source match.
LISTS = (
    "*/rss*",
    "*/sitemap*",
    "haiduongtv.vn/",
    *(f"haiduongtv.vn/{name}" for name in ("thoi-su", "kinh-te", "nong-nghiep", "van-hoa")),
)
DOWN = (Status("haiduongtv.vn/*.html", status=404), Status("haiduongtv.vn/rss*", status=404))


@dataclass
class Past:
    """A play and its runs, by the hour at which they began."""

    play: Play
    runs: dict[float, Run] = field(default_factory=dict)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    data = tmp_path_factory.mktemp("data")
    published = {story.index: BEGINNING - timedelta(hours=1 + story.index) for story in SITE.stories}
    with Replica(articles=ARTICLES, now=BEGINNING) as replica:
        past = Past(Play(replica, SOURCE, data))
        for hour in (0, 2, 2.5, 9, 40, 42, 47, 80):
            removed = (REMOVED if hour >= 40 else set()) | ({LATE.index} if hour >= 80 else set())
            newsroom = Newsroom(
                published=published,
                removed=dict.fromkeys(removed, "410"),
                changed=BEGINNING + timedelta(hours=hour - 1),
            )
            replica.set_newsroom(SOURCE, newsroom)
            replica.set_faults(*(DOWN if hour in (2, 2.5) else ()))
            past.runs[hour] = past.play.run(BEGINNING + timedelta(hours=hour))
        yield past


def test_an_hour_without_a_site_is_no_removal(past: Past) -> None:
    for hour in (2, 2.5, 9):
        assert past.runs[hour].lines == [], f"hour {hour}:\n{past.runs[hour].said}"
    assert past.runs[2].status == 1
    assert f"{len(STORIES)} articles that were looked at again are gone at once" in past.runs[2].said
    assert past.runs[9].status == 0, past.runs[9].said


def test_a_mass_removal_is_told_when_it_has_lasted(past: Past) -> None:
    keys = {SITE.stories[index].key for index in REMOVED}
    assert [past.runs[hour].lines for hour in (40, 42)] == [[], []]
    assert "vanished" in read_reports(past.play.data / "runs", SOURCE).runs[4].alarms
    told = past.runs[47].lines
    assert {line["id"] for line in told} == keys
    assert {(line["version"], line["change"]) for line in told} == {(2, "removed")}
    assert len(told) == len(keys)
    assert [(line["id"], line["change"]) for line in past.runs[80].lines] == [(LATE.key, "removed")]


def test_a_rebuild_believes_and_doubts_the_same(past: Past, tmp_path: Path) -> None:
    data, output = past.play.data, f"sqlite:///{tmp_path}/rebuilt.sqlite"
    for arguments in (
        ("rebuild", *map(str, sorted((data / "warc").glob("*.warc.gz")))),
        ("rebuildstate", f"--output={output}"),
    ):
        done = past.play.scrapy(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    live = "".join(path.read_text() for path in sorted((data / "articles" / SOURCE).iterdir()))
    assert "".join(path.read_text() for path in sorted((data / "rebuilt" / SOURCE).iterdir())) == live
    for table in ("doubted_runs", "missing_articles"):
        query = f"SELECT * FROM {table} ORDER BY 1, 2"
        assert rows(output, query) == rows(past.play.state_url, query), table
    assert len(rows(output, "SELECT * FROM doubted_runs")) == 3
    assert rows(output, "SELECT * FROM missing_articles") == []


@pytest.mark.parametrize(("story", "versions"), [(KEPT, [(1, "new")]), (LATE, [(1, "new"), (2, "removed")])])
def test_a_redaction_believes_and_doubts_the_same(past: Past, story: Story, versions: list[tuple[int, str]]) -> None:
    """It reads an article's other captures again, among them a 404 that was not believed, or one that was."""
    warc = sorted((past.play.data / "warc").glob("*.warc.gz"))[list(past.runs).index(9)]
    record = next(
        record["WARC-Record-ID"]
        for record in read_records(warc)
        if record["WARC-Target-URI"] == story.urls[0] and record["WARC-Type"] in ("response", "revisit")
    )
    done = past.play.scrapy("redact", story.urls[0], f"--record={record}", "--reason=a name", "--by=a lawyer", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    query = f"SELECT version, change FROM article_versions WHERE id = '{story.key}' ORDER BY version"
    assert rows(past.play.state_url, query) == versions


def test_a_picture_that_is_there_says_nothing_of_the_lists(tmp_path: Path) -> None:
    """The lists are down, one article is gone, another has new pictures: that one is gone is not believed."""
    published = {story.index: BEGINNING - timedelta(hours=1 + story.index) for story in SITE.stories}
    with_pictures = ("-s", "REQUISITES=all", "-s", "REQUISITES_RECHECK_DAYS=0")
    with Replica(articles=ARTICLES, now=BEGINNING) as replica:
        play = Play(replica, SOURCE, tmp_path)
        replica.set_newsroom(SOURCE, Newsroom(published=published))
        assert len(play.run(BEGINNING, *with_pictures).lines) == len(STORIES)
        changed = BEGINNING + timedelta(hours=1)
        replica.set_newsroom(SOURCE, Newsroom(published=published, removed={STORIES[0].index: "410"}, changed=changed))
        replica.set_faults(*(Status(where, status=404) for where in LISTS))
        run = play.run(BEGINNING + timedelta(hours=2), *with_pictures)
        assert run.stats["newsbot/article_pages"] > 10
        assert run.stats["requisites/wanted"] > 0
        assert run.lines == [], run.said
        assert run.stats["newsbot/kept_back"] == 1


MOMENT = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


def removal(number: int, hours: float = 0) -> Removal:
    url = f"https://haiduongtv.vn/a-{number}.html"
    capture = Capture(number, url, warc_date(MOMENT + timedelta(hours=hours)), f"<urn:uuid:{number}>")
    return Removal(f"{SOURCE}:{number}", capture)


def known(*numbers: int) -> dict[str, Version]:
    return {
        each.id: Version(each.id, 1, SOURCE, "", "", warc_date(MOMENT - timedelta(days=1)), url=each.capture.url)
        for each in map(removal, numbers)
    }


def run(vanished: Vanished, name: str, gone: list[Removal], there: int = 0, lists: int = 1) -> list[str]:
    """Play a run; returns the ids of those that are told."""
    for _ in range(lists):
        vanished.list_answered()
    for number in range(there):
        vanished.answered(f"{SOURCE}:{1000 + number}")
    for each in gone:
        vanished.gone(each)
    told, kept = vanished.end_run(name, known(*range(100)))
    assert len(told) + kept == len(gone)
    vanished.settle(each.id for each in told)
    return [each.id for each in told]


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = State(f"sqlite:///{tmp_path}/state.sqlite")
    yield state
    state.close()


@pytest.mark.parametrize(
    ("gone", "there", "lists", "is_told"),
    [
        (1, 20, 3, True),
        (1, 0, 1, True),
        (2, 0, 1, True),
        (3, 3, 1, True),
        (3, 2, 1, False),
        (50, 49, 9, False),
        (50, 50, 1, True),
        (1, 20, 0, False),
    ],
)
def test_what_is_doubted(state: State, gone: int, there: int, lists: int, is_told: bool) -> None:
    found = run(Vanished(state, SOURCE), "a", [removal(number) for number in range(gone)], there, lists)
    assert len(found) == (gone if is_told else 0)


def test_while_articles_are_missing_one_more_is_doubted_too(state: State) -> None:
    vanished = Vanished(state, SOURCE)
    assert run(vanished, "a", [removal(number) for number in range(5)]) == []
    assert run(vanished, "b", [removal(7, hours=1)]) == []
    assert run(vanished, "c", [removal(8, hours=2)], there=9) == [f"{SOURCE}:8"]
    assert run(vanished, "d", [removal(0, hours=5.9)]) == []
    assert run(Vanished(state, SOURCE), "e", [removal(0, hours=6)]) == [f"{SOURCE}:0"]


def test_a_run_that_is_killed_before_its_lines_are_written_tells_them_again(state: State) -> None:
    assert run(Vanished(state, SOURCE), "a", [removal(number) for number in range(5)]) == []
    confirmed = [removal(number, hours=9) for number in range(5)]
    for _ in range(2):
        killed = Vanished(state, SOURCE)
        for each in confirmed:
            killed.gone(each)
        told, kept = killed.end_run("b", known(*range(5)))
        assert (told, kept) == (confirmed, 0)
    assert run(Vanished(state, SOURCE), "b", confirmed[1:]) == [each.id for each in confirmed[1:]]


def test_what_has_come_back_must_be_missed_anew(state: State) -> None:
    vanished = Vanished(state, SOURCE)
    assert run(vanished, "a", [removal(number) for number in range(5)]) == []
    for number in range(5):
        vanished.answered(f"{SOURCE}:{number}")
    assert run(vanished, "b", []) == []
    assert run(vanished, "c", [removal(number, hours=9) for number in range(5)]) == []


def test_who_sees_a_part_of_a_run_believes_what_was_believed(state: State) -> None:
    assert run(Vanished(state, SOURCE), "a", [removal(number) for number in range(5)]) == []
    state.forget_articles([f"{SOURCE}:1"])
    part = Vanished(state, SOURCE, judge=False)
    assert run(part, "a", [removal(1)], lists=0) == []
    assert run(part, "b", [removal(2)], lists=0) == [f"{SOURCE}:2"]


@pytest.mark.parametrize("change", ["removed", "elsewhere", "never published"])
def test_only_what_was_read_there_can_be_missed_there(state: State, change: str) -> None:
    vanished, versions = Vanished(state, SOURCE), known(1)
    vanished.list_answered()
    vanished.gone(removal(1))
    last = versions[f"{SOURCE}:1"]
    if change == "removed":
        versions[last.id] = last._replace(change="removed")
    elif change == "elsewhere":
        versions[last.id] = last._replace(url="https://haiduongtv.vn/b-1.html")
    else:
        versions = {}
    assert vanished.end_run("a", versions) == ([], 0)
