"""content-fck: the system of papers in the Mekong delta, called so after the element that holds its articles' text."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from newsbot.cms.family import FamilySpider, Sign
from newsbot.spider import Layout

#: A page with the lead in an element of its own.
_HAS_LEAD: Final = "body:has(.detail-desc, h4.sapo, .fontd.fw600.justify)"
FCK_ARTICLE: Final = r"^/[^/]*-a(?P<id>\d+)\.html$"
FCK_LAYOUTS: Final = (
    # The lead above the text, in an element that is made like it.
    Layout(
        name="fck-lead",
        body=(
            f"{_HAS_LEAD} #newscontents .content-fck-font-size",
            f"{_HAS_LEAD} #newscontents .content-fck",
            f"{_HAS_LEAD} #newscontents",
        ),
        title=(".detail-title h1", "h1.title", "h1"),
        sapo=(".detail-desc p", ".detail-desc", "h4.sapo", ".fontd.fw600.justify"),
        author="p.author.ignore",
        published=".pubdate",
        section=("h2.catename-h1 a", "ul.breadcrumb a", ".breadcrumb-news-detail a", ".titlecate h1 a"),
        tags="a.tag_item",
        captions="p.note.ignore",
    ),
    # The text in another skin, the lead its first paragraph.
    Layout(
        name="fck-singular",
        body=("#contentNews .singular-content", "#contentNews"),
        title="h1.title",
        sapo="#contentNews p:first-child:has(> strong:first-child, > b:first-child)",
        author="p.author.ignore",
        published=".pubdate",
        section=(".breadcrumb-news-detail a", "a.category-page__name"),
        tags="a.tag_item",
        captions="p.note.ignore",
    ),
    # The lead begins the text, behind the paper's letters in bold; the page's first heading is the breadcrumb.
    Layout(
        name="fck",
        body=("#newscontents .content-fck-font-size", "#newscontents .content-fck", "#newscontents"),
        title=("h1.margintopbot10", ".detail-title h1", "h1.title"),
        sapo=".content-fck > p:first-child:has(> strong:first-child, > b:first-child)",
        author="p.author.ignore",
        published=".pubdate",
        section=(".titlecate h1 a", ".breadcrumb-news-detail a", "h2.catename-h1 a"),
        tags="a.tag_item",
        captions="p.note.ignore",
    ),
)


class FckSpider(FamilySpider):
    """Articles stand below the root, a section's further pages at `?p=N`; each section has a feed, none a sitemap."""

    system = "content-fck"
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(says="text in an element called content-fck", selector="[class*='content-fck']", weight=3),
        Sign(says="the section's name in a hidden field", selector="#txtnewscate, #txtnewssubcate", weight=3),
        Sign(says="files of the theme", address=r"/templates/version1/homepage/", weight=3),
        Sign(
            says="pictures by day",
            address=r"/image/(?:news|c?fckeditor/upload|ckeditor|upload/others)/20\d\d/?\d{2,8}/",
            weight=3,
        ),
        Sign(says="a feed for each section", address=r"/rss/(?:sub)?cate/[\w-]+/?$", weight=2),
        Sign(says="a search for each tag", selector="a.tag_item[href*='/tim-kiem/']", weight=2),
        Sign(says="text in the skin called singular", selector="#contentNews .singular-content", weight=2),
        Sign(says="the article's section for its comments", selector="input[name='dataPostComment']", weight=2),
        Sign(says="articles with an a before their number", address=r"-a\d{3,}\.html$"),
        Sign(says="the older way to print the moment", selector=".pubdate"),
    )

    #: Form of the address of a section's feed; empty where sections have none.
    section_feed: ClassVar[str] = "rss/cate/{section}/"

    article_url: ClassVar[tuple[str, ...]] = (FCK_ARTICLE,)
    layouts: ClassVar[tuple[Layout, ...]] = FCK_LAYOUTS

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)  # refuses sections of which no feed can be made
        sections = cls.__dict__.get("sections", ())
        if cls.section_feed and sections and "feeds" not in cls.__dict__:
            names = (section.strip("/") for section in sections)
            cls.feeds = tuple(cls.section_feed.format(section=name) for name in names if name and "/" not in name)
