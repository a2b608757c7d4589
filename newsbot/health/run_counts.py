"""Turns a run's stats into shares: field coverage, by layout, and which step read the bodies."""

from __future__ import annotations

from typing import Any

from newsbot.health.problems import Stats, shares


def body_steps(stats: Stats) -> dict[str, int]:
    """Return how many bodies each step of the extraction chain gave.

    >>> body_steps({"newsbot/extracted_by/body/layout": 9, "newsbot/extracted_by/body/generic": 1})
    {'layout': 9, 'generic': 1}
    """
    return shares(stats, "newsbot/extracted_by/body/")


def field_coverage(stats: Stats) -> dict[str, float]:
    """Return for each field the share of articles that have it, by ``newsbot/extracted_by/<field>/<step>``.

    >>> field_coverage({"newsbot/articles": 4, "newsbot/extracted_by/sapo/layout": 2,
    ...                 "newsbot/extracted_by/sapo/structured": 1})
    {'sapo': 0.75}
    """
    articles = stats.get("newsbot/articles", 0)
    found: dict[str, int] = {}
    for name, count in shares(stats, "newsbot/extracted_by/").items():
        name = name.partition("/")[0]
        found[name] = found.get(name, 0) + count
    return {name: round(count / articles, 3) for name, count in sorted(found.items()) if articles}


def layouts(stats: Stats) -> dict[str, dict[str, Any]]:
    """Return for each layout its articles and the share of them that have each field.

    >>> layouts({"newsbot/layout/2022": 4, "newsbot/coverage/2022/sapo": 3})
    {'2022': {'articles': 4, 'field_coverage': {'sapo': 0.75}}}
    """
    return {
        layout: {
            "articles": articles,
            "field_coverage": {
                name: round(count / articles, 3)
                for name, count in sorted(shares(stats, f"newsbot/coverage/{layout}/").items())
            },
        }
        for layout, articles in sorted(shares(stats, "newsbot/layout/").items())
    }
