"""The ways a byline is printed, with what a reader should make of each."""

from __future__ import annotations

from dataclasses import dataclass

from tests.replica.vietnamese import Writer

_PEN_NAMES = (
    "Khánh Vy", "Hoàng Sơn", "Lê Nga", "Minh Hạnh", "Thu Trang", "Quốc Bảo", "Hải Yến", "Trần Hiếu", "Nhật Minh",
    "Bảo Châu", "Đức Long", "Phương Thảo",
)  # fmt: skip
_AGENCIES = ("TTXVN", "Báo Tin tức", "Báo Nhân Dân", "VOV")


@dataclass(frozen=True, slots=True)
class Credit:
    """A printed byline and its reading."""

    trap: str
    line: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None


def credit(turn: int, writer: Writer) -> Credit:
    """The byline of the turn-th story; ten turns go through every form.

    >>> from random import Random
    >>> credit(1, Writer(Random(0), ("Mộc Châu",)))
    Credit(trap='author-initials', line='PV', authors=('PV',), agency=None)
    """
    name = writer.choose(_PEN_NAMES)
    other = writer.choose(tuple(pen for pen in _PEN_NAMES if pen != name))
    agency = writer.choose(_AGENCIES)
    match turn % 10:
        case 0:
            return Credit("author-name", name, (name,))
        case 1:
            return Credit("author-initials", "PV", ("PV",))
        case 2:
            return Credit("author-capitals", name.upper(), (name.upper(),))
        case 3:
            return Credit("author-role", f"Tin và ảnh: {name}", (name,))
        case 4:
            return Credit("author-compiled", f"{name} (tổng hợp)", (name,))
        case 5:
            return Credit("author-and-agency", f"{name}/Báo Tin tức", (name,), "Báo Tin tức")
        case 6:
            return Credit("author-agency-only", f"Theo {agency}", (), agency)
        case 7:
            return Credit("author-and-others", f"{name.upper()} và 1 tác giả khác", (name.upper(),))
        case 8:
            return Credit("author-two", f"Bài, ảnh: {name} - {other}", (name, other))
        case _:
            return Credit("author-none")
