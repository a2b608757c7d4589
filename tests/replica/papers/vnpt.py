"""Papers on the VNPT system: one address form and one search, and for each paper another skin of the article."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs

from tests.replica import printed_dates
from tests.replica.cms.vnpt import FIRST_CATE_ID, Vnpt
from tests.replica.headlines import Section
from tests.replica.markup import ink
from tests.replica.news import Story
from tests.replica.papers.older import KHANHHOA, THAINGUYEN, TUYENQUANG, older
from tests.replica.papers.pages import Pages
from tests.replica.papers.paper import Age, Paper
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.site import Reply

_EVERY = "header-clock caption-table caption-twice comment-box"
_SOME = {
    "text-after-html": (0, 2, 4), "related-inline": (1,), "word-markup": (2, 5), "word-escaped-tag": (5,),
    "related-h1": (3,), "nfd-text": (4,), "eth-for-d": (6,), "image-index": (6, 7), "soft-404": (8,), "noarchive": (9,),
}  # fmt: skip


class Skin(Vnpt):
    """An article as most papers on the system have it today; `{name}` in `form` are the story's parts."""

    form: ClassVar[str] = (
        '<div class="cate_title_1"><h2><a href="/{slug}/">{section}</a></h2></div>\n<div class="article">\n'
        '<h1 class="media-heading title5">{title}</h1>\n<div class="date">{date}</div>\n'
        '<div id="content">\n{text}</div>\n<div class="tag_list">{tags}</div></div>\n'
    )
    #: Whether the lead is the text's first paragraph, all bold.
    lead_in_text: ClassVar[bool] = True

    def lead(self, story: Story) -> str:
        return super().lead(story) if self.lead_in_text else ""

    def block(self, story: Story) -> str:
        section = self.site.headline(story.index).section
        return self.form.format(
            slug=section.slug, section=section.title, title=ink(story.title, story.traps),
            date=story.published_printed or "", sapo=ink(story.sapo, story.traps), text="".join(self.text(story)),
            tags=", ".join(f'<a href="/tag/?q={tag}">{tag}</a>' for tag in story.tags),
        )  # fmt: skip


class ThainguyenSkin(Skin):
    form = (
        '<div class="cate"><a class="title color1" href="/{slug}/">{section}</a></div>\n'
        '<h1 class="media-heading">{title}</h1>\n<div class="date">{date}</div>\n<div class="content-detail">\n'
        '<div class="desc">{sapo}</div>\n{text}</div>\n<div class="tag_list">{tags}</div>\n'
    )
    lead_in_text = False


class DaklakSkin(Skin):
    """What stands above a text elsewhere is in its element."""

    form = (
        '<div class="main_cate"><a class="maincatetitle" href="/{slug}/">{section}</a></div>\n'
        '<div class="article_content"><div id="content">\n<h1 class="media-heading title5">{title}</h1>\n'
        '<div class="date">{date}</div>\n<ul class="social"><li><a href="#">Chia sẻ</a></li></ul>\n{text}'
        '<div class="bd02"><a href="/{slug}/">Tin cùng chuyên mục</a></div></div>\n'
        '<div class="tag_list">{tags}</div></div>\n'
    )


class KhanhhoaSkin(Skin):
    form = (
        '<h3 class="block-title title-upper"><a href="/{slug}/">{section}</a></h3>\n'
        '<h1 class="head_title">{title}</h1>\n<div class="date">{date}</div>\n'
        '<div class="content-detail">\n{text}</div>\n<div class="tag_list">{tags}</div>\n'
    )


class DongnaiSkin(Skin):
    form = (
        '<div class="cate"><a class="title fleft" href="/{slug}/">{section}</a></div>\n'
        '<h1 class="media-heading">{title}</h1>\n<div class="date">{date}</div>\n'
        '<div id="content" class="content-detail"><div class="td-post-content">\n{text}</div></div>\n'
        '<div class="tag_list">{tags}</div>\n'
    )


class VinhlongSkin(Skin):
    """The section is named in the hidden block alone."""

    form = (
        '<h1 class="media-heading title5">{title}</h1>\n<div class="date">{date}</div>\n'
        '<div class="sub_first_content"><strong>{sapo}</strong></div>\n'
        '<div id="content"><div class="td-post-content">\n{text}</div></div>\n<div class="tag_list">{tags}</div>\n'
    )
    lead_in_text = False


class HagiangSkin(Skin):
    form = (
        '<div class="cate_title_1"><h2><a href="/{slug}/">{section}</a></h2></div>\n<h1 class="title">{title}</h1>\n'
        '<div id="date">{date}</div>\n<div id="content">\n{text}</div>\n<div class="tag_list">{tags}</div>\n'
    )


class QuangbinhSkin(Skin):
    form = (
        '<div class="cate_title_1"><h2><a href="/{slug}/">{section}</a></h2></div>\n<h2 id="title">{title}</h2>\n'
        '<ul class="list-inline"><li>{date}</li><li><a href="#">In</a></li></ul>\n'
        '<div id="content">\n{text}</div>\n<div class="tag_list">{tags}</div>\n'
    )


