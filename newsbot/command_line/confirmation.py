"""A question before something that cannot be undone."""

from __future__ import annotations

import sys


def confirmed(question: str) -> bool:
    """Ask whoever sits at the terminal; where nobody does, the answer is no."""
    if not sys.stdin.isatty():
        return False
    try:
        return input(f"{question} Go on (yes/no)? ").strip().lower() == "yes"
    except EOFError:
        return False
