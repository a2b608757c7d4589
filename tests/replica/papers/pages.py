"""What the pages of a family's small papers have in common: a menu, lists in pages, the pieces of a text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qs, quote

from tests.replica.headlines import Headline, Section
from tests.replica.markup import cut, ink, linked
from tests.replica.news import Story
from tests.replica.papers.section_titles import read_sections
from tests.replica.request import Request
from tests.replica.site import Reply

if TYPE_CHECKING:
    from tests.replica.papers.small_paper import SmallPaper


class Pages(ABC):
    """The pages of a paper's ages that share their lists. A family writes `article`, and what else it has of its own.

    What is here makes plain pages: `document` puts a page together, `row` is an article in a list, `text` the pieces of
    a story's text, between which a family may put more.
    """

    #: Folders of `tests/replica/look/`.
    look: ClassVar[tuple[str, ...]] = ()
    #: Form of a section's path, and what is added to it for a further page; "" where a section has one page.
    section_path: ClassVar[str] = "/{slug}"
    further_page: ClassVar[str] = "?page={page}"

    def __init__(self, site: SmallPaper, lanes: tuple[int, ...]) -> None:
        self.site, self.lanes = site, lanes
        self.age = site.paper.ages[lanes[0]]
        self.home = site.paper.home(self.age)
        self.sections = site.lanes[lanes[0]].sections
        self.quiet = read_sections(self.age.quiet)
        self.open()

    def open(self) -> None:
        """Makes what all pages share."""
        return

    @abstractmethod
    def article(self, story: Story) -> str: ...

    def page_of(self, story: Story, request: Request) -> str | None:
        """The page of a story that is asked for, where a family splits one; None beyond its last."""
        return self.article(story)

    def answer(self, request: Request) -> Reply | None:
        """The reply to what only this family has (a search, a piece of a list); None for any other address."""
        return None

    def parts(self, story: Story) -> dict[str, str]:
        """What is on a story's page, by name, for a form that `str.format` fills in."""
        section = self.site.headline(story.index).section
        return {
            "title": ink(story.title, story.traps),
            "sapo": ink(story.sapo, story.traps),
            "date": story.published_printed or "",
            "section": section.title,
            "section_path": self.path(section),
            "text": "".join(self.text(story)),
            "tags": ", ".join(f'<a href="/tag/{quote(tag)}">{tag}</a>' for tag in story.tags),
        }

    # Lists

    def front(self) -> str:
        """The front page: the newest, then some of each section."""
        site = self.site
        blocks = "".join(
            f'<div class="block"><h2><a href="{self.path(section)}">{section.title}</a></h2>'
            f"{self.rows(site.listing(self.lanes, number, 1, 4))}</div>\n"
            for number, section in enumerate(self.sections)
        )
        return self.document(site.outlet, f"{self.home}/", f"{self.rows(site.newest(self.lanes, 10))}{blocks}")

    def section(self, number: int, page: int) -> str | None:
        """A section's page (from 1); None beyond its last."""
        section, site = self.sections[number], self.site
        rows = site.listing(self.lanes, number, page)
        last = max(1, -(-site.section_size(self.lanes, number) // site.page_size))
        if page > (last if self.further_page else 1):
            return None
        body = f'<h2 class="cate">{section.title}</h2>{self.rows(rows)}'
        if self.further_page:
            body += self.pager(section, sorted({1, page - 1, page, page + 1, last} & set(range(1, last + 1))))
        return self.document(section.title, f"{self.home}{self.path(section)}", body)

    def quiet_page(self, section: Section) -> str:
        """A section with little of its own: it repeats the newest stories."""
        body = f'<h2 class="cate">{section.title}</h2>{self.rows(self.site.newest(self.lanes, 3))}'
        return self.document(section.title, f"{self.home}{self.path(section)}", body)

    def pager(self, section: Section, pages: Iterable[int]) -> str:
        path = self.path(section)
        links = "".join(
            f'<a href="{path}{self.further_page.format(page=page) if page > 1 else ""}">{page}</a> ' for page in pages
        )
        return f'<div class="pager">{links}</div>\n'

    def page_number(self, request: Request) -> int:
        """The page of a list that is asked for, where its number stands in the query."""
        name = self.further_page.partition("=")[0].removeprefix("?")
        number = parse_qs(request.query).get(name, ["1"])[0]
        return int(number) if number.isdecimal() and number.isascii() and len(number) < 8 else 0

    def path(self, section: Section) -> str:
        return self.section_path.format(slug=section.slug)

    def rows(self, rows: Iterable[Headline]) -> str:
        return f"<ul>{''.join(map(self.row, rows))}</ul>\n"

    def row(self, row: Headline) -> str:
        """An article in a list."""
        return f'<li><a href="{self.link(row)}">{escape(row.title)}</a><p>{escape(cut(row.sapo, 120))}</p></li>\n'

    def link(self, row: Headline) -> str:
        return escape(row.url.removeprefix(self.home))

    # Pages

    def document(self, title: str, url: str, body: str, meta: str = "") -> str:
        """A page with the paper's menu. An article's has more in its head."""
        return (
            f'<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
            f'<link rel="canonical" href="{escape(url)}">\n{meta}</head>\n<body>\n<header><nav><ul>{self.menu()}</ul>'
            f"</nav></header>\n<main>{body}</main>\n<footer><p>{self.site.outlet}. Ghi rõ nguồn khi phát hành lại "
            "thông tin từ trang này.</p></footer>\n</body>\n</html>\n"
        )

    def menu(self) -> str:
        return "".join(
            f'<li><a href="{self.path(section)}">{section.title}</a></li>\n'
            for section in (*self.sections, *self.quiet)
        )

    def text(self, story: Story) -> Iterator[str]:
        """The pieces of a story's text: paragraphs, pictures between them, the byline last."""
        for position, paragraph in enumerate(story.paragraphs):
            if position in (1, 3):
                for source, caption in story.images[:1] if position == 1 else story.images[1:]:
                    yield self.picture(source, caption, story)
            text = ink(paragraph, story.traps)
            if len(paragraph) < 60:
                text = f"<strong>{text}</strong>"
            elif position == 2:
                text = linked(text, f"{self.home}{self.path(self.sections[0])}")
            yield self.paragraph(text)
        for source, caption in story.images if not story.paragraphs else ():
            yield self.picture(source, caption, story)
        if story.byline:
            yield self.byline(ink(story.byline, story.traps))

    def paragraph(self, text: str) -> str:
        return f"<p>{text}</p>\n"

    def byline(self, line: str) -> str:
        return f'<p style="text-align: right;"><strong>{line}</strong></p>\n'

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        text = f"<figcaption>{ink(caption, story.traps)}</figcaption>" if caption else ""
        return f'<figure><img src="{source}" alt="">{text}</figure>\n'
