"""Papers on MediaTech: articles of its own and, in the same lists, posts that were brought over from older systems."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.replica import printed_dates
from tests.replica.cms.mediatech import SKIPPED, MediaTech
from tests.replica.headlines import Section
from tests.replica.news import Story
from tests.replica.papers.older import LANGSON, older
from tests.replica.papers.pages import Pages
from tests.replica.papers.paper import FORBIDS, Age, Paper
from tests.replica.papers.vnpt import VnptPages, vnpt
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.site import Reply

_EVERY = (
    "stray-html-close text-after-html header-clock jsonld-local-and-utc jsonld-outlet-author mixed-entities comment-box"
    " commented-empty-href related-dates"
)
_SOME = {
    "ads-in-paragraph": (0, 3), "src-twice": (1,), "nfd-text": (2,), "unrendered-template": (4,),
    "related-inline": (5,), "noarchive": (6,), "gzip-unlabelled": (7,), "soft-404": (8,), "dead-image": (9,),
}  # fmt: skip


class MediaTechPages(Pages):
    """`options`: the `code` of its theme, whom its JSON-LD names as author, forms of `lead` and `signature`."""

    look = ("mediatech",)

    def open(self) -> None:
        ages = [self.site.paper.ages[lane] for lane in self.lanes]
        options = {"jsonld_author": self.site.outlet} | dict(self.age.options)
        self._cms = MediaTech(
            self.site, home=self.home, outlet=self.site.outlet, lanes=self.lanes, quiet=self.quiet,
            date_forms={age.layout: age.date for age in ages},
            page_address=lambda slug, page: f"/{slug}?page={page}" if page > 1 else f"/{slug}", **options,
        )  # fmt: skip

    def article(self, story: Story) -> str:
        return self._cms.article(story)

    def front(self) -> str:
        return self._cms.front()

    def section(self, number: int, page: int) -> str | None:
        return self._cms.section_page(number, page)

    def quiet_page(self, section: Section) -> str:
        return self._cms.quiet_page(section)

    def answer(self, request: Request) -> Reply | None:
        """The index of feeds; what the menu names besides sections, which has no articles."""
        if request.path == "/rss":
            return self.site.page(self._cms.rss_index())
        slug = request.path.removeprefix("/")
        return self.site.page(self._cms.bare_page(slug)) if slug in SKIPPED else None


def mediatech(code: str, sections: str, quiet: str, **own: Any) -> Age:
    """An age on MediaTech; `options` beside the theme's code."""
    options = {"code": code} | own.pop("options", {})
    given: dict[str, Any] = {
        "layout": "mediatech", "every": f"{_EVERY} caption-figure", "some": _SOME, "also": ("/tin-{id}.html",),
        "picture": "https://media.{host}/upload/image/{moment:%Y%m}/medium/{id}_anh_{n}.jpg",
        "date": printed_dates.mediatech, "precision": "second", "feed": "/rss/news/{section}.rss",
        "says_modified": True, "tags": True,
    }  # fmt: skip
    return Age(pages=MediaTechPages, sections=sections, quiet=quiet, options=options, **given | own)


def migrated(code: str, sections: str, quiet: str, **own: Any) -> Age:
    """Posts that were brought over: a document of their own each, and before it a lead cut off after 300 characters."""
    every = f"{_EVERY} nested-document sapo-twice-cut caption-wp"
    newest = datetime(2021, 12, 1, 11, 51, 23, tzinfo=HANOI)
    oldest = datetime(2013, 1, 1, tzinfo=HANOI)
    given = {"layout": "mediatech-nested", "every": every, "newest": newest, "oldest": oldest} | own
    return mediatech(code, sections, quiet, **given)


_TAYNINH = "kinh-te kinh-te/nong-nghiep thoi-su-chinh-tri/trong-tinh"
_TAYNINH_QUIET = (
    "thoi-su-chinh-tri thoi-su-chinh-tri/trong-nuoc xa-hoi xa-hoi/doi-song van-hoa the-gioi the-thao dia-phuong y-te"
    " du-lich van-de-su-kien"
)
_LANGSON_QUIET = (
    "chinh-tri phap-luat giao-duc the-thao giai-tri du-lich quoc-te nong-nghiep cong-nghe khoa-hoc-tin-hoc tieu-diem"
)
PAPERS = (
    Paper(
        name="baolangson", outlet="Báo Lạng Sơn", host="baolangson.vn", robots=FORBIDS,
        ages=(
            mediatech("bls", "kinh-te xa-hoi van-hoa", _LANGSON_QUIET, top=5_071_700,
                      options={"lead": "<h2>{}</h2>", "signature": '<div class="pseudonym">{}</div>'}),
            older("langson-2020", LANGSON, identity="{id}-", article="/{section}/{id}-{slug}.html", top=217_300),
        ),
    ),
    Paper(
        name="baocaobang", outlet="Báo Cao Bằng", host="baocaobang.vn",
        ages=(
            mediatech("bcb", "Thoi-su Khoa-hoc-Cong-nghe kinh-te",
                      "chinh-tri xa-hoi van-hoa the-thao Quoc-phong-An-ninh Suc-khoe-Doi-song The-gioi Giao-duc"
                      " Ky-Phong-su", top=3_181_000, options={"lead": "<p><strong>{}</strong></p>"}),
        ),
    ),
    Paper(
        name="baohungyen", outlet="Báo Hưng Yên", host="baohungyen.vn",
        ages=(
            mediatech("bhy", "Chinh-tri kinh-te dat-va-nguoi-hung-yen",
                      "chinh-tri Kinh-te xa-hoi Xa-hoi van-hoa Van-hoa the-thao The-thao an-ninh-quoc-phong quoc-te"
                      " giao-duc Giao-duc ban-doc Ban-doc doi-song phap-luat-doi-song bien-dao-Viet-Nam",
                      top=3_184_500, options={"signature": '<div class="pseudonym">{}</div>'}),
            vnpt("kinh-te xa-hoi van-hoa", layout="vnpt", pages=VnptPages, newest=datetime(2023, 6, 2, tzinfo=HANOI)),
        ),
    ),
    Paper(
        name="baotayninh", outlet="Báo Tây Ninh", host="baotayninh.vn",
        ages=(
            mediatech("btn", _TAYNINH, _TAYNINH_QUIET, top=291_000),
            migrated("btn", _TAYNINH, _TAYNINH_QUIET, top=88_702, options={"jsonld_author": "longantv"}),
        ),
    ),
    Paper(
        name="la34", outlet="Truyền hình Long An", host="la34.com.vn",
        ages=(
            mediatech("la34", "thoi-su kinh-te van-hoa", "the-thao", top=1_320_000,
                      newest=datetime(2025, 6, 30, 17, 5, 9, tzinfo=HANOI)),
            migrated("la34", "thoi-su kinh-te van-hoa", "the-thao", top=412_000),
        ),
    ),
)  # fmt: skip
