"""Reading XML as it arrives: cut off, with stray signs, with prefixes that nobody declared, or with a bomb in it.

libxml2 (lxml) recovers from most of that, piece by piece and without a tree, so that memory stays flat. Three things
stop it for good, and are made harmless before it sees them: a "<" that begins no tag, a comment that does not end as
XML wants it, and a document type. Without the latter there are no entities: none is expanded, and nothing else is ever
opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Final, NamedTuple

from lxml import etree  # type: ignore[import-untyped]

#: Characters of an element's text, or of an attribute, that are kept: no address is longer.
MOST_OF_A_VALUE: Final = 2_100
_MOST_ATTRIBUTES: Final = 20
_BEGIN, _END = "newsbot-begin", "newsbot-end"
#: Each end tag that has no beginning closes an element that is open, and with the outermost the parser ends.
_LAYERS: Final = 40
_END_TAG: Final = f"<{_END}/>"
_CDATA, _CDATA_ENDS = "<![CDATA[", "]]>"
_COMMENT, _COMMENT_ENDS = "<!--", "-->"
_MARKS: Final = re.compile(r"<!(?:\[CDATA\[|--)")
#: Characters of a tag. For each that has no end, the parser looks for one in all that follows.
_LONGEST_TAG: Final = 8_000
_STRAY: Final = re.compile(
    r"&(?:amp|lt|gt|quot|apos);|&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};)"
    rf"|<(?![/?]?[A-Za-z_:][^<>]{{0,{_LONGEST_TAG}}}>)"
)
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
#: What may be the beginning of one of these, of a tag or a mark, at the end of a piece.
_UNDECIDED: Final = re.compile(rf"(?:<[^<>]{{0,{_LONGEST_TAG}}}|&#?[A-Za-z0-9]{{0,7}}|\]{{1,2}}|-{{1,2}})\Z")
_LONGEST_MARK: Final = 16
_TAIL: Final = 1_000


class Tag(NamedTuple):
    """The beginning of an element (`attributes` is no None), or its end, with the text right before it."""

    #: Lower case, without prefix and namespace.
    name: str
    attributes: dict[str, str] | None
    text: str = ""
    #: The namespace of its name, or the prefix of one that nobody declared.
    space: str = ""


#: Comes after each piece of a long document: a good moment for other work.
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
        # Inside of elements of ours, the parser takes what stands before, behind and between documents.
        layers = 0
        tail, has_ended, has_come_to_end = "", False, False
        for number, piece in enumerate(chain(_escaped(self._pieces), [_END_TAG]), 1):
            parser.feed((f"<{_BEGIN}>" * (_LAYERS - layers)).encode())
            layers = _LAYERS
            parser.feed(piece.encode("utf-8", "replace"))
            for tag in target.take():
                if tag.name == _END:
                    has_come_to_end = True
                    continue
                if tag.name == _BEGIN:
                    layers -= tag.attributes is None
                    continue
                if not self.root:
                    self.root = tag.name
                if tag.name == self.root:
                    has_ended = tag.attributes is None
                yield tag
            if number > FEW_PIECES:
                yield PAUSE
            if piece is not _END_TAG:
                tail = (tail + piece)[-_TAIL:]
        # With an end tag missing somewhere, that of the outermost element ends another.
        ends = re.findall(rf"<(/?)(?:[\w.-]+:)?{re.escape(self.root)}[\s>]", tail, re.IGNORECASE) if self.root else []
        self.is_whole = has_come_to_end and (has_ended or ends[-1:] == ["/"])


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
    """Yield a document in which what is no markup is escaped, CDATA is plain text, and comments are gone.

    >>> "".join(_escaped(["<a><!-- by <X> -", "--><![CDATA[<b>]", "]><!---->c<!-->d<!--->e</a><!-- ends <![CDATA["]))
    '<a>&#60;b&#62;cde</a>'
    """
    kept, inside = "", ""
    for piece in pieces:
        text = kept + piece
        last = text.rfind("<")
        match = _UNDECIDED.search(text, last if last > text.rfind(">") else max(0, len(text) - _LONGEST_MARK))
        end = match.start() if match else len(text)
        escaped, inside = _escape(text[:end], inside)
        kept = text[end:]
        yield escaped
    yield _escape(kept, inside)[0]


def _escape(text: str, inside: str) -> tuple[str, str]:
    """Return the escaped text; ``inside`` is the mark that the place where it begins, or ends, stands behind."""
    parts, position = [], 0
    while True:
        mark = None
        if inside:
            end = text.find(_CDATA_ENDS if inside == _CDATA else _COMMENT_ENDS, position)
        else:
            mark = _MARKS.search(text, position)
            end = mark.start() if mark else -1
        part = text[position:] if end < 0 else text[position:end]
        if inside != _COMMENT:
            parts.append((_SPECIAL if inside else _STRAY).sub(lambda match: _ESCAPED[match[0]], part))
        if end < 0:
            return "".join(parts), inside
        if mark:
            inside = mark[0]
            # As browsers have it, "<!-->" is a whole comment.
            position = mark.end() if inside == _CDATA else mark.start() + 2
        else:
            position = end + len(_CDATA_ENDS)
            inside = ""
