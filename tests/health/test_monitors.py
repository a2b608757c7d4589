"""Monitors tell of what is not usual for a source, on the day it begins, and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsbot.health.history import day_of, read_reports, started_at
from newsbot.health.monitors.verdict import unusual, with_problems
from newsbot.health.run_report import RunReport
from tests.harness import run_history
from tests.harness.run_history import LAST, steady

QUIET, BROKEN = ("baohaiduong", "yenmy"), ("baoquangninh", "baosonla", "haiduongtv", "suckhoemoitruong")


@pytest.fixture(scope="module", params=[7, 8, 9])
def runs(request: pytest.FixtureRequest) -> list[RunReport]:
    return list(run_history.history(seed=request.param))


def raised(runs: list[RunReport], source: str) -> dict[str, int]:
    """Return the alarms of a source: what, and on which day of the history it was raised first."""
    first = LAST - timedelta(days=run_history.DAYS)
    found: dict[str, int] = {}
    for run in runs:
        for alarm in run.raised if run.source == source else ():
            found.setdefault(alarm, int((started_at(run) - first - timedelta(hours=6)) / timedelta(days=1)))
    return found


def test_a_new_design_is_told_on_its_day_and_over_when_mended(runs: list[RunReport]) -> None:
    alarms = raised(runs, "baoquangninh")
    assert alarms.pop("generic") == run_history.LAYOUT_CHANGE
    assert {"coverage authors", "coverage sapo", "coverage tags"} <= alarms.keys()
    assert set(alarms.values()) == {run_history.LAYOUT_CHANGE}
    assert [run for run in runs if run.source == "baoquangninh"][-1].alarms == {}


def test_an_outage_is_told_at_once_and_its_end_too(runs: list[RunReport]) -> None:
    assert raised(runs, "baosonla")["errors"] == run_history.OUTAGE
    (over,) = [run for run in runs if run.source == "baosonla" and "errors" in run.cleared]
    assert started_at(over) - started_at(next(run for run in runs if "errors" in run.raised)) == timedelta(days=2)


def test_silence_is_told_within_two_days_and_for_as_long_as_it_lasts(runs: list[RunReport]) -> None:
    assert run_history.SILENT <= raised(runs, "haiduongtv")["silence"] <= run_history.SILENT + 1
    last = [run for run in runs if run.source == "haiduongtv"][-1]
    assert last.alarms["silence"].startswith("no new article for 7 days; its longest pause in a week is ")


def test_a_sold_domain_and_new_rules_are_told_on_their_day(runs: list[RunReport]) -> None:
    assert raised(runs, "suckhoemoitruong")["redirected"] == run_history.SOLD
    assert raised(runs, "yenmy")["robots"] == run_history.ROBOTS
    assert sum("robots" in run.alarms for run in runs) == 1, "they are the rules from then on"


def test_sources_that_work_as_ever_raise_no_alarm(runs: list[RunReport]) -> None:
    told = {source: raised(runs, source) for source in QUIET}
    assert told["baohaiduong"].keys() <= {"thin day"}
    assert told["yenmy"].keys() <= {"robots"}
    quiet = [run for run in runs if run.source in QUIET and run.problems]
    assert len(quiet) <= 6, [run.problems for run in quiet]


def today(past: list[RunReport], **change: Any) -> RunReport:
    """Return a run like the last of them, a day later, but for what is given."""
    started = started_at(past[-1]) + timedelta(days=1)
    return replace(past[-1], started=started.isoformat(), finished=started.isoformat(), alarms={}, **change)


def monitors(past: list[RunReport], run: RunReport) -> list[str]:
    return [problem.monitor for problem in unusual(past, run)]


@pytest.mark.parametrize(
    ("change", "alarm"),
    [
        ({}, None),
        ({"generic_share": 0.6}, "generic"),
        ({"text_length": 900.0}, "text length"),
        ({"text_length": 9000.0}, "text length"),
        ({"date_lag": 300.0}, "date lag"),
        ({"date_lag": -100.0}, "date lag"),
        ({"duplicates": 12}, "duplicates"),
        ({"failed": 20, "pages": 30}, "errors"),
        ({"failed": 2, "pages": 30}, None),
        ({"robots": {"baohaiduong.vn": "none"}}, "robots"),
        ({"robots": {"www.baohaiduong.vn": "1"}}, None),
        ({"redirected_away": {"parked.example": 30}}, "redirected"),
        ({"redirected_away": {"partner.example": 1}}, None),
        ({"listings": {"https://baohaiduong.vn/rss/home.rss": 0}}, "listing"),
        ({"listings": {"https://baohaiduong.vn/never-seen/": 0}}, None),
    ],
)
def test_each_monitor_compares_with_the_past(change: dict[str, Any], alarm: str | None) -> None:
    past = steady()
    run = today(past, **change)
    assert monitors(past, run) == ([alarm] if alarm else [])


def test_a_field_that_vanished_is_named() -> None:
    past = steady()
    run = today(past, field_coverage=past[-1].field_coverage | {"authors": 0.1})
    (problem,) = unusual(past, run)
    assert problem.monitor == "coverage authors"
    assert problem.text.startswith("authors: in 1")


BODIES = {"onecms": ".entry", "fck-2022": "div.fck"}


def read(sapo: float, layout: str = "onecms", articles: int = 20) -> dict[str, Any]:
    """How articles were read: on a share of their pages the layout's own selector has selected the lead."""
    return {layout: {"articles": articles, "field_coverage": {"sapo": 1.0}, "selected": {"sapo": {"p.sapo": sapo}}}}


