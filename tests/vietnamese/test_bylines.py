"""Author lines, and lines that stand where an author line could stand."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbot.vietnamese.bylines import Byline, looks_like_byline, parse_byline
from newsbot.vietnamese.outlets import slug_of_name

BYLINES: list[tuple[str, tuple[str, ...], str | None]] = [
    # newsrooms, initials, bare names in any case
    ("PV", ("PV",), None),
    ("P.V", ("P.V",), None),
    ("CTV", ("CTV",), None),
    ("BBT", ("BBT",), None),
    ("Nhóm PV", ("Nhóm PV",), None),
    ("NHÓM PHÓNG VIÊN", ("NHÓM PHÓNG VIÊN",), None),
    ("P.Y", ("P.Y",), None),
    ("N.Đ.T.", ("N.Đ.T.",), None),
    ("Khải Hoàn", ("Khải Hoàn",), None),
    ("AN VIỆT", ("AN VIỆT",), None),
    ("Nguyễn Chiến", ("Nguyễn Chiến",), None),
    ("Hạnh", ("Hạnh",), None),
    ("Lò Thị Mai Hương", ("Lò Thị Mai Hương",), None),
    ("H'Lan Niê", ("H'Lan Niê",), None),
    ("Bích Vân - Hữu Tài", ("Bích Vân", "Hữu Tài"), None),
    ("BÍCH VÂN – HỮU TÀI", ("BÍCH VÂN", "HỮU TÀI"), None),
    ("Bích Vân-Hữu Tài", ("Bích Vân", "Hữu Tài"), None),
    ("Bích Vân, Hữu Tài và Thu Cúc", ("Bích Vân", "Hữu Tài", "Thu Cúc"), None),
    ("NHẬT XUÂN và 1 tác giả khác", ("NHẬT XUÂN",), None),
    ("Bích Vân và nhiều tác giả khác", ("Bích Vân",), None),
    # roles
    ("Tin, ảnh: P.Y", ("P.Y",), None),
    ("Tin và ảnh: Nam Giang", ("Nam Giang",), None),
    ("TIN, ẢNH: NAM GIANG", ("NAM GIANG",), None),
    ("Tin, ảnh: Nam Giang.", ("Nam Giang",), None),
    ("Bài, ảnh: Bích Vân - Hữu Tài", ("Bích Vân", "Hữu Tài"), None),
    ("Bài: Bích Vân - Ảnh: Hữu Tài", ("Bích Vân",), None),
    ("Bài: Bích Vân; ảnh: Hữu Tài", ("Bích Vân",), None),
    ("Tác giả: Bích Vân", ("Bích Vân",), None),
    ("Phóng viên: Bích Vân", ("Bích Vân",), None),
    ("Thực hiện: Nhóm PV", ("Nhóm PV",), None),
    ("Ảnh: Hữu Tài", (), None),
    ("Người thực hiện: Bích Vân - Hữu Tài", ("Bích Vân", "Hữu Tài"), None),
    ("Nội dung: Bích Vân - Đồ họa: Hữu Tài", ("Bích Vân",), None),
    ("Biên dịch: Bích Vân", ("Bích Vân",), None),
    ("Bài, ảnh và video: Bích Vân", ("Bích Vân",), None),
    ("Kỹ thuật: Hữu Tài", (), None),
    ("Quay phim: Hữu Tài; Nội dung: Bích Vân", ("Bích Vân",), None),
    ("Bài: Bích Vân, Hữu Tài - Ảnh: Thu Cúc (TTXVN)", ("Bích Vân", "Hữu Tài"), None),
    ("Bích Vân - Hữu Tài (Theo VOV)", ("Bích Vân", "Hữu Tài"), "VOV"),
    ("Hà Thu (tổng hợp)", ("Hà Thu",), None),
    ("Hà Thu (T/h)", ("Hà Thu",), None),
    ("Hà Thu (ghi)", ("Hà Thu",), None),
    ("Hà Thu tổng hợp", ("Hà Thu",), None),
    ("Tổng hợp", (), None),
    ("PV Bích Vân", ("Bích Vân",), None),
    ("BS. Nguyễn Thị Hoa", ("Nguyễn Thị Hoa",), None),
    ("PGS.TS Trần Quang Minh", ("Trần Quang Minh",), None),
    ("Nguyễn Văn Nam (Hải Dương)", ("Nguyễn Văn Nam",), None),
    # credits
    ("Theo Hồ Hương", ("Hồ Hương",), None),
    ("Theo Đại Đoàn kết", (), "Đại Đoàn kết"),
    ("Theo DTO", (), "DTO"),
    ("Theo Báo Tin tức", (), "Báo Tin tức"),
    ("Theo Sức khỏe và Đời sống", (), "Sức khỏe và Đời sống"),
    ("Theo Bộ Y tế", (), "Bộ Y tế"),
    ("THEO TTXVN", (), "TTXVN"),
    ("(Theo TTXVN)", (), "TTXVN"),
    ("Theo TTXVN/Vietnam+", (), "TTXVN, Vietnam+"),
    ("Theo Thu Cúc/VOV", ("Thu Cúc",), "VOV"),
    ("Nguồn: TTXVN", (), "TTXVN"),
    ("TTXVN", (), "TTXVN"),
    ("Tạ Nguyên/Báo Tin tức", ("Tạ Nguyên",), "Báo Tin tức"),
    ("Thu Cúc (TTXVN)", ("Thu Cúc",), "TTXVN"),
    ("Thu Cúc (Theo VOV)", ("Thu Cúc",), "VOV"),
    ("Thu Cúc - VOV Tây Bắc", ("Thu Cúc",), "VOV Tây Bắc"),
    ("Theo baochinhphu.vn", (), "baochinhphu.vn"),
    ("Văn phòng Sở NN-PTNT tỉnh Hưng Yên", (), "Văn phòng Sở NN-PTNT tỉnh Hưng Yên"),
    ("Trung tâm Truyền thông tỉnh", (), "Trung tâm Truyền thông tỉnh"),
    ("Theo PV (TTXVN/VietnamPlus)", ("PV",), "TTXVN, VietnamPlus"),
    ("Thu Cúc (Báo Tin tức, TTXVN)", ("Thu Cúc",), "Báo Tin tức, TTXVN"),
    ("Thu Cúc/VOV-Tây Nguyên", ("Thu Cúc",), "VOV-Tây Nguyên"),
    ("Bích Vân-Hữu Tài/VOV", ("Bích Vân", "Hữu Tài"), "VOV"),
    ("Cộng tác viên: Lò Thị Mai", ("Lò Thị Mai",), None),
    ("CTV: Hữu Tài", ("Hữu Tài",), None),
    ("Thu Cúc (VHNT)", ("Thu Cúc",), "VHNT"),
    ("Thu Cúc (PV)", ("Thu Cúc",), None),
    ("Nguồn suckhoe.com.vn", (), "suckhoe.com.vn"),
    ("Nguồn tin TTXVN", (), "TTXVN"),
]

OTHER_LINES = [
    # last sentences
    "Hội nghị kết thúc vào cuối giờ sáng.",
    "Chúc bà con một năm mới an lành!",
    "Vậy ai sẽ trả lời câu hỏi ấy?",
    "Theo dự báo, ngày mai trời nắng",
    "Theo Nghị quyết mới của tỉnh",
    "Theo quy định hiện hành",
    "Bài học từ một mùa lũ",
    "Tin vui đến với bà con Mường Ảng",
    "Công an xã đang làm rõ vụ việc",
    "Bảo Lâm, Bảo Lạc là hai huyện xa nhất",
    # captions
    "Thanh Hà - quê hương vải thiều",
    "Đồng chí Trần Văn Bình, Bí thư Huyện ủy, phát biểu",
    "Ông Trần Văn Bình",
    "Người dân xã Yên Mỹ thu hoạch lúa",
    "Lớp học ở bản. Ảnh: Hữu Tài",
    "Nguồn nước về bản Mường Ảng",
    "Thu Cúc (bên trái)",
    "Ảnh: Các đại biểu dự hội nghị",
    "Video: Lễ hội xuân trên bản",
    "Vịnh Hạ Long",
    "Chợ Đồng Xuân",
    "Hải Dương",
    "Công an xã đến từng nhà dân",
    "Bộ đội biên phòng giúp dân gặt lúa",
    "Sở Y tế kiểm tra các quán ăn trên địa bàn",
    # the page around the article
    "BÌNH LUẬN",
    "Ý kiến bạn đọc",
    "Tin mới",
    "TIN MỚI NHẤT",
    "Tin liên quan",
    "Comment",
    "Bạn còn 500/500 ký tự",
    "Vui lòng nhập tiếng việt có dấu",
    "Gửi bình luận của bạn",
    "243 người đang online",
    "Từ khóa:",
    "https://baosonla.vn/xa-hoi",
    "Cập nhật: 12/03/2024",
    "100%",
    "1",
    ".",
    "",
    "   ",
    "longantv",
    "In",
    "A",
    "A A",
    "Rss",
    "Xem - Nghe - Đọc",
    "Media Video Longform",
    "ĐỒNG HÀNH CÙNG NHÀ NÔNG",
    "Tổng biên tập: Trần Văn Bình",
    "Q.Tổng biên tập: Trần Văn Bình",
    "Trường Đại học Tây Bắc đạt chuẩn chất lượng 4 sao quốc tế",
    "Nam Giang " * 20,
]


@pytest.mark.parametrize(("line", "authors", "agency"), BYLINES)
def test_bylines(line: str, authors: tuple[str, ...], agency: str | None) -> None:
    assert parse_byline(line) == Byline(authors, agency, line)
    assert looks_like_byline(line)


@pytest.mark.parametrize("line", OTHER_LINES)
def test_what_only_stands_where_an_author_could(line: str) -> None:
    assert not looks_like_byline(line)


def test_two_printed_lines() -> None:
    assert parse_byline("Theo Hồ Hương\n  Theo Đại Đoàn kết") == Byline(
        ("Hồ Hương",), "Đại Đoàn kết", "Theo Hồ Hương Theo Đại Đoàn kết"
    )


@pytest.mark.parametrize(
    "value",
    ["longantv", "MEDIATECH", "OneCMS", "admin", "Super User", "0", "https://a.vn", "Báo Quảng Ninh", "DÂN TRÍ", ""],
)
def test_what_json_ld_calls_an_author_and_is_none(value: str) -> None:
    assert parse_byline(value).authors == ()


def test_spaces_entities_and_forms_do_not_matter() -> None:
    assert parse_byline(" Tin,&nbsp;a\u0309nh:\xa0 Nam  Giang ") == Byline(("Nam Giang",), None, "Tin, ảnh: Nam Giang")


PIECES = (
    "Theo|Nguồn:|(|)|/|-|–|,|và|Nam Giang|VOV|Báo|tổng hợp|1 tác giả khác|Ảnh:|Tin, ảnh:|P.Y|\n|PV|BS.|.|:|&|;|Sở Y tế"
)


@settings(deadline=None, derandomize=True)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES.split("|"))).map(" ".join)))
def test_no_line_raises_and_no_author_is_empty(line: str) -> None:
    byline = parse_byline(line)
    assert all(author.strip() == author != "" for author in byline.authors)
    assert byline.agency != ""
    assert looks_like_byline(line) in (True, False)


def test_of_a_papers_name_no_more_is_kept_than_is_read() -> None:
    tracemalloc.start()
    for number in range(20):
        assert slug_of_name(f"Báo Sơn La {number} " + "x" * 1_000_000) == "BSL"
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 1_000_000
