"""The words the replica's stories are made of; all invented for it, none taken from a paper."""

from __future__ import annotations

from zlib import crc32

FAMILY_NAMES = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Đinh", "Tòng",
    "Lò", "Quàng", "Cầm", "Mai", "Đoàn",
)  # fmt: skip
MIDDLE_NAMES = (
    "Văn", "Thị", "Đức", "Minh", "Thanh", "Quốc", "Hữu", "Ngọc", "Xuân", "Thu", "Hải", "Bích", "Kim", "Đình",
    "Tuấn", "Mạnh", "Phương",
)  # fmt: skip
GIVEN_NAMES = (
    "Anh", "Bình", "Chiến", "Dũng", "Đạt", "Giang", "Hà", "Hạnh", "Hiếu", "Hoà", "Hòa", "Hùng", "Hương", "Khánh",
    "Lan", "Liên", "Long", "Mai", "Nam", "Nga", "Oanh", "Phúc", "Quân", "Quý", "Sơn", "Tâm", "Thảo", "Thắng",
    "Thuỷ", "Thủy", "Toàn", "Trang", "Tú", "Tùng", "Uyên", "Việt", "Yến",
)  # fmt: skip
ROLES = (
    "Chủ tịch Uỷ ban nhân dân xã", "Phó Giám đốc Sở Nông nghiệp và Môi trường", "Bí thư Đảng uỷ xã", "Trưởng trạm y tế",
    "Hiệu trưởng trường tiểu học", "Giám đốc hợp tác xã", "Trưởng ban quản lý chợ",
    "Đội trưởng đội cảnh sát giao thông",
    "Chủ tịch Hội Nông dân", "Bí thư Đoàn Thanh niên", "Trưởng bản", "Chủ nhiệm câu lạc bộ văn nghệ",
)  # fmt: skip
OFFICES = (
    "Uỷ ban nhân dân xã", "Hội Nông dân", "Sở Giáo dục và Đào tạo", "Trung tâm Văn hoá - Thể thao", "Trạm khuyến nông",
    "Đoàn Thanh niên", "Hội Liên hiệp Phụ nữ", "Ban Quản lý dự án", "Công an xã", "Hội Chữ thập đỏ", "Mặt trận Tổ quốc",
    "Hợp tác xã dịch vụ tổng hợp", "Công ty Giống & Vật tư", "Điện lực khu vực", "Ban Chỉ huy phòng thủ dân sự",
)  # fmt: skip
THINGS = (
    "vườn nhãn muộn", "tuyến đường liên thôn", "chợ phiên vùng cao", "trạm bơm tiêu úng", "lớp học bơi miễn phí",
    "mô hình nuôi cá lồng", "hệ thống đèn năng lượng mặt trời", "đợt tiêm vắc xin cho đàn lợn", "giải bóng chuyền hơi",
    "phòng khám lưu động", "kho lạnh bảo quản vải thiều", "đập dâng đầu nguồn", "bến thuỷ nội địa", "thư viện thôn",
    "cánh đồng mẫu lớn", "nhà văn hoá đa năng", "lễ hội xuống đồng", "dự án trồng rừng ngập mặn",
    "tổ hợp tác dệt thổ cẩm",
    "điểm thu gom rác thải nhựa", "kênh mương nội đồng", "bữa ăn bán trú", "cầu dân sinh", "sàn giao dịch nông sản",
    "lò sấy chè tập trung", "đội dân phòng khu phố", "vùng trồng mận hậu", "ngày hội đọc sách", "cuộc thi vẽ tranh",
    "bến xe trung tâm", "trang trại gà đồi", "vườn ươm cây dược liệu", "sân chơi cho trẻ em", "khu tái định cư",
)  # fmt: skip
DOINGS = (
    "khởi công", "mở rộng", "bàn giao", "khảo sát", "nâng cấp", "rà soát", "nghiệm thu", "đưa vào sử dụng", "giám sát",
    "vận động người dân tham gia", "lấy ý kiến về", "hoàn thiện hồ sơ cho", "tạm dừng để chỉnh trang",
    "gắn biển công trình",
    "hỗ trợ vốn cho", "cử cán bộ theo dõi", "đăng ký nhãn hiệu cho", "công khai dự toán của",
    "bố trí thêm nhân lực cho",
)  # fmt: skip
AIMS = (
    "nhằm rút ngắn thời gian đi lại của người dân", "để kịp phục vụ mùa mưa bão", "với mong muốn giữ chân lao động trẻ",
    "góp phần nâng thu nhập cho các hộ khó khăn", "trước khi năm học mới bắt đầu",
    "theo đúng quy hoạch đã được công bố",
    "trong điều kiện thời tiết không thuận lợi", "bằng nguồn đóng góp tự nguyện", "để giảm áp lực cho tuyến trên",
    "nhờ sự chung tay của các doanh nghiệp địa phương", "song chưa phát sinh vướng mắc lớn",
    "mà không làm tăng chi ngân sách",
    "để du khách ở lại lâu hơn", "thay cho cách làm thủ công trước đây", "sau hai lần phải lùi tiến độ",
)  # fmt: skip
OPENINGS = (
    "Sáng ngày {day}", "Chiều ngày {day}", "Từ đầu năm đến nay", "Theo kế hoạch", "Bên cạnh đó", "Đáng chú ý",
    "Trước đó",
    "Cùng thời điểm", "Trong khuôn khổ chương trình", "Ghi nhận tại {place}", "Sau {small} tháng triển khai",
    "Nhân dịp này", "Tại buổi làm việc", "Qua kiểm tra thực tế", "Đến hết tháng {month}", "Ở chiều ngược lại",
)  # fmt: skip
CLAIMS = (
    "bà con đã quen với cách làm mới và không muốn quay lại như trước",
    "cái khó nhất vẫn là mặt bằng, không phải kinh phí",
    "chỉ cần thêm một mùa nữa là có thể thu hồi vốn", "năm nay sản lượng ước tăng khoảng {pct}% so với năm ngoái",
    "mỗi hộ được hỗ trợ {money} để cải tạo chuồng trại và đường vào", "các cháu đi học đều hơn kể từ khi có {thing}",
    "chúng tôi sẽ công khai từng khoản thu chi để người dân giám sát", "phần việc còn lại sẽ xong trước ngày {day}",
    "mưa lớn khiến tiến độ chậm khoảng {small} tuần, nhưng chất lượng được giữ nguyên",
    "đơn vị đã bố trí {n} lượt người trực thay ca, kể cả ngày nghỉ",
    "đó là điều người dân ở {place} chờ đợi từ nhiều năm",
    "muốn làm lâu dài thì phải có người trẻ ở lại", "không có chuyện cấp trùng hoặc bỏ sót đối tượng",
)  # fmt: skip
UNITS = (
    "hộ dân", "học sinh", "hội viên", "tấn quả", "héc-ta", "lượt khách", "ngày công", "cây giống", "mét đường",
    "suất quà",
)  # fmt: skip
SENTENCES = (
    "{Opening}, {office} {place} {doing} {thing} {aim}.",
    "{Office} {place} đã {doing} {thing}, dự kiến hoàn thành trước ngày {day}.",
    "Tổng kinh phí là {money}, trong đó người dân đóng góp {pct}% và phần còn lại do ngân sách bố trí.",
    "Theo {person}, {role} {place}, {claim}.",
    "“{Claim}”, {person} cho biết.",
    "Đến nay, {n} {unit} đã được thống kê, đạt {pct}% kế hoạch của cả năm.",
    "{Opening}, {n} {unit} cùng {office} {doing} {thing}.",
    "Gia đình {person} ở {place} là một trong {n} hộ đầu tiên đăng ký tham gia {thing}.",
    "Việc {doing} {thing} được giao cho {office}, {aim}.",
    "So với cùng kỳ, số {unit} tăng {n}, tương đương {pct}%.",
    "Không chỉ {doing} {thing}, {office} còn {doing2} {thing2} {aim}.",
    "{Person}, {role}, cho rằng {claim}.",
    "{Opening}, giá trị ước đạt {money}, {aim}.",
    "Tuyến từ {place} đến {place2} dài {n} km, có {small} đoạn phải gia cố trước mùa lũ.",
    "{Office} đề nghị các thôn ở {place} báo cáo kết quả {doing} {thing} vào ngày {day}.",
)
TITLES = (
    "{Office} {place} {doing} {thing}", "{Place}: {n} {unit} tham gia {thing}", "{Doing} {thing} ở {place}",
    "Chuyện về {thing} bên {place}", "“Giữ lửa” cho {thing} tại {place}", "{Place} dành {money} cho {thing}",
    "Gần {n} {unit} được hưởng lợi từ {thing}", 'Mô hình "{thing} & {thing2}" ở {place}', "Khi {thing} về với {place}",
)  # fmt: skip
SAPOS = (
    "{Opening}, {office} {place} {doing} {thing} {aim}. Đây là năm thứ {small} địa phương tổ chức việc này "
    "với {n} {unit}.",
    "Với {money} được bố trí, {place} đang {doing} {thing}, {aim}, đồng thời {doing2} {thing2} cho {n} {unit}.",
    "Sau {small} năm kiên trì, {person} và các hội viên ở {place} đã {doing} {thing}; nhờ vậy {n} {unit} có thêm việc "
    "làm ngay tại quê nhà.",
    "{Claim}. Đó là chia sẻ của {person}, {role} {place}, khi nói về {thing}.",
)  # fmt: skip
CAPTIONS = (
    "{Person}, {role} {place}, kiểm tra {thing}", "Quang cảnh {thing} tại {place}",
    "Người dân {place} tham gia {thing}",
    "{Office} {place} trao quà cho các hộ khó khăn", "Các đại biểu thăm {thing} ở {place}",
)  # fmt: skip
HEADINGS = (
    "Khởi đầu từ {thing}", "Gỡ vướng về mặt bằng", "Người dân {place} cùng vào cuộc", "Tính đường dài",
    "Chưa hết nỗi lo",
)  # fmt: skip
PLACES = {
    "yenmy": ("Yên Mỹ", "Trai Trang", "Giai Phạm", "Nghĩa Hiệp", "Đồng Than", "Ngọc Long", "Liêu Xá", "Tân Lập"),
    "baosonla": ("Mộc Châu", "Mai Sơn", "Thuận Châu", "Sông Mã", "Mường La", "Bắc Yên", "Phù Yên", "Yên Châu"),
    "haiduongtv": ("Thanh Hà", "Chí Linh", "Kinh Môn", "Nam Sách", "Ninh Giang", "Tứ Kỳ", "Gia Lộc", "Bình Giang"),
    "baohaiduong": ("Cẩm Giàng", "Thanh Miện", "Kim Thành", "Chí Linh", "Thanh Hà", "Nam Sách", "Sao Đỏ", "Tân Hưng"),
    "suckhoemoitruong": ("Hà Đông", "Long Biên", "Thủ Đức", "Cần Giờ", "Hội An", "Sa Pa", "Đồng Xoài", "Phú Quốc"),
    "baoquangninh": ("Hạ Long", "Uông Bí", "Móng Cái", "Đông Triều", "Vân Đồn", "Cô Tô", "Ba Chẽ", "Bình Liêu"),
    "baocantho": ("Ninh Kiều", "Cái Răng", "Ô Môn", "Thốt Nốt", "Phong Điền", "Cờ Đỏ", "Vĩnh Thạnh", "Bình Thủy"),
    "baolaocai": ("Sa Pa", "Bắc Hà", "Bát Xát", "Mường Khương", "Bảo Yên", "Văn Bàn", "Si Ma Cai", "Cốc Lếu"),
    "baodienbienphu": (
        "Mường Thanh",
        "Tuần Giáo",
        "Mường Ảng",
        "Tủa Chùa",
        "Mường Chà",
        "Mường Nhé",
        "Nậm Pồ",
        "Him Lam",
    ),
    "wire": ("Hà Nội", "Đà Nẵng", "Cần Thơ", "Huế", "Lào Cai", "Cà Mau", "Đắk Lắk", "Nghệ An"),
}
_OTHER_PLACES = (
    "Tân Hòa", "Phú Xuân", "An Bình", "Đại Lộc", "Hòa Vang", "Quỳ Châu", "Con Cuông", "Trà Lĩnh", "Bình Gia",
    "Bến Cầu", "Hàm Yên", "Phú Lương", "Cam Lộ", "Krông Năng", "Diên Khánh", "Vĩnh Cửu", "Tam Bình", "Cầu Kè",
    "Sông Cầu", "Văn Lâm", "Kim Sơn", "Thạch Hà", "Ba Tri", "Hồng Ngự", "Tịnh Biên",
)  # fmt: skip
TAGS = (
    "nông thôn mới", "chuyển đổi số", "an sinh xã hội", "Đảng viên trẻ", "du lịch cộng đồng", "bảo vệ môi trường",
    "giáo dục vùng cao", "phòng, chống thiên tai", "khuyến học", "vải thiều",
)  # fmt: skip


def places(source: str) -> tuple[str, ...]:
    """The places that a source writes of.

    >>> len(places("baosonla")), len(places("baodemo"))
    (8, 8)
    """
    start = crc32(source.encode())
    return PLACES.get(source) or tuple(_OTHER_PLACES[(start + 3 * turn) % len(_OTHER_PLACES)] for turn in range(8))
