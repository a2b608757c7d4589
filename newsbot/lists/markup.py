"""Parses XML as sites send it: cut off, with stray characters, undeclared prefixes, or a bomb in it.

No XML parser is at work, not even one that recovers (libxml2): a "<" that begins no tag, an end tag that ends nothing
that is open, or a comment that does not end as XML wants it, stops it for good, or makes it close the wrong element.
Here a document type is text. So there are no entities but XML's own five: none is expanded, and nothing is ever opened.
Piece by piece and without a tree, so that memory stays flat.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import unescape
from typing import Final, NamedTuple

#: Characters of an element's text, or of an attribute, that are kept: no address is longer.
MOST_OF_A_VALUE: Final = 2_100
_MOST_ATTRIBUTES: Final = 20
_CDATA: Final = "<![CDATA["
#: What ends each mark.
_ENDS: Final = {_CDATA: "]]>", "<!--": "-->"}
#: Characters of a tag.
_LONGEST_TAG: Final = 8_000
_NAME: Final = "[A-Za-z_:][A-Za-z0-9_.:-]*+"
_VALUE: Final = """(?:"[^"<]*+"|'[^'<]*+')"""
#: What follows a tag's name as XML wants it: a ">" may stand in a value.
_ATTRIBUTES: Final = rf"(?:\s++{_NAME}\s*+=\s*+{_VALUE})*+\s*+/?"
_TAG: Final = re.compile(rf"</?{_NAME}{_ATTRIBUTES}>")
_ATTRIBUTE: Final = re.compile(rf"(?<![A-Za-z0-9_.:-])({_NAME})\s*+=\s*+({_VALUE})")
#: A "<", and what it begins if it is no text: a mark, a tag, or a processing instruction.
_SIGN: Final = re.compile(
    rf"(?P<mark><!--|<!\[CDATA\[)|<(?P<ends>/)?(?P<name>{_NAME})(?P<attributes>{_ATTRIBUTES}|[^<>]{{0,{_LONGEST_TAG}}})>"
    rf"|<\?[^<>]{{0,{_LONGEST_TAG}}}>|<"
)
#: Characters that XML does not have.
_NO_CHARACTER: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE: Final = re.compile(r"&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
#: Those that XML itself knows are left where a site has escaped an address twice.
_ENTITY: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z_][\w.-]{0,60};")
_QUERY: Final = re.compile("[?#]")
#: What may be the beginning of a reference, or of a mark's end, at the end of a piece.
_UNDECIDED: Final = re.compile(r"(?:&#?[A-Za-z0-9]{0,7}|\]{1,2}|-{1,2})\Z")
_LONGEST_MARK: Final = 16


class Tag(NamedTuple):
    """The beginning of an element (`attributes` is no None), or its end, with the text right before it."""

    #: Lower case, without its prefix.
    name: str
    attributes: dict[str, str] | None
    text: str = ""
    prefix: str = ""


#: Comes after each piece of a long document, for the caller to do other work.
PAUSE: Final = Tag("", None)
#: Pieces of a document that is not long.
FEW_PIECES: Final = 4


