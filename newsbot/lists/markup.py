"""Parses XML as sites send it: cut off, with stray characters, undeclared prefixes, or a bomb in it.

libxml2 (lxml) recovers from some of that, piece by piece and without a tree, so that memory stays flat. What stops it
for good, or makes it close the wrong element, never reaches it: a "<" that begins no tag, an end tag that ends nothing
that is open, a comment that does not end as XML wants it, a processing instruction, and a document type. Without the
latter there are no entities: none is expanded, and nothing else is ever opened.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Final, NamedTuple

from lxml import etree  # type: ignore[import-untyped]

#: Characters of an element's text, or of an attribute, that are kept: no address is longer.
MOST_OF_A_VALUE: Final = 2_100
_MOST_ATTRIBUTES: Final = 20
#: Stands around all that is read, so that the parser takes what stands before, behind and between documents.
_AROUND: Final = "newsbot"
_CDATA, _CDATA_ENDS = "<![CDATA[", "]]>"
_COMMENT, _COMMENT_ENDS = "<!--", "-->"
_MARKS: Final = re.compile(r"<!(?:\[CDATA\[|--)")
#: Characters of a tag.
_LONGEST_TAG: Final = 8_000
_NAME: Final = "[A-Za-z_:][A-Za-z0-9_.:-]*+"
_ATTRIBUTE: Final = rf"""{_NAME}\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+')"""
#: What follows a tag's name as XML wants it: a ">" may stand in a value.
_ATTRIBUTES: Final = rf"(?:\s++{_ATTRIBUTE})*+\s*+/?"
_TAG: Final = re.compile(rf"</?{_NAME}{_ATTRIBUTES}>")
_ANY_ATTRIBUTE: Final = re.compile(rf"(?<![A-Za-z0-9_.:-]){_ATTRIBUTE}")
_STRAY_AMPERSAND: Final = r"&(?:amp|lt|gt|quot|apos);|&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};)"
_SIGNS: Final = re.compile(
    rf"{_STRAY_AMPERSAND}|<(?P<ends>/)?(?P<name>{_NAME})(?:(?P<attributes>{_ATTRIBUTES})|(?P<odd>[^<>]{{0,{_LONGEST_TAG}}}))>"
    rf"|<\?[^<>]{{0,{_LONGEST_TAG}}}>|<"
)
_AMPERSANDS: Final = re.compile(_STRAY_AMPERSAND)
#: Characters that XML does not have.
_NO_CHARACTER: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: Those that XML itself knows are left where a site has escaped an address twice.
_ENTITY: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z_][\w.-]{0,60};")
_QUERY: Final = re.compile("[?#]")
_SPECIAL: Final = re.compile("[<>&]")
#: As numbers: told to expand no entity, the parser drops these five as well.
_ESCAPED: Final = {
    "<": "&#60;",
    "&": "&#38;",
    ">": "&#62;",
    "&amp;": "&#38;",
    "&lt;": "&#60;",
    "&gt;": "&#62;",
    "&quot;": "&#34;",
    "&apos;": "&#39;",
}
#: What may be the beginning of one of these, or of a mark, at the end of a piece.
_UNDECIDED: Final = re.compile(r"(?:&#?[A-Za-z0-9]{0,7}|\]{1,2}|-{1,2})\Z")
_LONGEST_MARK: Final = 16


class Tag(NamedTuple):
    """The beginning of an element (`attributes` is no None), or its end, with the text right before it."""

    #: Lower case, without prefix and namespace.
    name: str
    attributes: dict[str, str] | None
    text: str = ""
    #: The namespace of its name, or the prefix of one that nobody declared.
    space: str = ""


#: Comes after each piece of a long document, for the caller to do other work.
PAUSE: Final = Tag("", None)
#: Pieces of a document that is not long.
FEW_PIECES: Final = 4


class Markup:
    """The tags of a document, in its order; to be read once.

    >>> markup = Markup(["<a:urlset><url><loc >x?y&section=1</loc><loc><![CDATA[x?y", "&amp;z]]></loc><loc>cut"])
    >>> [tag.text for tag in markup if tag.name == "loc" and tag.attributes is None], markup.is_whole
    (['x?y&section=1', 'x?y&amp;z'], False)
    >>> markup = Markup(['<!DOCTYPE x [<!ENTITY a "aaa">]> <?xml version="1.0"?><x>&a; <', " 5</x>"])
    >>> [tag.text for tag in markup if tag.attributes is None], markup.root, markup.is_whole
    (['&a; < 5'], 'x', True)
    """

    def __init__(self, pieces: Iterable[str]):
        self._pieces = pieces
        #: The name of the outermost element; empty as long as none has come.
        self.root = ""
        #: Whether the document was read to the end of its outermost element; known when all has been read.
        self.is_whole = False

    def __iter__(self) -> Iterator[Tag]:
        target = _Target()
        parser = etree.XMLParser(
            target=target, encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False
        )
        parser.feed(f"<{_AROUND}>".encode())
        begun, has_ended = 0, False
        for number, piece in enumerate(chain(_escaped(self._pieces), [f"<{_AROUND}/>"]), 1):
            parser.feed(piece.encode("utf-8", "replace"))
            for tag in target.take():
                if tag.name == _AROUND:
                    begun += tag.attributes is not None
                    continue
                if not self.root:
                    self.root = tag.name
                if tag.name == self.root:
                    has_ended = tag.attributes is None
                yield tag
            if number > FEW_PIECES:
                yield PAUSE
        self.is_whole = has_ended and begun > 1