class SecondSkin(Skin):
    """The second design, with a heading as wide as the page."""

    form = (
        '<main class="main"><html><head></head><body>\n<div id="wrapperPostDetailHeader"><ol class="breadcrumb">'
        '<li class="breadcrumb-item"><a class="link" href="/">Trang chủ</a></li><li class="breadcrumb-item active">'
        '<a class="link" href="/{slug}/">{section}</a></li></ol><time class="time">{date}</time></div>\n'
        '<div id="wrapperPostDetailMain"><div class="detail-main-title"><h1 class="title">{title}</h1></div>\n'
        '<div class="content-reply"><p class="reply"> {sapo} </p></div>\n'
        '<div id="content" class="content-detail"><div class="td-post-content tagdiv-type">\n{text}</div></div>\n'
        '<div class="tags-box"><h3 class="txt">Từ khóa:</h3><div class="tags">{tags}</div></div></div>\n'
        "</body></html></main>\n"
    )
    lead_in_text = False


class VnptPages(Pages):
    """`skin` writes the article; `searches` is whether a list's script asks the search for more.

    Where it does not, a section has pages without end, the last of them empty.
    """

    look = ("vnpt",)
    section_path = "/{slug}/"
    further_page = "?paged={page}"
    skin: ClassVar[type[Vnpt]] = Vnpt
    searches: ClassVar[bool] = True

    def open(self) -> None:
        self._cms = self.skin(
            self.site, home=self.home, outlet=self.site.outlet, lanes=self.lanes, quiet=self.quiet
        )  # fmt: skip

    def article(self, story: Story) -> str:
        return self._cms.article(story)

    def front(self) -> str:
        return self._cms.front()

    def section(self, number: int, page: int) -> str | None:
        if page > 1 and self.searches:
            return None
        return self._cms.section_page(number, page, searches=self.searches)

    def quiet_page(self, section: Section) -> str:
        return self._cms.quiet_page(section)

    def answer(self, request: Request) -> Reply | None:
        """The search, for a script."""
        asked = {name: values[0] for name, values in parse_qs(request.query).items()}
        cate = re.search(r"cateid:(\d+)", asked.get("q", ""))
        number = int(cate[1]) - FIRST_CATE_ID if cate else -1
        if request.path != "/search/select/" or not 0 <= number < len(self.sections):
            return None
        start, rows = int(asked.get("start", "0")), int(asked.get("rows", "12"))
        return self.site.text(self._cms.search(number, start, rows, asked.get("json.wrf", "call")), "application/json")


class SkinPages(VnptPages):
    skin = Skin


class ThainguyenPages(VnptPages):
    skin = ThainguyenSkin


class DaklakPages(VnptPages):
    skin = DaklakSkin
    searches = False


class KhanhhoaPages(VnptPages):
    skin = KhanhhoaSkin


class DongnaiPages(VnptPages):
    skin = DongnaiSkin


class VinhlongPages(VnptPages):
    skin = VinhlongSkin


class HagiangPages(VnptPages):
    skin = HagiangSkin


class QuangbinhPages(VnptPages):
    skin = QuangbinhSkin


class SecondPages(VnptPages):
    skin = SecondSkin


def vnpt(sections: str, quiet: str = "", **own: Any) -> Age:
    """An age on the VNPT system, its numbers hexadecimal as since 2022."""
    given: dict[str, Any] = {
        "pages": SkinPages, "layout": "vnpt", "every": _EVERY, "some": _SOME, "tags": True, "top": 0x8F3A0C7,
        "is_hexadecimal": True, "article": "/{section}/{moment:%Y%m}/{slug}-{id}/", "date": printed_dates.vnpt,
        "picture": "/file/e7837c02857c8ca30185a8c39b582c03/{moment:%m%Y}/{slug}_{n}_{moment:%Y%m%d%H%M%S}.jpg",
        "also": ("/{section}/{moment:%Y%m}/tin-{id}/",),
    }  # fmt: skip
    return Age(sections=sections, quiet=quiet, **given | own)


