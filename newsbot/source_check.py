"""What a source says of itself, looked over when its class is made: each mistake names its attribute."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from newsbot.configuration.setting_kinds import ConfigurationError
from newsbot.reading.layouts import Layout
from newsbot.vietnamese.provinces import current_province

_REQUIRED: Final = ("name", "province", "article_url")
#: Several texts; one alone, or one without its comma, would be taken for its letters.
_SEVERAL: Final = ("allowed_domains", "article_url", "feeds", "sitemaps", "sections", "archives", "slugs", "outlets")


def check_source(cls: Any) -> None:
    """Look over a source.

    :raises ConfigurationError: if something is missing or cannot be used.
    """
    for name in _REQUIRED:
        if not hasattr(cls, name):
            raise ConfigurationError(f"{cls.__name__}: {name} is missing")
    for name in _SEVERAL:
        value = getattr(cls, name, ())
        if isinstance(value, str) or not all(isinstance(each, str) for each in value):
            raise ConfigurationError(f"{cls.__name__}: {name}: {value!r} is not a list of texts")
    if not cls.allowed_domains or not cls.article_url:
        raise ConfigurationError(f"{cls.__name__}: allowed_domains and article_url must not be empty")
    for form in cls.article_url:
        try:
            groups = re.compile(form).groupindex
        except re.error as error:
            raise ConfigurationError(f"{cls.__name__}: article_url: {form!r}: {error}") from error
        if "id" not in groups:
            raise ConfigurationError(f"{cls.__name__}: article_url: {form!r} has no group (?P<id>…)")
    if cls.province:
        try:
            current_province(cls.province)
        except KeyError as error:
            raise ConfigurationError(f"{cls.__name__}: province: {error.args[0]}") from error
    for layout in getattr(cls, "layouts", ()):
        _check_layout(cls.__name__, layout)


def _check_layout(source: str, layout: Layout) -> None:
    page = LexborHTMLParser("<p>")
    for field in fields(layout):
        value = getattr(layout, field.name)
        for selector in () if field.name == "name" else value if isinstance(value, tuple) else (value,):
            try:
                if isinstance(selector, str) and selector:
                    page.css_first(selector)
            except SelectolaxError as error:
                raise ConfigurationError(
                    f"{source}: layouts: {layout.name!r}: {field.name}: {selector!r} is no CSS selector"
                ) from error
