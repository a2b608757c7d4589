"""The blocks that the text of a page is made of, and the elements that they lie in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, Self

from newsbot.reading.node_text import HEADINGS

Kind = Literal["text", "caption", "picture"]

#: Maximum length of a caption, in characters; a longer text below a picture is the article going on.
LONGEST_CAPTION: Final = 500
_SENTENCE_END: Final = re.compile(r"(?:(?<!\.)\.|[!?:;])[\"”’'»)\]]*\Z|[\"”]\Z")
#: The characters that it ends with; most titles, names and labels have none of them there.
_ENDS: Final = tuple(".!?:;\"”’'»)]")
#: Minimum length, in characters, of a text that runs whatever its end.
_LONG: Final = 200


@dataclass(slots=True, eq=False)
class Box:
    """An element that makes blocks of its own."""

    tag: str
    name: str  # class and id
    parent: Box | None
    start: int  # of the blocks in it, the place of the first
    letters: int  # read before it
    rows: int  # of tables, read before it
    caption: bool
    centred: bool
    mark: str = ""  # what a list puts before the next paragraph in it
    items: int = 0  # of a list: how many have been begun
    weight: int = 0  # of the running text in it, once weighed
    texts: int = 0  # paragraphs in it
    links: int = 0  # and how many of them hold a link


class Listed(str):
    """A paragraph that stands in a list, without the mark that the list puts before it."""

    __slots__ = ("mark",)
    mark: str

    def __new__(cls, text: str, mark: str) -> Self:
        listed = super().__new__(cls, text)
        listed.mark = mark
        return listed


def as_printed(paragraph: str) -> str:
    """Return a paragraph with its mark.

    >>> as_printed(Listed("Thôn Đông: 20 hộ", "- ")), as_printed("Nước đã rút.")
    ('- Thôn Đông: 20 hộ', 'Nước đã rút.')
    """
    return f"{paragraph.mark}{paragraph}" if isinstance(paragraph, Listed) else paragraph


@dataclass(slots=True, eq=False)
class Block:
    """One paragraph, or one picture."""

    kind: Kind
    box: Box
    text: str = ""  # of a picture: its alternative text
    url: str = ""
    link: str = ""  # where the first link leads that is in it, or that it is in
    linked: float = 0.0  # how much of it is in links: all of it is 1
    emphasised: bool = False  # all of it
    strong: bool = False  # all of it
    behind_break: bool = False  # it follows a picture and a line break
    behind_frame: bool = False  # it follows a video, or a picture of which only the page's script knows the address
    lines: tuple[str, ...] = ()  # of a text with line breaks in it
    mark: str = ""  # what its list puts before it: "- ", "3. "

    @property
    def paragraph(self) -> str:
        """The text, as `Listed` if it stands in a list."""
        return Listed(self.text, self.mark) if self.mark else self.text

    @property
    def is_heading(self) -> bool:
        return self.box.tag in HEADINGS

    @property
    def runs(self) -> bool:
        """Whether it is running text rather than a title, a name, a label or a link."""
        if self.kind != "text" or self.linked > 0.5 or self.is_heading:
            return False
        return is_running(self.text)


def is_running(text: str) -> bool:
    """Whether a text is a sentence, or long, rather than a title, a name or a label.

    >>> is_running("Nước đã rút."), is_running("Nước đã rút"), is_running("Nước đã..."), is_running("Hết.")
    (True, False, False, False)
    """
    if len(text) >= _LONG:
        return True
    return text.endswith(_ENDS) and " " in text and _SENTENCE_END.search(text) is not None
