"""What a correct reader makes of a story of the replica."""

from __future__ import annotations

from newsbot.vietnamese.legacy_encodings import ENCODINGS
from tests.replica.news import Story


def truth(story: Story) -> dict[str, object]:
    """The fields of the story's article that its page alone decides."""
    return {
        "id": story.key,
        "source": story.source,
        "url": story.urls[0],
        "canonical_url": story.urls[0],
        "kind": story.made_of,
        "title": story.title,
        "sapo": story.sapo if story.made_of != "video" else None,
        "body": story.body,
        "authors": list(story.authors),
        "byline": story.byline,
        "agency": story.agency,
        "published_at": story.published_at,
        "published_raw": story.published_printed,
        "published_precision": story.precision if story.published else None,
        "section": list(story.section),
        "tags": list(story.tags),
        "images": [{"url": url, "caption": caption} for url, caption in story.images],
        "noarchive": story.noarchive,
        "decoded_from": [name for name in ENCODINGS if f"in-{name}" in story.traps],
        "layout": None if story.layout in ("", "portal-unknown") else story.layout,
        "language": "vi",
        "conflicts": None,
    }