def test_a_selector_that_finds_nothing_any_more_is_named_with_its_day_though_the_field_is_there() -> None:
    past = [replace(run, layouts=read(1.0)) for run in steady()]
    begun = today(past, layouts=read(0.0))
    (problem,) = unusual(past, begun)
    assert problem.monitor == "selectors onecms sapo"
    named = "layout onecms: sapo (p.sapo) selected in 0% (0 of 20) of articles, usually 100%"
    assert problem.text == f"{named}, since {day_of(begun)}"
    (again,) = unusual([*past, begun], today([*past, begun]))
    assert again.text.endswith(f", since {day_of(begun)}")


@pytest.mark.parametrize(
    "layouts", [read(1.0), read(0.9), read(0.0, articles=1), read(0.0, "new"), {"onecms": {"articles": 20}}, {}]
)
def test_what_is_no_drift(layouts: dict[str, Any]) -> None:
    past = [replace(run, layouts=read(1.0)) for run in steady()]
    assert monitors(past, today(past, layouts=layouts)) == []


def test_reports_from_before_drift_was_looked_for_are_no_baseline() -> None:
    past = [replace(run, layouts={"onecms": {"articles": 20, "field_coverage": {"sapo": 1.0}}}) for run in steady()]
    assert monitors(past, today(past, layouts=read(0.0))) == []


def test_a_new_design_says_where_text_was_looked_for() -> None:
    past = steady()
    (problem,) = unusual(past, today(past, generic_share=1.0, text_selectors=BODIES))
    assert problem.text.endswith(
        "the site may have a new design (text was looked for in onecms: .entry; fck-2022: div.fck)"
    )


def test_articles_that_an_older_layout_reads_now_are_told() -> None:
    past = [replace(run, layouts=read(1.0), text_selectors=BODIES) for run in steady()]
    (problem,) = unusual(past, today(past, layouts=read(1.0, "fck-2022")))
    fitted = "it or newer ones fitted 0% (0 of 20) of articles, usually 100%"
    assert problem.text == f"layout onecms: text looked for in .entry: {fitted}"


def test_a_layout_added_for_a_new_design_is_no_loss_of_the_old_one() -> None:
    past = [replace(run, layouts=read(1.0), text_selectors=BODIES) for run in steady()]
    assert monitors(past, today(past, layouts=read(1.0, "2027"), text_selectors={"2027": "main", **BODIES})) == []


def test_too_little_past_says_nothing() -> None:
    past = steady(3)
    assert monitors(past, today(past, generic_share=1.0, text_length=10.0, new=0)) == []
    assert monitors([], past[0]) == []


