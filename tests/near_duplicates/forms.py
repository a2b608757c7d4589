"""Texts made by filling in a form: alike from one event to the next, and yet not the same news."""

from __future__ import annotations

from random import Random

from tests.replica import vocabulary

_WEATHER = (
    "Theo Trung tâm Dự báo khí tượng thuỷ văn, ngày {day}/{month}, {place} và {place2} có mưa rào rải "
    "rác, nhiệt độ thấp nhất từ {n} đến {n2} độ C, cao nhất từ {n3} đến {n4} độ C.",
    "Lượng mưa tính từ 19 giờ ngày {day2} đến 3 giờ ngày {day} tại {place} là {n5} mm, tại {place2} là "
    "{n6} mm. Gió nhẹ, trong cơn dông có khả năng xảy ra lốc, sét và gió giật mạnh.",
    "Cảnh báo trong 24 đến 48 giờ tới, {place3} tiếp tục có mưa, có nơi trên {n7} mm. Người dân cần đề "
    "phòng lũ quét và sạt lở đất ở sườn dốc, theo dõi các bản tin tiếp theo để chủ động ứng phó.",
)
_PRICES = (
    "Sáng ngày {day}/{month}, giá lợn hơi tại {place} ở mức {n} nghìn đồng một cân, tăng {n2} nghìn đồng "
    "so với hôm qua; tại {place2} giá giữ ở mức {n3} nghìn đồng một cân.",
    "Giá cà phê được thu mua ở mức {n4} nghìn đồng, hồ tiêu {n5} nghìn đồng, gạo tẻ thường {n6} trăm "
    "đồng. Tại chợ đầu mối {place3}, rau xanh về nhiều, giá ổn định.",
    "Giá vàng trong nước mua vào {n7},{n} triệu đồng, bán ra {n8},{n2} triệu đồng một lượng. Chênh lệch "
    "giữa mua vào và bán ra khoảng {n3} trăm nghìn đồng.",
)
_ACCIDENT = (
    "Khoảng {n} giờ {n2} phút ngày {day}/{month}, trên đường tỉnh {n5} đoạn qua {place} xảy ra vụ va chạm"
    " giữa xe tải mang biển số {n6} do {person} điều khiển và xe máy do {person2} điều khiển.",
    "Hậu quả, {person2}, trú tại {place2}, bị thương và được đưa đi cấp cứu tại bệnh viện; hai phương "
    "tiện hư hỏng nặng, giao thông ùn tắc hơn {n3} phút.",
    "Nhận được tin báo, Công an {place} đã cử lực lượng đến hiện trường phân luồng giao thông, khám "
    "nghiệm và lấy lời khai người liên quan. Nguyên nhân vụ việc đang được làm rõ.",
)
_CONGRESS = (
    "Ngày {day}/{month}, {office} {place} tổ chức đại hội lần thứ {n}, nhiệm kỳ mới. Dự đại hội có "
    "{person}, {role}, cùng {n5} đại biểu chính thức đại diện cho {n6} hội viên.",
    "Nhiệm kỳ qua, {office} đã vận động {n7} triệu đồng giúp {n8} hộ làm {thing}, vượt {n2}% chỉ tiêu. "
    "Phát biểu tại đại hội, {person} biểu dương kết quả đã đạt được và đề nghị quan tâm hơn nữa đến "
    "{thing2}.",
    "Đại hội đã bầu ban chấp hành gồm {n3} người; {person2} được tín nhiệm bầu giữ chức chủ tịch.",
)
_CEREMONY = (
    "Trong không khí phấn khởi, {office} {place} vừa khánh thành {thing}. Dự lễ có {person}, {role}, cùng"
    " đông đảo bà con trong vùng và đại diện các nhà tài trợ.",
    "Phát biểu tại buổi lễ, {person} ghi nhận sự cố gắng của tập thể cán bộ, người lao động đã vượt qua "
    "khó khăn để công trình về đích đúng hẹn, bảo đảm chất lượng và an toàn.",
    "Thay mặt đơn vị thụ hưởng, {person2} bày tỏ lòng biết ơn, hứa quản lý và sử dụng công trình đúng mục"
    " đích. Dịp này, ban tổ chức đã trao giấy khen cho các tập thể và cá nhân có thành tích.",
)
FORMS = (_WEATHER, _PRICES, _ACCIDENT, _CONGRESS)
#: With names and no numbers to tell events apart.
FORM_WITHOUT_NUMBERS = _CEREMONY


def fill_in(form: tuple[str, ...], random: Random) -> tuple[str, ...]:
    """Return the paragraphs of one event; the same event is told in the same words throughout."""
    places = random.sample([place for source in vocabulary.PLACES.values() for place in source], 3)
    words = {f"place{'' if i == 0 else i + 1}": place for i, place in enumerate(places)}
    words |= {name: _person(random) for name in ("person", "person2")}
    words |= {f"thing{suffix}": random.choice(vocabulary.THINGS) for suffix in ("", "2")}
    words |= {"office": random.choice(vocabulary.OFFICES), "role": random.choice(vocabulary.ROLES)}
    words |= {f"n{suffix}": str(random.randint(11, 989)) for suffix in ("", *"2345678")}
    words |= {name: str(random.randint(1, 28)) for name in ("day", "day2")} | {"month": str(random.randint(1, 12))}
    return tuple(paragraph.format(**words) for paragraph in form)


def _person(random: Random) -> str:
    parts = (vocabulary.FAMILY_NAMES, vocabulary.MIDDLE_NAMES, vocabulary.GIVEN_NAMES)
    return " ".join(random.choice(part) for part in parts)
