"""Lines that a reader of the documents would type, looked up without running them."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from scrapy.utils.project import get_project_settings

from newsbot.configuration.given_settings import OTHER_VARIABLES, known_settings
from newsbot.configuration.settings_table import VARIABLES
from newsbot.planning.spider_arguments import spider_arguments
from tests.documents.commands import command_names, parser
from tests.harness.pages import SPIDERS, load
from tests.project import ROOT

#: Programs of the system that the documents use.
_OUTSIDE: Final = frozenset(
    {
        *("adduser", "apt-get", "cat", "cd", "chown", "cp", "createdb", "createuser", "crontab", "editor", "git"),
        *(
            "head",
            "install",
            "jq",
            "ls",
            "openssl",
            "rsync",
            "sha256sum",
            "sort",
            "ssh",
            "systemctl",
            "tail",
            "tr",
            "uniq",
        ),
    }
)
#: Sources, and the one that the walk through a new source makes.
KNOWN: Final = frozenset({*SPIDERS, "baodemo"})
#: Folders and files of the project; what else looks like a path is on the reader's machine.
_OWN: Final = re.compile(
    r"(?:\.ci|\.github|archive|deploy|docs|newsbot|spiders|tests)/.*|[\w-]+\.(?:in|cfg|yml)|Makefile"
)
_REDIRECTION: Final = re.compile(r"\d?>&\d|\d?>>? *[^\s>]+")
_ASSIGNMENT: Final = re.compile(r"([A-Z][A-Z0-9_]*)=")
_CRON: Final = re.compile(r"(?:[\d*/,-]+\s+){5}")
_SEPARATORS: Final = frozenset({"&&", "||", "|", ";"})


@cache
def setting_names() -> frozenset[str]:
    """Return the names of all settings that mean something here."""
    return frozenset(known_settings(get_project_settings()))


@cache
def variable_names() -> frozenset[str]:
    """Return the variables of the environment that newsbot reads."""
    return frozenset({*VARIABLES.values(), *OTHER_VARIABLES, *(f"NEWSBOT_{name}" for name in setting_names())})


@cache
def argument_names() -> frozenset[str]:
    return frozenset(name for spider in SPIDERS for name in spider_arguments(load(spider)))


@cache
def option_names() -> frozenset[str]:
    """Return the long options of all commands."""
    found: set[str] = set()
    for name in command_names():
        found.update(re.findall(r"(?<![\w-])--[a-z][a-z-]*", parser(name).format_help()))
    return frozenset(found)


@cache
def make_targets() -> frozenset[str]:
    """Return what `make` can make, and the variables that it can be given."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return frozenset({*re.findall(r"^([\w./-]+):(?!=)", text, re.MULTILINE), *re.findall(r"\$\((\w+)\)", text)})


def faults(text: str) -> Iterator[str]:
    """Yield what is wrong with the lines of a block of shell, or of a crontab.

    >>> list(faults("make demo  # shows it\\nscrapy crawl baosonla -a limit=1 >> log 2>&1"))
    []
    >>> list(faults("make dmeo; scrapy crwal baosonla; NEWSBOT_CONTAKT=x scrapy crawl baosonIa -a limits=1 -s X=1"))
    ... # doctest: +NORMALIZE_WHITESPACE
    ['make dmeo: no such target', 'scrapy crwal: no such command', 'NEWSBOT_CONTAKT: no such variable',
    'baosonIa: no such source', '-a limits: no such argument', '-s X: no such setting']
    """
    for line in text.splitlines():
        for words in _commands(_CRON.sub("", line, count=1) if _CRON.match(line) else line):
            yield from _faults_of(words)


def _commands(line: str) -> Iterator[list[str]]:
    """Yield the words of each command on a line, without redirections and comments."""
    lexer = shlex.shlex(_REDIRECTION.sub("", line), posix=True, punctuation_chars=";&|")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in lexer:
        if word not in _SEPARATORS:
            words.append(word)
        elif words:
            yield words
            words = []
    if words:
        yield words


def _faults_of(words: list[str]) -> Iterator[str]:
    while words and (words[0] == "export" or _ASSIGNMENT.match(words[0])):
        name = words.pop(0).partition("=")[0]
        if name.startswith("NEWSBOT_") and name not in variable_names():
            yield f"{name}: no such variable"
    if not words:
        return
    program, *rest = words
    if program == "su":
        yield from faults(rest[-1])
    elif program in ("scrapy", ".venv/bin/scrapy"):
        yield from scrapy_faults(rest)
    elif program == "make":
        known = make_targets()
        yield from (f"make {word}: no such target" for word in rest if word.partition("=")[0] not in known)
        rest = [part for word in rest for part in word.partition("=")[2].split()]
    elif program == ".venv/bin/python":
        if rest[:1] != ["-m"] or find_spec(rest[1]) is None:
            yield f"{' '.join(words)}: no such module"
    elif program.startswith(".venv"):
        folder, _, name = program.rpartition("/")
        bin_folder = Path(sys.executable).parent if folder == ".venv/bin" else ROOT / folder
        if bin_folder.is_dir() and not (bin_folder / name).exists():
            yield f"{program}: no such program"
    elif program not in _OUTSIDE:
        yield f"{program}: a program that no document has named yet"
    yield from (f"{word}: no such file" for word in rest if is_missing(word))


def is_missing(word: str) -> bool:
    """Whether a word names a file of the project that is not there; ``<name>`` and ``…`` stand for any.

    >>> is_missing("spiders/<name>.py"), is_missing("spiders/nowhere.py"), is_missing("data/warc")
    (False, True, False)
    """
    if not _OWN.fullmatch(word):
        return False
    pattern = re.sub(r"<[^>]*>|…", "*", word)
    return not any(True for _ in ROOT.glob(pattern.rstrip("/")))


def scrapy_faults(words: list[str]) -> Iterator[str]:
    """Yield what is wrong with the words after ``scrapy``."""
    if not words or words[0] not in command_names():
        yield f"scrapy {' '.join(words[:1])}: no such command"
        return
    name, *rest = words
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            options, names = parser(name).parse_known_args(rest)
    except SystemExit:
        yield f"scrapy {' '.join(words)}: {said.getvalue().strip()}"
        return
    names += getattr(options, "args", [])
    yield from (f"scrapy {name} {each}: no such option" for each in names if each.startswith("-"))
    if name in ("crawl", "crawlall", "recover"):
        yield from (f"{each}: no such source" for each in names if each not in KNOWN and not each.isupper())
    for each in getattr(options, "spargs", None) or []:
        if each.partition("=")[0] not in argument_names():
            yield f"-a {each.partition('=')[0]}: no such argument"
    for each in options.set:
        if each.partition("=")[0] not in setting_names() | {"NAME"}:
            yield f"-s {each.partition('=')[0]}: no such setting"
    asked = getattr(options, "get", None)
    if asked not in setting_names() | {None, "NAME"}:
        yield f"--get {asked}: no such setting"