def test_a_run_over_a_part_of_the_source_is_not_compared_and_is_no_baseline() -> None:
    past = steady()
    assert monitors(past, today(past, generic_share=1.0, arguments={"limit": "5"})) == []
    odd = [replace(run, arguments={"since": "2019-01-01"}, generic_share=1.0) for run in past]
    assert monitors([*odd, *past], today(past, generic_share=1.0)) == ["generic"]


def test_one_run_a_day_is_silent_on_the_third_day() -> None:
    past = steady(30)
    silent: list[list[str]] = []
    for _ in range(3):
        run = today(past, new=0, lines=0)
        run = with_problems(run, past, unusual(past, run))
        past.append(run)
        silent.append([alarm for alarm in run.alarms if alarm == "silence"])
    assert silent == [[], [], ["silence"]]


def test_silence_outlasts_the_past_that_is_looked_at() -> None:
    past = steady(70, new=0)
    past[-1] = replace(past[-1], alarms={"silence": "no new article for 8 weeks"})
    assert "silence" in monitors(past, today(past, new=0))


def test_a_day_with_far_fewer_articles_than_that_weekday_has() -> None:
    past = steady(35)
    past.append(today(past, new=2))
    run = today(past, new=past[0].new)
    (problem,) = unusual(past, run)
    assert problem.text.startswith(f"2 new articles on {day_of(past[-1])}, usually about ")


def test_what_goes_on_is_no_news() -> None:
    past = steady()
    first = today(past, generic_share=1.0)
    first = with_problems(first, past, unusual(past, first))
    assert first.raised == ["generic"]
    past.append(first)
    second = today(past, generic_share=1.0)
    second = with_problems(second, past, unusual(past, second))
    assert (list(second.alarms), second.raised, second.cleared) == (["generic"], [], [])
    past.append(second)
    third = today(past, generic_share=0.0)
    assert with_problems(third, past, []).cleared == ["generic"]
    partly = today(past, generic_share=0.0, arguments={"limit": "1"})
    assert with_problems(partly, past, []).cleared == []


def test_the_past_is_read_whatever_else_is_in_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    for run in (past := steady(3)):
        run.write(folder)
    (folder / "baohaiduong-20261101T000000.000Z.json").write_text('{"source": "baohai')
    (folder / "baohaiduong-20261102T000000.000Z.json").write_text("[]")
    (folder / "baohaiduong-20261103T000000.000Z.json").write_text('{"source": "baohaiduong"}')
    (folder / "baohaiduong-notes.json").write_text("mine")
    (folder / "baohaiduong-20261104T000000.000Z.json.tmp").write_text("{")
    reports = read_reports(folder, "baohaiduong")
    assert reports.runs == past
    assert reports.unreadable == [f"baohaiduong-2026110{day}T000000.000Z.json" for day in (1, 2, 3)]
    assert read_reports(folder, "baohai").runs == []
    assert read_reports(folder, since=started_at(past[1])).runs == past[1:]
    assert read_reports(tmp_path / "nowhere").runs == []


def old_report() -> Iterator[tuple[str, Any]]:
    """The fields of a report before versions, layouts and alarms were counted."""
    yield from {"source": "yenmy", "started": "2026-11-22T04:14:49.341+00:00", "exit_status": 1}.items()
    yield from {"finished": "2026-11-22T04:14:49.983+00:00", "problems": ["every request failed"], "process": 7}.items()
    yield from {"pages": 81, "articles": 54, "lines": 50, "warc_bytes": 9, "warc_files": ["a.warc.gz"]}.items()
    yield from {"status_mix": {"200": 82}, "field_coverage": {"body": 1.0}, "stats": {"newsbot/pages": 81}}.items()


def test_old_reports_and_those_of_a_later_newsbot_are_read() -> None:
    run = RunReport.from_json(dict(old_report()))
    assert (run.new, run.changed, run.generic_share, run.alarms) == (50, 0, None, {})
    assert RunReport.from_json(dict(old_report()) | {"weather": "rain"}) == run
    assert day_of(run).isoformat() == "2026-11-22"
    assert datetime.fromisoformat(run.started) == started_at(run)
