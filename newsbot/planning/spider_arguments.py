"""What an operator tells a spider with `-a`."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from scrapy import Spider
from scrapy.exceptions import UsageError

#: How much a name must be like another (difflib's ratio) to be taken for a slip.
_LIKENESS: Final = 0.75


def whole_number(name: str, value: str) -> int:
    """Return an argument that counts something.

    :raises UsageError: if it is no whole number from 1.

    >>> whole_number("limit", "10")
    10
    """
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        raise UsageError(f"-a {name} must be a whole number from 1, not {value!r}")
    return int(value)


def yes_or_no(name: str, value: str) -> bool:
    """Return an argument that is a switch.

    :raises UsageError: if it is neither yes nor no.

    >>> yes_or_no("refetch", "yes"), yes_or_no("refetch", "no")
    (True, False)
    """
    if value not in ("yes", "no"):
        raise UsageError(f"-a {name} must be yes or no, not {value!r}")
    return value == "yes"


def choose_sections(known: Iterable[str], wanted: str) -> list[str]:
    """Return the sections that an operator names, separated by commas; what the spider does not know is a path.

    A name without a slash is that of the last part of a section, on the present host if it is there; anything else
    is an address, or a path there.

    :raises UsageError: if a name without a slash is nearly that of a section.

    >>> choose_sections(["http://old.vn/the-thao/", "kinh-te.html", "xa-hoi/y-te"], "the-thao, Kinh-te,moi,/kinh-te")
    ['http://old.vn/the-thao/', 'kinh-te.html', 'moi', 'kinh-te.html']
    >>> choose_sections(["http://old.vn/y-te/", "y-te", "xa-hoi/y-te"], "y-te,xa-hoi/y-te/,http://old.vn/y-te,dan-so/y-te")
    ['y-te', 'xa-hoi/y-te', 'http://old.vn/y-te/', 'dan-so/y-te']
    """
    known = sorted(known, key=lambda path: ("://" in path, path.strip("/").count("/")))
    paths, stems = {_key(path): path for path in known}, {_stem(path): path for path in reversed(known)}
    named = [path for path in map(str.strip, wanted.split(",")) if path]
    for name in named:
        meant = get_close_matches(_stem(name), stems, 3, _LIKENESS) if "/" not in name else []
        if meant and _stem(name) not in stems:
            hint = f"did you mean {' or '.join(meant)}? (/{name} asks for that path)"
            raise UsageError(f"-a sections: there is no section {name!r}; {hint}")
    return [paths.get(_key(name), name) if "/" in name else stems.get(_stem(name), name) for name in named]


def _key(path: str) -> str:
    """Return what forms of a section's path, or of its address, have in common.

    >>> _key("/kinh-te.html"), _key("http://Baoquangninh.com.vn/kinh-te/")
    ('kinh-te', 'http://baoquangninh.com.vn/kinh-te')
    """
    return path.strip("/").removesuffix(".html").lower()


def _stem(path: str) -> str:
    """Return a section's name as an operator writes it.

    >>> _stem("kinh-te.html"), _stem("http://baoquangninh.com.vn/kinh-te/")
    ('kinh-te', 'kinh-te')
    """
    return _key(path).rpartition("/")[2]


def spider_arguments(spider: type[Spider]) -> set[str]:
    """Return the names of the arguments (-a) that a spider's constructors take by keyword."""
    names: set[str] = set()
    for cls in spider.__mro__:
        if "__init__" in cls.__dict__ and issubclass(cls, Spider):
            parameters = inspect.signature(cls.__dict__["__init__"]).parameters.values()
            names.update(each.name for each in parameters if each.kind is each.KEYWORD_ONLY)
    return names
