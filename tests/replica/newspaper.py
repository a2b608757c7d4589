"""A source site of the replica: which stories it has, where they stand, and how it answers a request."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random
from urllib.parse import urlsplit

from tests.replica import printed_dates, vocabulary
from tests.replica.ajax import ajax
from tests.replica.answers import Answers, conditional
from tests.replica.assets import asset
from tests.replica.credits import credit
from tests.replica.headlines import Headline, Lane, Section
from tests.replica.news import MADE_OF, Kind, Stories, Story, Text, write_text
from tests.replica.newsroom import Move, Newsroom
from tests.replica.redesign import redesigned_page
from tests.replica.request import Request
from tests.replica.site import Reply
from tests.replica.vietnamese import slugify
from tests.replica.walls import GATE, gate, wall

_KINDS: Mapping[str, Kind] = {"soft-404": "gone", "soft-wall": "wall", "enciphered": "wall"}
# The turns of ten at which a layout carries a story that another source carries too: source -> lane, turn, pair
_WIRE: Mapping[str, tuple[int, int, int]] = {
    "baoquangninh": (0, 4, 0), "haiduongtv": (1, 7, 0),
    "baosonla": (0, 2, 1), "baohaiduong": (0, 6, 1),
    "suckhoemoitruong": (0, 3, 2), "yenmy": (0, 8, 2),
}  # fmt: skip
_NO_WIRE = (-1, 0, 0)
_LANE_COUNTS: Mapping[str, int] = {"yenmy": 3}  # all others have two layouts


class Newspaper(Answers, ABC):
    """A site with any number of stories, none of them stored; every reply is a pure function of the request."""

    name: str
    hosts: tuple[str, ...]
    robots: str | None  # None: it has none
    look: tuple[str, ...]  # folders of `tests/replica/look/` with its style sheets and scripts
    signature: str | None = None  # what stands below a film

    def __init__(self, articles: int, seed: int, now: datetime) -> None:
        self.articles, self.seed = articles, seed
        self.newsroom = Newsroom()
        self.now = now.astimezone(printed_dates.HANOI).replace(microsecond=0)
        self.lanes = self.make_lanes()
        self.page_size = max(6, min(50, articles // 20))
        self.obey(self.newsroom)

    def obey(self, newsroom: Newsroom) -> None:
        """The editors' state from now on."""
        self.newsroom = newsroom
        self.stories = Stories(self.articles, self._tell)
        self.headline = lru_cache(maxsize=8192)(self._headline)
        self.open()

    def is_listed(self, index: int) -> bool:
        """Whether there is such a story, and lists name it."""
        return 0 <= index < self.articles and self.newsroom.is_listed(index)

    @abstractmethod
    def make_lanes(self) -> tuple[Lane, ...]:
        """The layouts, newest first."""

    def open(self) -> None:
        """Makes what all pages share, once `stories` and `headline` work."""
        return

    @abstractmethod
    def article_id(self, lane: int, index: int) -> str: ...

    @abstractmethod
    def addresses(
        self, lane: int, index: int, id: str, slug: str, section: Section, moment: datetime
    ) -> tuple[str, ...]:
        """Every address a story can be reached at, the canonical one first."""

    @abstractmethod
    def pictures(self, headline: Headline, count: int) -> tuple[str, ...]:
        """Absolute addresses of a story's pictures."""

    def moved(self, request: Request) -> str | None:
        """Where a request is redirected to, if it is: the first host has all, by https, and the second is its www."""
        if request.host in self.hosts[:2] and (request.scheme == "http" or request.host.startswith("www.")):
            return f"https://{self.hosts[0]}{request.target}"
        return None

    @abstractmethod
    def answer(self, request: Request) -> Reply | None:
        """The page at an address, or None if there is none."""

    # Stories

    def traps(self, story: Story) -> tuple[str, ...]:
        """What is wrong with a story's page; names are those of `tests.replica.traps.TRAPS`."""
        return story.traps

    def _wording(self, lane: int, block: int, index: int) -> Text:
        wire_lane, turn, pair = _WIRE.get(self.name, _NO_WIRE)
        if (lane, block % 10) == (wire_lane, turn):
            return write_text(self.seed, "wire", block // 10 * 3 + pair)
        return write_text(self.seed, self.name, index)

    def _headline(self, index: int) -> Headline:
        block, number = divmod(index, len(self.lanes))
        lane = self.lanes[number]
        text = self._wording(number, block, index)
        move = self.newsroom.moved.get(index, Move())
        sections = {section.slug: section for section in lane.sections}
        section = sections.get(move.section, lane.sections[block % len(lane.sections)])
        moment = self.newsroom.published.get(index) or lane.era.moment(block)
        slug = move.slug or slugify(text.title, limit=lane.slug_limit)
        id = self.article_id(number, index)
        urls = self.addresses(number, index, id, slug, section, moment)
        return Headline(index, number, block, id, text.title, slug, section, moment, urls, text)

    def _tell(self, index: int) -> Story:
        headline = self.headline(index)
        lane, turn = self.lanes[headline.lane], headline.block % 10
        traps = tuple([name for name, turns in lane.traps.items() if turn in turns])
        twin = self._twin(headline)
        writer = headline.text.writer
        writer.restart(Random(headline.text.body_seed + 2))
        kind: Kind = next((kind for trap, kind in _KINDS.items() if trap in traps), "article")
        signed = lane.bylines and "no-body" not in traps
        form = headline.block + 3 * headline.lane if signed else 9
        line = credit(6 if twin is not None and signed else form, writer)
        tags = tuple(dict.fromkeys([writer.choose(vocabulary.TAGS) for _ in range(3)])) if lane.tags else ()
        count = 1 + headline.block % 3
        sources = self.pictures(headline, count)
        captions = headline.text.captions(count)
        images: list[tuple[str, str | None]] = list(zip(sources, captions, strict=True))
        if count == 3:
            images[2] = (sources[2], None)
        if "dead-image" in traps:
            images[0] = (self.dead_picture(headline), captions[0])
        published = None if "no-date" in traps else headline.moment
        story = Story(
            source=self.name,
            index=index,
            id=self.identity(headline),
            kind=kind,
            title=headline.title,
            sapo=headline.sapo,
            paragraphs=headline.text.paragraphs() if MADE_OF.keys().isdisjoint(traps) else (),
            authors=line.authors,
            byline=line.line if "no-body" not in traps else self.signature,
            agency=line.agency if "no-body" not in traps else self.signature,
            published=published,
            precision=lane.era.precision,
            published_printed=self.print_date(headline) if published else None,
            modified=self.modified(headline) if lane.says_modified and published else None,
            section=headline.section.crumbs,
            tags=tags,
            images=tuple(images) if kind != "gone" and "no-body" not in traps else (),
            urls=headline.urls,
            layout=lane.layout,
            noarchive="noarchive" in traps,
            traps=(*traps, line.trap, *self.more_traps(headline), *(("syndicated",) if twin else ())),
            same_text_as=twin or (),
        )
        return self.newsroom.edit(story)

    def identity(self, headline: Headline) -> str:
        """The id that all addresses of a story have in common, as an article line gives it after the source's name."""
        return headline.id

    def more_traps(self, headline: Headline) -> tuple[str, ...]:
        """Traps that depend on more than a story's turn."""
        return ()

    def _twin(self, headline: Headline) -> tuple[tuple[str, int], ...] | None:
        """The other source's story with the same text: None if this is no agency story, () if it has too few "
        "stories."""
        lane, turn, pair = _WIRE.get(self.name, _NO_WIRE)
        if (headline.lane, headline.block % 10) != (lane, turn):
            return None
        other = next(name for name, (_, _, other_pair) in _WIRE.items() if other_pair == pair and name != self.name)
        other_lane, other_turn, _ = _WIRE[other]
        index = (headline.block // 10 * 10 + other_turn) * _LANE_COUNTS.get(other, 2) + other_lane
        return ((other, index),) if index < self.articles else ()

    def modified(self, headline: Headline) -> datetime:
        """When a story was last changed: never for every third one, else within two hours."""
        return headline.moment + timedelta(minutes=headline.index % 3 * 47)

    @abstractmethod
    def print_date(self, headline: Headline) -> str:
        """The date as the story's page prints it."""

    def dead_picture(self, headline: Headline) -> str:
        return f"http://anh-cu.{self.name}.com.vn//Uploads/Images/{headline.moment:%Y/%m}/{headline.id}.jpg"

    # Listings

    def listing(self, lanes: Sequence[int], section: int, page: int, size: int | None = None) -> list[Headline]:
        """One page (from 1) of a section's stories in the given lanes, newest first; empty beyond the last."""
        size = size or self.page_size
        return self.rows(lanes, section, (page - 1) * size, size)

    def rows(self, lanes: Sequence[int], section: int, start: int, count: int) -> list[Headline]:
        """A section's stories from the start-th on."""
        sections = len(self.lanes[lanes[0]].sections)
        start += self._entries(lanes, section, self.newsroom.held)
        entries = [divmod(entry, len(lanes)) for entry in range(start, start + count)]
        indices = [(section + sections * rank) * len(self.lanes) + lanes[lane] for rank, lane in entries]
        return [self.headline(index) for index in indices if self.is_listed(index)]

    def section_size(self, lanes: Sequence[int], section: int) -> int:
        """How many stories a section has in the given lanes."""
        entries = self._entries(lanes, section, self.articles)
        return entries - self._entries(lanes, section, self.newsroom.held)

    def _entries(self, lanes: Sequence[int], section: int, below: int) -> int:
        """How many of the stories with numbers below one are a section's, in the given lanes."""
        width = len(self.lanes)
        step = len(self.lanes[lanes[0]].sections) * width
        return sum(len(range(section * width + lane, below, step)) for lane in lanes)

    def newest(self, lanes: Sequence[int], count: int, start: int = 0) -> list[Headline]:
        """The newest stories in the given lanes."""
        width = len(self.lanes)
        start += self.newsroom.held // width
        indices = [block * width + lane for block in range(start, start + count + 1) for lane in lanes]
        return [self.headline(index) for index in indices if self.is_listed(index)][:count]

    def related(self, index: int, count: int) -> list[Headline]:
        """Older stories of the same layout, going round at the end."""
        width = len(self.lanes)
        indices = [(index + step * width) % self.articles for step in range(1, count + 1)]
        return [self.headline(index) for index in indices if self.is_listed(index)]

    # Replies

    def reply(self, request: Request) -> Reply:
        if request.method not in ("GET", "HEAD", "POST"):
            return Reply(405, headers=(("Allow", "GET, HEAD, POST"),))
        if request.path == GATE:
            return gate(request)
        if target := self.moved(request):
            body = f'<html><head><title>301</title></head><body><a href="{target}">Moved</a></body></html>'.encode()
            return Reply(301, headers=(("Location", target), ("Content-Type", "text/html")), body=body, cacheable=True)
        if request.path == "/robots.txt":
            return self.missing() if self.robots is None else self.text(self.robots, "text/plain")
        found = asset(self, request.path, self.name, self.look) or ajax(self, request) or self.answer(request)
        return conditional(request, found or self.missing())

    def article(self, request: Request, story: Story, html: str) -> Reply:
        """The reply to a request for a story, with what its traps do to the reply as a whole."""
        removal = self.newsroom.removed.get(story.index)
        move = self.newsroom.moved.get(story.index)
        if move and request.path not in {urlsplit(url).path for url in story.urls}:
            return self.missing() if move.old == "404" else Reply(301, headers=(("Location", story.urls[0]),))
        if removal == "404" or story.index < self.newsroom.held:
            return self.missing()
        if removal == "410":
            return Reply(410, headers=(("Content-Type", "text/html"),), body=b"<h1>410 Gone</h1>")
        if removal == "front":
            return Reply(302, headers=(("Location", "/"), ("Content-Type", "text/html")))
        if story.kind == "gone" or removal == "notice":
            return self.page(self.notice(story))
        if "soft-wall" in story.traps and (closed := wall(request, self.name, self.headline(story.index))):
            return closed
        moment = self.headline(story.index).moment
        if self.newsroom.redesigned:
            html = redesigned_page(story, self.related(story.index, 4))
        return self.page(html, modified=story.modified or moment, traps=story.traps)

    def notice(self, story: Story) -> str:
        """The page of an article that was taken down, sent with status 200."""
        return (
            f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{self.name}</title></head><body>'
            '<div class="error-page"><h2>Không tìm thấy trang</h2><p>Bài viết không tồn tại hoặc đã bị gỡ bỏ. '
            'Quý vị vui lòng quay lại <a href="/">Trang chủ</a>.</p></div></body></html>'
        )
