"""Turns a run's stats into shares: field coverage, of all articles and by layout."""

from __future__ import annotations

from collections import Counter
from typing import Any

from newsbot.health.problems import Stats, shares


def field_coverage(stats: Stats) -> dict[str, float]:
    """Return for each field the share of articles that have it, by ``newsbot/extracted_by/<field>/<step>``.

    >>> field_coverage({"newsbot/articles": 4, "newsbot/extracted_by/sapo/layout": 2,
    ...                 "newsbot/extracted_by/sapo/structured": 1})
    {'sapo': 0.75}
    """
    articles = stats.get("newsbot/articles", 0)
    found = Counter[str]()
    for name, count in shares(stats, "newsbot/extracted_by/").items():
        found[name.partition("/")[0]] += count
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