PAPERS = (
    Paper(
        name="baotuyenquang", outlet="Báo Tuyên Quang", host="baotuyenquang.com.vn",
        ages=(
            vnpt("kinh-te van-hoa xa-luan-van-de-ky-nay",
                 "thoi-su-chinh-tri xa-hoi an-ninh-quoc-phong khoa-hoc-cong-nghe quoc-te phap-luat the-thao-giai-tri"
                 " goc-nhin tin-noi-bat bao-ve-nen-tang-tu-tuong-cua-dang dang-trong-cuoc-song-hom-nay"
                 " chuyen-muc-cai-cach-hanh-chinh thong-tin-quang-ba hoc-tap-theo-bac"
                 " dai-hoi-dang-bo-cac-cap--nhiem-ky-2025-2030"),
            older("tuyenquang-2020", TUYENQUANG, article="/{section}/tin/{slug}-{id}.html", top=135_700),
        ),
    ),
    Paper(
        name="baothainguyen", outlet="Báo Thái Nguyên", host="baothainguyen.vn",
        ages=(
            vnpt("kinh-te van-hoa giao-duc",
                 "thoi-su-thai-nguyen chinh-tri xa-hoi phap-luat y-te van-nghe-thai-nguyen the-thao giao-thong"
                 " o-to-xe-may tai-nguyen-moi-truong quoc-phong-an-ninh quoc-te que-huong-dat-nuoc ban-doc tieu-diem"
                 " tin-moi thong-tin-can-biet", layout="vnpt-detail", pages=ThainguyenPages),
            older("thainguyen-2020", THAINGUYEN, article="/tin-tuc/{section}/{slug}-{id}-38.html", top=296_700),
        ),
    ),
    Paper(
        name="baoquangtri", outlet="Báo Quảng Trị", host="baoquangtri.vn", robots=None,
        ages=(
            vnpt("kinh-te dat-va-nguoi-quang-tri du-lich",
                 "chinh-tri dat-va-nguoi-quang-binh giao-duc khoa-hoc-cong-nghe multimedia phap-luat phong-su-ky-su"
                 " quoc-phong-an-ninh quoc-te suc-khoe the-thao thoi-su toa-soan-ban-doc van-hoa xa-hoi moi-nong"),
            vnpt("kinh-te dat-va-nguoi-quang-tri du-lich", article="/{slug}-{id}.htm", also=(),
                 is_hexadecimal=False, top=189_400, newest=datetime(2025, 6, 30, 9, 12, tzinfo=HANOI)),
        ),
    ),
    Paper(
        name="baodaklak", outlet="Báo Đắk Lắk", host="baodaklak.vn",
        ages=(
            vnpt("kinh-te du-lich phong-su-ky-su",
                 "thoi-su chinh-tri xa-hoi giao-duc y-te-suc-khoe chinh-sach-xa-hoi phap-luat an-ninh-quoc-phong"
                 " quoc-te the-thao van-hoa-du-lich-van-hoc-nghe-thuat khoa-hoc-cong-nghe moi-truong"
                 " trang-tin-dia-phuong thong-tin-doanh-nghiep-tu-gioi-thieu van-de-ban-doc-quan-tam",
                 pages=DaklakPages),
            vnpt("kinh-te du-lich phong-su-ky-su", pages=DaklakPages, also=(),
                 article="/{section}/{moment:%Y%m}/{slug}/", newest=datetime(2016, 5, 15, 10, 30, tzinfo=HANOI),
                 oldest=datetime(2012, 1, 5, tzinfo=HANOI)),
        ),
    ),
    Paper(
        name="baokhanhhoa", outlet="Báo Khánh Hòa", host="baokhanhhoa.vn",
        leads=("baokhanhhoa.com.vn", "www.baokhanhhoa.com.vn"),
        ages=(
            vnpt("kinh-te xa-hoi van-hoa", layout="vnpt-detail", pages=KhanhhoaPages),
            older("khanhhoa-2020", KHANHHOA, article="/{section}/{moment:%Y%m}/{slug}-{id}/", top=8_176_000),
        ),
    ),
    Paper(
        name="baodongnai", outlet="Báo Đồng Nai", host="baodongnai.com.vn",
        ages=(vnpt("kinh-te phap-luat doi-song", layout="vnpt-post", pages=DongnaiPages),),
    ),
    Paper(
        name="baovinhlong", outlet="Báo Vĩnh Long", host="baovinhlong.com.vn",
        ages=(vnpt("xa-hoi/du-lich kinh-te", "xa-hoi", layout="vnpt-post", pages=VinhlongPages, names_parents=False),),
    ),
    Paper(
        name="baohagiang", outlet="Báo Hà Giang", host="baohagiang.vn",
        ages=(
            vnpt("kinh-te xa-hoi van-hoa", pages=HagiangPages, newest=datetime(2025, 6, 30, 10, 7, tzinfo=HANOI)),
            vnpt("kinh-te xa-hoi van-hoa", pages=HagiangPages, is_hexadecimal=False, top=794_512,
                 newest=datetime(2023, 6, 20, 8, 40, tzinfo=HANOI)),
        ),
    ),
    Paper(
        name="baoquangbinh", outlet="Báo Quảng Bình", host="baoquangbinh.vn",
        ages=(
            vnpt("kinh-te phap-luat van-hoa", pages=QuangbinhPages, is_hexadecimal=False, top=2_203_947,
                 newest=datetime(2025, 6, 30, 11, 3, tzinfo=HANOI)),
        ),
    ),
    Paper(
        name="phuyenbaodaklak", outlet="Báo Phú Yên", host="phuyen.baodaklak.vn",
        ages=(
            vnpt("suc-khoe kinh-te doi-song", layout="vnpt-v2", pages=SecondPages, date=printed_dates.vnpt_box,
                 newest=datetime(2025, 6, 30, 16, 2, tzinfo=HANOI), oldest=datetime(2011, 5, 15, tzinfo=HANOI)),
        ),
    ),
)  # fmt: skip
