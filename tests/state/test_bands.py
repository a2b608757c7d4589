"""A rebuild's own bands say the same as those that crawls share."""

from __future__ import annotations

from pathlib import Path
from random import Random

from newsbot.state.state import TEMPORARY, State

#: So many that those of a rebuild do not all wait in memory.
TEXTS = 4_000
BANDS = 40


def texts(random: Random) -> list[list[int]]:
    """Return bands of texts: most are new, some are those of texts before, and a few are those of very many."""
    popular = [random.getrandbits(64) - 2**63 for _ in range(50)]
    before = list(popular)
    made = []
    for _ in range(TEXTS):
        own = {random.getrandbits(64) - 2**63 for _ in range(BANDS - 4)} | {*random.sample(before, 3)}
        own.add(random.choice(popular))
        before += random.sample(sorted(own), 2)
        made.append(sorted(own))
    return made


def test_own_bands_say_the_same_as_shared_ones(tmp_path: Path) -> None:
    random = Random(2026)
    made = [*enumerate(texts(random), 1)]
    own, shared = State(TEMPORARY), State(f"sqlite:///{tmp_path}/state.sqlite")
    start = 0
    while start < TEXTS:
        batch = made[start : (start := start + random.choice((20, 200, 700)))]
        asked = [bands for _, bands in (batch if random.random() < 0.8 else made[:30])]
        found = []
        for state in (own, shared):
            with state.transaction() as connection:
                sharing = state.bands.sharing(connection, asked)
                found.append({band: sorted(numbers) for band, numbers in sharing.items()})
                state.bands.add(connection, batch)
        assert found[0] == found[1]
    own.close()
    shared.close()
