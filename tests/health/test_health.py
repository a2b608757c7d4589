"""A crawl's stats are judged in words that name what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newsbot.health.problems import Limits, Problem, Stats, problems
from newsbot.health.run_report import field_coverage, read_report, report

WELL: Stats = {
    "finish_reason": "finished",
    "newsbot/pages": 44,
    "newsbot/article_pages": 40,
    "newsbot/articles": 40,
    "newsbot/lines": 40,
    "newsbot/extracted_by/body/layout": 40,
}


def test_a_good_crawl_has_no_problems() -> None:
    assert problems(WELL) == []


def test_a_crawl_whose_time_was_up_before_its_first_article_is_no_problem() -> None:
    assert problems({"finish_reason": "closespider_timeout", "newsbot/pages": 1}) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"finish_reason": "shutdown"}, "did not finish: shutdown"),
        ({"finish_reason": None}, "did not finish: it was stopped before it could end"),
        ({"archive/failure": "disk full"}, "the archive could not be written: disk full"),
        (
            {"newsbot/pages": 0, "newsbot/failed": 9, "newsbot/failed/HTTP 500": 7, "newsbot/failed/HTTP 404": 2},
            "every request failed: HTTP 500 (7), HTTP 404 (2)",
        ),
        ({"newsbot/failed_listings": ["feed http://a/rss: HTTP 404"]}, "not read: feed http://a/rss: HTTP 404"),
        (
            {
                "newsbot/failed_articles": 10,
                "newsbot/failed/HTTP 500": 10,
                "newsbot/failed_addresses": ["http://a/1: HTTP 500"],
            },
            "10 of 50 article pages failed: HTTP 500 (10), first http://a/1: HTTP 500",
        ),
        ({"politeness/given_up/a.test": "a.test asked for too long"}, "a.test asked for too long"),
        ({"newsbot/blocked": 20}, "20 of 40 article pages were walls or block pages, not articles"),
        (
            {"newsbot/blocked": 20, "browser/not_installed": True},
            "20 of 40 article pages were walls or block pages, not articles; "
            "no browser is installed, which may open walls",
        ),
        (
            {
                "browser/pages": 9,
                "browser/failed": 3,
                "browser/failed/it crashed": 3,
                "browser/failed_pages": ["http://a/1: x"],
            },
            "the browser failed on 3 of 9 pages: it crashed (3), first http://a/1: x",
        ),
        ({"newsbot/articles": 0, "newsbot/lines": 0}, "no article was read"),
        ({"newsbot/lines": 0}, "no line was written of 40 articles"),
        ({"newsbot/incomplete": 5}, "5 of 40 articles had no title or no body"),
        (
            {"newsbot/extracted_by/body/layout": 10, "newsbot/extracted_by/body/generic": 30},
            "no layout fitted 30 of 40 articles: the site may have a new design",
        ),
        ({"newsbot/date_missing": 21}, "21 of 40 articles had no date that could be read"),
        ({"spider_exceptions/KeyError": 1}, "the spider failed on pages: KeyError (1)"),
        ({"newsbot/errors": ["Error caught on signal handler"]}, "error: Error caught on signal handler"),
    ],
)
def test_each_thing_that_can_go_wrong_is_named(change: dict[str, Any], problem: str) -> None:
    assert [found.text for found in problems(WELL | change)] == [problem]


def test_a_source_without_layouts_has_none_that_could_stop_fitting() -> None:
    generic = {"newsbot/extracted_by/body/layout": 0, "newsbot/extracted_by/body/generic": 40}
    assert [found.monitor for found in problems(WELL | generic | {"newsbot/layouts": 1})] == ["generic"]
    assert problems(WELL | generic | {"newsbot/layouts": 0}) == []


@pytest.mark.parametrize(
    "change",
    [
        {"newsbot/failed_articles": 4, "newsbot/failed": 4},  # a tenth, not more
        {"newsbot/incomplete": 2},
        {"newsbot/lines": 0, "newsbot/unchanged": 40},
        {"newsbot/lines": 0, "newsbot/articles": 0, "newsbot/known": 40},
        {"finish_reason": "closespider_timeout"},
        {"newsbot/blocked": 2},
        {"browser/pages": 2, "browser/failed": 2, "browser/failed/it took too long": 2},
    ],
)
def test_what_happens_every_day_is_no_problem(change: dict[str, Any]) -> None:
    assert problems(WELL | change) == []


def test_limits_are_the_operators() -> None:
    assert problems(WELL | {"newsbot/incomplete": 5}, Limits(incomplete=0.5)) == []


def test_a_report_is_found_by_its_process(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 3, 20, 11, 123456, UTC)
    stats = WELL | {"downloader/response_status_count/200": 44, "archive/files": ["a.warc.gz"], "archive/bytes": 7}
    wrong = Problem("errors", "một vấn đề")
    written = report("baosonla", stats, started=now, finished=now, exit_status=1, problems=[wrong])
    path = written.write(tmp_path / "runs")
    assert path.name == "baosonla-20261122T032011.123Z.json"
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert read_report(path.parent, "baosonla", written.process) == written
    assert read_report(path.parent, "baosonla", written.process + 1) is None
    assert read_report(path.parent, "baoson", written.process) is None
    assert (written.pages, written.articles, written.warc_bytes, written.warc_files) == (44, 40, 7, ["a.warc.gz"])
    assert written.status_mix == {"200": 44}


def test_field_coverage_adds_the_steps_up() -> None:
    stats = WELL | {"newsbot/extracted_by/sapo/layout": 10, "newsbot/extracted_by/sapo/generic": 5}
    assert field_coverage(stats) == {"body": 1.0, "sapo": 0.375}
    assert field_coverage({}) == {}
