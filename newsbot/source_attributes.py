"""What a source says of itself, looked over: whatever is missing or cannot be used is one line that names it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args
from urllib.parse import urlsplit

from selectolax.lexbor import SelectolaxError

from newsbot.configuration.setting_kinds import ConfigurationError
from newsbot.items import SOURCE_NAME
from newsbot.lists.address_forms import form_mistake
from newsbot.lists.json_lists import JsonList
from newsbot.reading.layouts import SELECTOR_FIELDS, Layout
from newsbot.reading.page import absolute
from newsbot.reading.parsing import parsed
from newsbot.vietnamese.provinces import current_province

#: How well a source is known, from best to worst.
Evidence = Literal["page", "config", "inferred"]

_REQUIRED: Final = ("province", "allowed_domains", "article_url")
_HOST: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_LAYOUT_NAME: Final = re.compile(r"[\w.-]+")
#: Attributes that are lists of texts: a single text, or a tuple without its comma, would be split into letters.
_LISTS: Final = ("feeds", "sitemaps", "sections", "browser_sections")
_SEVERAL: Final = ("allowed_domains", "article_url", *_LISTS, "archives", "slugs", "outlets")
#: Those that may not be empty, and in which no text may be.
_FILLED: Final = ("allowed_domains", "article_url")
_NO_EMPTY_TEXT: Final = ("feeds", "sitemaps", "archives", "slugs", "outlets")
#: Selectors beside those of layouts.
_SELECTORS: Final = ("next_page", "pager")
_MOST_SHOWN: Final = 60


def check_source(cls: type) -> None:
    """Look over a source.

    :raises ConfigurationError: if something is missing or cannot be used.
    """
    for line in _mistakes(cls):
        raise ConfigurationError(f"{cls.__name__}: {line}")


def _mistakes(cls: type) -> Iterator[str]:
    """Yield what is wrong with a source, attribute by attribute; what comes later relies on what came before."""
    yield from (f"{name} is missing" for name in _REQUIRED if not hasattr(cls, name))
    source = {
        name: getattr(cls, name) for name in (*_SEVERAL, *_CHECKS, *_SELECTORS, "json_lists", "section_url", "layouts")
    }
    yield from _unknown(cls)
    for name in _SEVERAL:
        value = source[name]
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            yield f"{name}: {_shown(value)} is not a list of texts"
        if name in _FILLED and not value:
            yield f"{name} must not be empty"
        if name in _NO_EMPTY_TEXT and not all(map(str.strip, value)):
            yield f"{name}: a text in it is empty"
    for name, check in _CHECKS.items():
        yield from (f"{name}: {_shown(source[name])} {wrong}" for wrong in check(source[name]))
    yield from (
        f"allowed_domains: {_shown(host)} is no host" for host in source["allowed_domains"] if not _HOST.fullmatch(host)
    )
    yield from (
        f"article_url: {_shown(form)}{wrong}" for form in source["article_url"] if (wrong := form_mistake(form))
    )
    yield from _lists(source)
    try:
        re.compile(source["section_url"])
    except (re.error, TypeError) as error:
        yield f"section_url: {_shown(source['section_url'])}: {error}"
    yield from (
        f"archives: {_shown(form)} has no day, month or year, such as %d"
        for form in source["archives"]
        if "%" not in form
    )
    yield from _json_lists(source["json_lists"])
    yield from _layouts(source["layouts"])
    for name in _SELECTORS:
        yield from (f"{name}: {wrong}" for wrong in _selector_mistakes(source[name] or None))


def _unknown(cls: type) -> Iterator[str]:
    """Yield the attributes that nobody reads, and those of another type than what they stand for."""
    bases = cls.__mro__[1:]
    known = {name for base in bases for name in (*vars(base), *getattr(base, "__annotations__", ()))}
    for name, value in vars(cls).items():
        if name.startswith("_") or callable(value) or isinstance(value, classmethod | staticmethod | property):
            continue
        if name not in known:
            meant = get_close_matches(name, [each for each in known if not each.startswith("_")], 1)
            yield f"{name}: no source has such an attribute{f'; did you mean {meant[0]}?' if meant else ''}"
        usual = next((vars(base)[name] for base in bases if name in vars(base)), None)
        if name not in _SEVERAL and name not in _CHECKS and name not in _SELECTORS and not _is_alike(value, usual):
            yield f"{name}: {_shown(value)} is not what others have there, such as {_shown(usual)}"


def _is_alike(value: Any, usual: Any) -> bool:
    if usual is None or callable(usual) or isinstance(usual, classmethod | staticmethod | property):
        return not callable(usual)
    if isinstance(usual, list | tuple):
        return isinstance(value, list | tuple)
    return isinstance(value, type(usual)) and (isinstance(usual, bool) or not isinstance(value, bool))


def _lists(source: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with where lists are: a crawl would leave them out without a word."""
    home = f"https://{source['allowed_domains'][0]}/"
    hosts = {*source["allowed_domains"]}
    for name in _LISTS:
        for path in source[name]:
            url = absolute(home, path)
            if url is None or any(map(str.isspace, path)):
                yield f"{name}: {_shown(path)} is neither a path nor an address"
            elif urlsplit(url).hostname not in hosts:
                yield f"{name}: {_shown(path)} is on none of the hosts in allowed_domains"


