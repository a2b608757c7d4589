"""Reads the operator's settings: ``NEWSBOT_<NAME>`` in the environment, which overrides ``newsbot.toml``.

The file lies in the project's root, or where NEWSBOT_CONFIG says. Its keys are names of settings in lower case; a table
``[sources.<name>]`` holds what is set for one source only. ``-s NAME=VALUE`` goes before both.
"""

from __future__ import annotations

import difflib
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from scrapy.settings import BaseSettings, Settings

from archive.addon import ArchiveAddon
from newsbot.configuration.setting_kinds import FIELDS, ConfigurationError, Kind
from newsbot.configuration.settings_table import DEFAULTS, FOR_ALL, SECRETS, VARIABLES, is_wiring, kind_of

_PREFIX: Final = "NEWSBOT_"
#: Variables that are no settings: where the file is, and how often the tests kill a crawl.
OTHER_VARIABLES: Final = frozenset({"NEWSBOT_CONFIG", "NEWSBOT_FUZZ", "NEWSBOT_KILLS"})
#: The project's folder: where newsbot.toml lies, and relative folders begin.
ROOT: Final = Path(__file__).resolve().parents[2]
#: An address with this in it is a secret, whatever setting it is of.
_PASSWORD: Final = re.compile(r"//[^/@:\s]*:[^/@\s]+@")
#: Between Scrapy's priorities of a spider's own settings (30) and of the command line (40).
_PRIORITY: Final = 35


@dataclass
class Given:
    """Settings by name; where each comes from, and which from the environment; those of each source."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    file: str = ""
    holds_secrets: bool = False
    #: What is wrong with all of it; it counts for nothing then.
    mistake: str = ""


_given = Given()


def operators_settings(project: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that an operator may change: their defaults, and over these what is given.

    Nothing given counts if a part of it is wrong. Whoever imports the settings may have no use for them, so a mistake
    is kept for later: every command refuses it, and so does the add-on of each crawl (`newsbot.configuration.folders`).

    :param project: the other settings by their names, and whatever else a module holds.
    """
    global _given
    try:
        _given = read_given(project, os.environ, _configuration_file(os.environ))
    except ConfigurationError as error:
        _given = Given(mistake=" ".join(str(error).split()))
    return DEFAULTS | _given.values


def given_mistake() -> str:
    """Return what is wrong with the environment or newsbot.toml, in one line; empty if nothing is."""
    return _given.mistake


def exposed_secrets() -> str:
    """Return a warning if the file holds passwords, or addresses that are as good as one, and others can read it."""
    if not _given.holds_secrets:
        return ""
    try:
        others = Path(_given.file).stat().st_mode & stat.S_IROTH
    except OSError:
        return ""
    return f"{_given.file} holds passwords, and every user can read it: chmod o= {_given.file}" if others else ""


def read_given(project: Mapping[str, Any], environment: Mapping[str, str], file: Path | None) -> Given:
    """Return what the environment and a file say.

    :raises ConfigurationError: if one of them names no setting, or gives it a value of another kind.
    """
    defaults = {name: value for name, value in project_defaults(project).items() if not is_wiring(name, value)}
    given = Given(file=str(file or ""))
    content = _content(file) if file else {}
    given.holds_secrets = any(_is_secret(name, value) for name, value in _texts(content))
    sources = content.pop("sources", {})
    for name, value in _checked(content, str(file), defaults):
        given.values[name], given.origins[name] = value, f"{file}: {name.lower()}"
    if not isinstance(sources, dict) or not all(isinstance(each, dict) for each in sources.values()):
        raise ConfigurationError(f"{file}: sources: is no table of tables such as [sources.baosonla]")
    for source, own in sources.items():
        given.sources[source] = dict(_checked(own, f"{file}: sources.{source}", defaults, for_a_source=True))
    for variable, name, text in _variables(environment, defaults):
        if name in given.variables:
            raise ConfigurationError(f"{variable}: {given.origins[name]} sets {name}, too")
        given.values[name], given.origins[name] = _read(variable, text, kind_of(name, defaults[name])), variable
        given.variables.add(name)
    return given


def project_defaults(project: Mapping[str, Any]) -> dict[str, object]:
    """Return the defaults of all settings, Scrapy's and the archive's, too."""
    own = {name: value for name, value in project.items() if name.isupper()}
    return known_settings(Settings(DEFAULTS | own, priority="project"))


def known_settings(settings: BaseSettings) -> dict[str, object]:
    """Return the settings with the archive's defaults: every name that means something here, and its value."""
    known = settings.copy()
    ArchiveAddon().update_settings(known)
    # Attributes, because asking a deprecated setting by name warns.
    return {name: attribute.value for name, attribute in known.attributes.items()}


def no_such_setting(name: str, known: Iterable[str]) -> str:
    """Say that there is no such setting, and which of the known ones was probably meant.

    >>> no_such_setting("DOWNLOAD_DELAYS", ["DOWNLOAD_DELAY", "DATA_DIR"])
    'DOWNLOAD_DELAYS: there is no such setting; did you mean DOWNLOAD_DELAY?'
    """
    if meant := close_matches(name, known):
        return f"{name}: there is no such setting; did you mean {meant[0]}?"
    return f"{name}: there is no such setting"


