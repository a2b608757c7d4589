"""What has changed between two texts, word by word, as a person would mark it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from newsbot.vietnamese.text import fold

#: Words shown before and after a change.
_AROUND: Final = 4
_NOT_A_WORD: Final = re.compile(r"[\W_]+")


def word_diff(old: str, new: str) -> list[str]:
    """Return the changes between two texts, each with a few words around it.

    Punctuation, spacing, letter case and tone style are no change.

    >>> word_diff("Mưa to hoà gió lớn, ba người bị thương.", "Mưa to  hòa gió lớn: năm người bị thương nặng")
    ['… to hoà gió lớn, [-ba-] {+năm+} người bị thương. {+nặng+}']
    >>> word_diff("Mưa to.", "Mưa  TO"), word_diff("", "")
    ([], [])
    """
    before, after = _words(old), _words(new)
    matcher = SequenceMatcher(None, [*map(_key, before)], [*map(_key, after)], autojunk=False)
    return [" ".join(_marked(group, before, after)) for group in matcher.get_grouped_opcodes(_AROUND)]


def _marked(
    group: Sequence[tuple[str, int, int, int, int]], before: Sequence[str], after: Sequence[str]
) -> Iterator[str]:
    if group[0][1] > 0:
        yield "…"
    for what, start, end, new_start, new_end in group:
        if what == "equal":
            yield " ".join(before[start:end])
            continue
        if end > start:
            yield f"[-{' '.join(before[start:end])}-]"
        if new_end > new_start:
            yield f"{{+{' '.join(after[new_start:new_end])}+}}"
    if group[-1][2] < len(before):
        yield "…"


def _words(text: str) -> list[str]:
    return [word for word in text.split() if _key(word)]


def _key(word: str) -> str:
    return _NOT_A_WORD.sub("", fold(word))