def _json_lists(value: Any) -> Iterator[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, JsonList) for each in value):
        yield f"json_lists: {_shown(value)} is not a list of JsonList(…)"
        return
    for each in value:
        try:
            re.compile(each.answers)
        except (re.error, TypeError) as error:
            yield f"json_lists: {_shown(each.answers)}: {error}"


def _layouts(value: Any) -> Iterator[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, Layout) for each in value):
        yield f"layouts: {_shown(value)} is not a list of Layout(…)"
        return
    for layout in value:
        if not isinstance(layout.name, str) or not _LAYOUT_NAME.fullmatch(layout.name):
            yield f"layouts: {_shown(layout.name)} is no name: letters, digits and dashes"
        if sum(other.name == layout.name for other in value) > 1:
            yield f"layouts: two of them are called {_shown(layout.name)}"
        if not layout.body:
            yield f"layouts: {_shown(layout.name)}: body selects nothing"
        if not isinstance(layout.script, str) or (layout.script and not layout.script.isidentifier()):
            yield f"layouts: {_shown(layout.name)}: script: {_shown(layout.script)} is no name in a script"
        if not isinstance(layout.by_script, bool):
            yield f"layouts: {_shown(layout.name)}: by_script: {_shown(layout.by_script)} is neither True nor False"
        for name in SELECTOR_FIELDS:
            found = _selector_mistakes(getattr(layout, name), several=name not in ("captions", "drop"))
            yield from (f"layouts: {_shown(layout.name)}: {name}: {wrong}" for wrong in found)


def _selector_mistakes(value: Any, *, several: bool = False) -> Iterator[str]:
    selectors: Iterable[Any] = value if several and isinstance(value, tuple) else (value,)
    for selector in selectors:
        try:
            if not isinstance(selector, str):
                yield f"{_shown(selector)} is no CSS selector"
            elif selector:
                _PAGE.css_first(selector)
        except (SelectolaxError, UnicodeEncodeError):
            yield f"{_shown(selector)} is no CSS selector"


def _form(pattern: re.Pattern[str], what: str) -> Callable[[Any], Iterator[str]]:
    def check(value: Any) -> Iterator[str]:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            yield f"is no {what}"

    return check


def _switch(value: Any) -> Iterator[str]:
    if not isinstance(value, bool):
        yield "is neither True nor False"


def _number(value: Any) -> Iterator[str]:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        yield "is no whole number from 1"


def _evidence(value: Any) -> Iterator[str]:
    if not isinstance(value, str) or value not in get_args(Evidence):
        yield f"is none of {', '.join(get_args(Evidence))}"


def _province(value: Any) -> Iterator[str]:
    """Yield nothing for a name of a province of today or before; a national paper's is empty."""
    if not isinstance(value, str):
        yield "is no name of a province"
    elif value:
        try:
            current_province(value)
        except KeyError:
            yield "is the name of no province of Vietnam"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


#: Checks of single values, by the attribute.
_CHECKS: Final[Mapping[str, Callable[[Any], Iterator[str]]]] = {
    "name": _form(SOURCE_NAME, "name of a source: small letters, digits and _, a letter first"),
    "province": _province,
    "language": _form(_LANGUAGE, "code of a language, such as vi"),
    "evidence": _evidence,
    "ids_ignore_case": _switch,
    "sections_from_menu": _switch,
    "max_pages": _number,
}
_PAGE: Final = parsed("<p>")
