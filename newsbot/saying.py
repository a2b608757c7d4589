"""Lines for the operator."""

from __future__ import annotations

import sys


def say(source: str, text: object) -> None:
    """Tell the operator something about a source, in one line on standard error."""
    print(f"newsbot: {source}: {' '.join(str(text).split())}", file=sys.stderr)
