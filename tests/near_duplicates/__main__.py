"""Prints how well the labelled pairs are told apart, kind by kind, and what other thresholds would do."""

from __future__ import annotations

from itertools import product

from newsbot.publishing.duplicates.shingles import likeness, shingles
from newsbot.vietnamese.text import clean
from tests.near_duplicates.pairs import pairs


def main() -> None:
    compared = []
    for pair in pairs():
        # As pipelines leave it: what is compared in a crawl is clean.
        later, earlier = (shingles(clean("\n".join(text))) for text in (pair.later, pair.earlier))
        compared.append((pair, likeness(later, earlier)))
    for kind in dict.fromkeys(pair.kind for pair, _ in compared):
        own = [like for pair, like in compared if pair.kind == kind]
        spans = [f"{min(values):.2f} - {max(values):.2f}" for values in zip(*own, strict=True)]
        print(f"{kind:32} {len(own):4}  resemblance {spans[0]}  containment {spans[1]}  details {spans[2]}")
    print("contained resembling details  precision  recall")
    for contained, resembling, shared in product(
        (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8), (0.5, 0.55, 0.6, 0.7), (0, 0.4, 0.5, 0.6)
    ):
        said = [
            (like.containment >= contained or like.resemblance >= resembling) and like.details >= shared
            for _, like in compared
        ]
        right = sum(yes and pair.same for yes, (pair, _) in zip(said, compared, strict=True))
        same = sum(pair.same for pair, _ in compared)
        print(f"{contained:9} {resembling:10} {shared:7}  {right / sum(said):9.3f}  {right / same:6.3f}")


if __name__ == "__main__":
    main()