class _Target:
    """Takes what the parser finds."""

    def __init__(self) -> None:
        self._tags: list[Tag] = []
        self._text: list[str] = []
        self._length = 0

    def take(self) -> list[Tag]:
        """Return what was found since the last time."""
        tags, self._tags = self._tags, []
        return tags

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        kept = {}
        if attributes:
            first = islice(attributes.items(), _MOST_ATTRIBUTES)
            kept = {_parts(name)[1]: value[:MOST_OF_A_VALUE] for name, value in first}
        space, name = _parts(tag)
        self._tags.append(Tag(name, kept, self._take_text(), space))

    def data(self, data: str) -> None:
        if self._length <= MOST_OF_A_VALUE:
            self._text.append(data[:MOST_OF_A_VALUE])
            self._length += len(data)

    def end(self, tag: str) -> None:
        space, name = _parts(tag)
        self._tags.append(Tag(name, None, self._take_text(), space))

    def _take_text(self) -> str:
        text = "".join(self._text)[:MOST_OF_A_VALUE].strip()
        self._text, self._length = [], 0
        return text

    def close(self) -> None:
        pass


@lru_cache(maxsize=500)
def _parts(name: str) -> tuple[str, str]:
    """Return the namespace or prefix of a name, and the name without it in lower case.

    >>> _parts("{http://www.w3.org/2005/Atom}Link"), _parts("sm:loc")
    (('http://www.w3.org/2005/Atom', 'link'), ('sm', 'loc'))
    """
    space, _, rest = name.rpartition("}")
    prefix, _, local = rest.rpartition(":")
    return space.removeprefix("{") or prefix, local.lower()


def has_entity(address: str) -> bool:
    """Whether an address cannot be known, since it holds an entity: none is resolved. One in its query stays text.

    >>> has_entity("&home;/che-7.html"), has_entity("https://a.vn/7.html?a=1&section;=2"), has_entity("R&amp;D")
    (True, False, False)
    """
    return bool(_ENTITY.search(_QUERY.split(address, maxsplit=1)[0]))


def _escaped(pieces: Iterable[str]) -> Iterator[str]:
    """Yield a document in which what is no markup is escaped, CDATA is plain text, and each end tag has its beginning.

    >>> "".join(_escaped(["<a><!-- by <X> -", "--><![CDATA[<b>]", "]><!---->c<!-->d<!--->e</a><!-- ends <![CDATA["]))
    '<a>&#60;b&#62;cde</a>'
    >>> "".join(_escaped(["</b><?x y?><a b='>' ", "c='&'><p d=e f='g'></i><Br/>x</A></p>"]))
    "<a b='>' c='&#38;'><p f='g'><Br/>x</p></a>"
    """
    signs, kept = _Signs(), ""
    for piece in pieces:
        text = kept + _NO_CHARACTER.sub("", piece)
        last = text.rfind("<")
        if last >= 0 and len(text) - last <= _LONGEST_TAG and not _TAG.match(text, last):
            end = last
        else:
            match = _UNDECIDED.search(text, max(0, len(text) - _LONGEST_MARK))
            end = match.start() if match else len(text)
        kept = text[end:]
        yield signs.escape(text[:end])
    yield signs.escape(kept)


class _Signs:
    """Escapes a document piece by piece: what it keeps is the elements and the mark that a piece leaves open."""

    def __init__(self) -> None:
        #: The elements that are open as they are spelled, and how many there are of each name.
        self._open: list[str] = []
        self._number: Counter[str] = Counter()
        #: The mark that the next text stands behind.
        self._inside = ""

    def escape(self, text: str) -> str:
        parts, position = [], 0
        while True:
            mark = None
            if self._inside:
                end = text.find(_CDATA_ENDS if self._inside == _CDATA else _COMMENT_ENDS, position)
            else:
                mark = _MARKS.search(text, position)
                end = mark.start() if mark else -1
            part = text[position:] if end < 0 else text[position:end]
            if self._inside == _CDATA:
                parts.append(_escaped_text(part))
            elif not self._inside:
                parts.append(_SIGNS.sub(self._sign, part))
            if end < 0:
                return "".join(parts)
            if mark:
                self._inside = mark[0]
                # As browsers have it, "<!-->" is a whole comment.
                position = mark.end() if self._inside == _CDATA else mark.start() + 2
            else:
                position = end + len(_CDATA_ENDS)
                self._inside = ""

    def _sign(self, match: re.Match[str]) -> str:
        sign, name = match[0], match["name"]
        if name is None:
            return "" if sign.startswith("<?") else _ESCAPED[sign]
        if len(sign) > _LONGEST_TAG:
            return _escaped_text(sign)
        return self._end(name) if match["ends"] else self._begin(name, match["attributes"], match["odd"])

    def _begin(self, name: str, attributes: str | None, odd: str | None) -> str:
        """Return a tag as XML wants it, whatever stands in it; an empty one with its end."""
        is_empty = (attributes or odd or "").endswith("/")
        if attributes is None:
            attributes = "".join(f" {each}" for each in _ANY_ATTRIBUTE.findall(odd or ""))
        if "&" in attributes:
            attributes = _AMPERSANDS.sub(lambda match: _ESCAPED[match[0]], attributes)
        if is_empty:
            return f"<{name}{attributes.removesuffix('/')}/>"
        self._open.append(sys.intern(name))
        self._number[_parts(name)[1]] += 1
        return f"<{name}{attributes}>"

    def _end(self, name: str) -> str:
        """Return the ends of an element and of all in it; what has no beginning ends nothing."""
        _, wanted = _parts(name)
        if not self._number[wanted]:
            return ""
        ends, ended = [], ""
        while ended != wanted:
            last = self._open.pop()
            ended = _parts(last)[1]
            self._number[ended] -= 1
            ends.append(f"</{last}>")
        return "".join(ends)


def _escaped_text(text: str) -> str:
    return _SPECIAL.sub(lambda match: _ESCAPED[match[0]], text)