def no_such_source(name: str, known: Iterable[str]) -> str:
    """Say that there is no such source, and which of the known ones was probably meant.

    >>> no_such_source("yenmi", ["baosonla", "yenmy"])
    "there is no source 'yenmi'; did you mean yenmy? Known: baosonla, yenmy"
    """
    known = sorted(known)
    meant = close_matches(name, known, likeness=0.8)
    hint = f"did you mean {' or '.join(meant)}? Known" if meant else "known"
    return f"there is no source {name!r}; {hint}: {', '.join(known)}"


def close_matches(name: str, known: Iterable[str], likeness: float = 0.85) -> list[str]:
    """Return the known names most like this one, the most likely first; letter case is ignored."""
    by_folded = {each.casefold(): each for each in known}
    return [by_folded[folded] for folded in difflib.get_close_matches(name.casefold(), by_folded, 3, likeness)]


def origin(complaint: str, settings: BaseSettings) -> str:
    """Return where the setting comes from with which a complaint begins, in brackets; empty if from elsewhere.

    >>> origin("NEVER_HEARD_OF: is wrong", Settings())
    ''
    """
    name = complaint.partition(":")[0]
    on_command_line = (settings.getpriority(name) or 0) > _PRIORITY
    return f" ({_given.origins[name]})" if name in _given.origins and not on_command_line else ""


def unknown_sources(known: Iterable[str]) -> list[str]:
    """Return what is wrong with the names of the sources in the file."""
    known = list(known)
    return [
        f"{_given.file}: sources.{name}: {no_such_source(name, known)}" for name in _given.sources if name not in known
    ]


def given_sources() -> list[tuple[str, str]]:
    """Return the sources that have settings of their own, each with where these stand."""
    return [(source, f"{_given.file}: sources.{source}") for source in _given.sources]


def set_for_source(settings: BaseSettings, source: str) -> None:
    """Set what the operator wants for a source; the environment goes before the file, the command line before both."""
    own = {name: value for name, value in _given.sources.get(source, {}).items() if name not in _given.variables}
    given = {name: settings.attributes[name].value for name in _given.values}  # where folders are absolute by now
    settings.setdict(given | own, _PRIORITY)


def absolute(name: str, path: str) -> Path:
    """Return a path of the settings as one that means the same everywhere: `~` is the user's home, else from ROOT.

    :param name: of the setting or variable, for the message.
    :raises ConfigurationError: if it is in the home of nobody.

    >>> absolute("DATA_DIR", "/srv/data"), absolute("DATA_DIR", "~/news").is_relative_to(Path.home())
    (PosixPath('/srv/data'), True)
    """
    try:
        return ROOT / Path(path).expanduser()
    except RuntimeError as error:
        raise ConfigurationError(f"{name}: {path!r}: there is no such user") from error


def _configuration_file(environment: Mapping[str, str]) -> Path | None:
    """Return the file to read; none, if NEWSBOT_CONFIG is there but empty, or there is none where one may be."""
    named = environment.get("NEWSBOT_CONFIG")
    if named is not None:
        return absolute("NEWSBOT_CONFIG", named) if named else None
    usual = ROOT / "newsbot.toml"
    return usual if usual.exists() else None


def _content(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: is no text in UTF-8: byte {error.start + 1}") from error
    except ValueError as error:
        hint = "; texts stand in quotes" if "Invalid value" in str(error) else ""
        raise ConfigurationError(f"{file}: {error}{hint}") from error


def _texts(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _texts(value)
        elif isinstance(value, str):
            yield name, value


def _is_secret(name: str, value: str) -> bool:
    return bool(value) and (name.upper() in SECRETS or _PASSWORD.search(value) is not None)


def _checked(
    table: Mapping[str, Any], where: str, defaults: Mapping[str, object], *, for_a_source: bool = False
) -> Iterator[tuple[str, Any]]:
    """Yield the settings of a table of the file."""
    keys = {name.lower(): name for name in defaults}
    for key, value in table.items():
        if key not in keys:
            for name, variable in VARIABLES.items():
                if variable == f"{_PREFIX}{key.upper()}":
                    raise ConfigurationError(f"{where}: {key}: there is no such setting; did you mean {name.lower()}?")
            known = keys if for_a_source else [*keys, "sources"]
            raise ConfigurationError(f"{where}: {no_such_setting(key, known)}")
        name = keys[key]
        if for_a_source and name in FOR_ALL:
            raise ConfigurationError(f"{where}: {key}: cannot be set for one source alone")
        kind = kind_of(name, defaults[name])
        if not kind.fits(value):
            raise ConfigurationError(f"{where}: {key}: is not {kind.expected}")
        yield name, str(value) if kind.types[0] is str else value


def _variables(environment: Mapping[str, str], defaults: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """Yield the variables that set something: variable, setting, value.

    :param defaults: of all settings that may be given.
    """
    names = {_PREFIX + name: name for name in defaults} | {variable: name for name, variable in VARIABLES.items()}
    for variable in sorted(environment):
        if not variable.startswith(_PREFIX) or variable in OTHER_VARIABLES:
            continue
        if variable not in names:
            raise ConfigurationError(no_such_setting(variable, names))
        yield variable, names[variable], environment[variable]


def _read(variable: str, text: str, kind: Kind) -> object:
    """Return what a variable's text means."""
    try:
        return kind.read(text)
    except ValueError as error:
        wrong = "is no JSON object" if kind is FIELDS else f"{text!r} is not {kind.expected}"
        raise ConfigurationError(f"{variable}: {wrong}") from error