class Markup:
    """The tags of a document, in its order, each end with its beginning; to be read once.

    >>> markup = Markup(["<a:urlset><url><loc >x?y&section=1</loc><loc><![CDATA[x?y", "&amp;z]]></loc><loc>cut"])
    >>> [tag.text for tag in markup if tag.name == "loc" and tag.attributes is None], markup.is_whole
    (['x?y&section=1', 'x?y&amp;z'], False)
    >>> markup = Markup(['<!DOCTYPE x [<!ENTITY a "aaa">]> <?xml version="1.0"?><x>&a; <', " 5</x>"])
    >>> [tag.text for tag in markup if tag.attributes is None], markup.root, markup.is_whole
    (['&a; < 5'], 'x', True)
    >>> markup = Markup(["<a><!-- by <X> -", "--><![CDATA[<b>]", "]><!---->c<!-->d<!--->e</a><!-- ends <![CDATA["])
    >>> [tag.text for tag in markup if tag.attributes is None]
    ['<b>cde']
    >>> [tag[:3] for tag in Markup(["</b><?x y?><a b='>' ", "c='&amp;'><p d=e f='g'></i>x</A></p>"])]
    [('a', {'b': '>', 'c': '&'}, ''), ('p', {'f': 'g'}, ''), ('p', None, 'x'), ('a', None, '')]
    """

    def __init__(self, pieces: Iterable[str]):
        self._pieces = pieces
        #: The name of the outermost element; empty as long as none has come.
        self.root = ""
        #: Whether the document was read to the end of its outermost element; known when all has been read.
        self.is_whole = False
        #: The prefixes and names of the elements that are open, and how many there are of each name.
        self._open: list[tuple[str, str]] = []
        self._number: Counter[str] = Counter()
        #: The mark that the next text stands behind.
        self._inside = ""
        self._text: list[str] = []
        self._length = 0

    def __iter__(self) -> Iterator[Tag]:
        for number, piece in enumerate(_between_signs(self._pieces), 1):
            for tag in self._tags(piece):
                if not self.root:
                    self.root = tag.name
                if tag.name == self.root:
                    self.is_whole = tag.attributes is None
                yield tag
            if number > FEW_PIECES:
                yield PAUSE

    def _tags(self, text: str) -> Iterator[Tag]:
        position = 0
        while position < len(text):
            if self._inside:
                end = text.find(_ENDS[self._inside], position)
                if self._inside == _CDATA:
                    self._add(text[position : end if end >= 0 else None])
                if end < 0:
                    return
                position = end + len(_ENDS[self._inside])
                self._inside = ""
            sign = _SIGN.search(text, position)
            self._add(_unescaped(text[position : sign.start() if sign else None]))
            if sign is None:
                return
            position = sign.end()
            if sign["mark"]:
                self._inside = sign["mark"]
                # As browsers have it, "<!-->" is a whole comment.
                position = sign.end() if self._inside == _CDATA else sign.start() + 2
            elif len(sign[0]) > _LONGEST_TAG or sign[0] == "<":
                self._add(sign[0])
            elif sign["ends"]:
                yield from self._ends(sign["name"])
            elif sign["name"]:
                yield from self._begins(sign["name"], sign["attributes"])

    def _begins(self, name: str, attributes: str) -> Iterator[Tag]:
        """Yield the tag of an element, with what can be read of its attributes; of an empty one its end, too."""
        kept: dict[str, str] = {}
        for attribute, value in _ATTRIBUTE.findall(attributes) if "=" in attributes else ():
            space, local = _parts(attribute)
            if "xmlns" not in (space, local) and len(kept) < _MOST_ATTRIBUTES:
                kept[local] = _unescaped(value[1:-1])[:MOST_OF_A_VALUE]
        parts = _parts(name)  # one object for all elements of a name: any number may be open
        prefix, local = parts
        yield Tag(local, kept, self._take_text(), prefix)
        self._open.append(parts)
        self._number[local] += 1
        if attributes.endswith("/"):
            yield from self._ends(name)

    def _ends(self, name: str) -> Iterator[Tag]:
        """Yield the ends of an element and of all in it; what has no beginning ends nothing."""
        _, wanted = _parts(name)
        ended = None if self._number[wanted] else wanted
        while ended != wanted:
            prefix, ended = self._open.pop()
            self._number[ended] -= 1
            yield Tag(ended, None, self._take_text(), prefix)

    def _add(self, text: str) -> None:
        if self._length <= MOST_OF_A_VALUE:
            self._text.append(text[:MOST_OF_A_VALUE])
            self._length += len(text)

    def _take_text(self) -> str:
        text = "".join(self._text)[:MOST_OF_A_VALUE].strip()
        self._text, self._length = [], 0
        return text


@lru_cache(maxsize=500)
def _parts(name: str) -> tuple[str, str]:
    """Return the prefix of a name, and the name without it in lower case.

    >>> _parts("sm:Loc"), _parts("loc")
    (('sm', 'loc'), ('', 'loc'))
    """
    prefix, _, local = name.rpartition(":")
    return prefix, local.lower()


def has_entity(address: str) -> bool:
    """Whether an address cannot be known, since it holds an entity: none is resolved. One in its query stays text.

    >>> has_entity("&home;/che-7.html"), has_entity("https://a.vn/7.html?a=1&section;=2"), has_entity("R&amp;D")
    (True, False, False)
    """
    return bool(_ENTITY.search(_QUERY.split(address, maxsplit=1)[0]))


def _between_signs(pieces: Iterable[str]) -> Iterator[str]:
    """Yield a document in pieces that end in no tag, reference or mark."""
    kept = ""
    for piece in pieces:
        text = kept + _NO_CHARACTER.sub("", piece)
        last = text.rfind("<")
        if last >= 0 and len(text) - last <= _LONGEST_TAG and not _TAG.match(text, last):
            end = last
        else:
            match = _UNDECIDED.search(text, max(0, len(text) - _LONGEST_MARK))
            end = match.start() if match else len(text)
        kept = text[end:]
        yield text[:end]
    yield kept


def _unescaped(text: str) -> str:
    """Return text with its references resolved; what is none stays.

    >>> _unescaped("a&amp;b &copy;=1 &#272;"), _unescaped("&#55357;&#56842;")
    ('a&b &copy;=1 Đ', '\ufffd\ufffd')
    """
    return _REFERENCE.sub(lambda match: unescape(match[0]), text) if "&" in text else text
