"""The parts of the documents that are generated from the code's own tables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Final

from archive import addon
from archive.verify.rules import FAULTS, NOTES
from newsbot import settings
from newsbot.cms.family import FamilySpider
from newsbot.configuration.given_settings import project_defaults
from newsbot.configuration.settings_table import TABLE, markdown
from newsbot.health.exit_status import ExitStatus
from newsbot.items import FIELDS, SCHEMA_FILE
from newsbot.spider import NewsSpider
from newsbot.vietnamese.provinces import PROVINCES
from tests.documents.commands import Option, own_commands, scrapy_commands
from tests.harness.pages import SPIDERS, load
from tests.project import ROOT
from tests.test_architecture import MAY_IMPORT, PURE, ROOMS

SCHEMA: Final = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
_BLOCK: Final = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
#: Fields in the short example of the README.
_SHORT: Final = ("id", "url", "title", "sapo", "body", "authors", "published_at", "version", "change", "capture")


def filled(text: str) -> str:
    """Return a document with its generated parts as they should be.

    They stand between ``<!-- generated: NAME -->`` and ``<!-- end -->``.

    :raises KeyError: if nothing of that name is generated.
    """
    return _BLOCK.sub(lambda found: f"{found[1]}\n{GENERATED[found[2]]().strip()}\n\n{found[3]}", text)


def generated_parts(text: str) -> list[str]:
    """Return the names of a document's generated parts."""
    return [found[2] for found in _BLOCK.finditer(text)]


def table(head: str, *rows: tuple[str, ...]) -> str:
    """Return a table in Markdown; the columns of its head are separated by bars."""
    columns = head.split("|")
    lines = (f"| {' | '.join(cells)} |" for cells in (columns, *rows))
    return "\n".join((next(lines), f"|{'---|' * len(columns)}", *lines))


def example() -> dict[str, Any]:
    """Return the article line that the schema gives as an example."""
    line: dict[str, Any] = SCHEMA["examples"][0]
    return line


def kind(schema: dict[str, Any]) -> str:
    """Return in a word or two what a value may be.

    >>> kind({"type": ["string", "null"]}), kind({"$ref": "#/$defs/lines"}), kind({"const": 1})
    ('string or null', 'list of strings', '1')
    """
    if "const" in schema:
        return json.dumps(schema["const"])
    if "$ref" in schema:
        return kind(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    if "enum" in schema:
        return "string or null" if None in schema["enum"] else "string"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(each) for each in schema["anyOf"]))
    if schema["type"] == "array":
        return f"list of {kind(schema['items'])}s"
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join(types)


def meaning(schema: dict[str, Any]) -> str:
    """Return a field's description, that of what it refers to where it has none of its own."""
    if "description" in schema or "$ref" not in schema:
        return str(schema.get("description", ""))
    return meaning(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])


def _fields() -> str:
    rows = []
    for name in FIELDS:
        schema = SCHEMA["properties"][name]
        says = _cell(meaning(schema))
        if "enum" in schema and len(schema["enum"]) < 10:
            says += f" One of {', '.join(f'`{each}`' for each in schema['enum'] if each)}."
        rows.append((f'<a id="{name}"></a>`{name}`', kind(schema), says))
    return table("field|type|what it says", *rows)


def _example_line() -> str:
    return _json(example())


def _short_line() -> str:
    line = {name: value for name, value in example().items() if name in _SHORT}
    return _json(line | {"capture": {name: line["capture"][name] for name in ("file", "offset", "length")}})


def _json(line: dict[str, Any]) -> str:
    rows = (f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in line.items())
    return "```json\n{\n" + ",\n".join(rows) + "\n}\n```"


def _settings() -> str:
    return markdown(project_defaults(vars(settings)))


def _archive_settings() -> str:
    own = {name.removeprefix("_") for name in addon._DEFAULTS}
    rows = [(f"`{each.name}`", each.meaning) for each in TABLE if each.name in own]
    return table("setting|what it does", *rows)


def _rules(rules: dict[str, str], what: str) -> str:
    return table(f"rule|{what}", *((f"`{rule}`", says) for rule, says in rules.items()))


def _exit_statuses() -> str:
    return table("status|means", *((f"`{status.value}`", status.meaning) for status in ExitStatus))


def _command_statuses() -> str:
    """Return a row for each command that has statuses of its own; 2 means the same for all."""
    columns = ("0", "1", "3", "75")
    rows = []
    for command in own_commands():
        says = dict(command.statuses)
        if says:
            rows.append((f"[`{command.name}`](commands.md#{command.name})", *(says.get(each, "") for each in columns)))
    return table(f"command|{'|'.join(columns)}", *rows)


def _commands() -> str:
    return "\n\n".join(_section(command.name, command.usage, command.paragraphs, command.options, command.statuses)
                       for command in own_commands())  # fmt: skip


def _section(
    name: str, usage: str, paragraphs: list[str], options: list[Option], statuses: list[tuple[str, str]]
) -> str:
    parts = [f"## {name}", f"`scrapy {name} {usage}`", *map(_cell, paragraphs)]
    if options:
        parts.append(table("option|what it does", *((f"`{each.names}`", _cell(each.help)) for each in options)))
    if statuses:
        says = (f"{status}{f' {text}' if text else ''}" for status, text in statuses)
        parts.append(f"Exit status: {_cell(', '.join(says))}.")
    return "\n\n".join(parts)


def _cell(text: str) -> str:
    """Return a text that Markdown takes as it stands, also in a table."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def _scrapy_commands() -> str:
    return table("command|what it does", *((f"`{name}`", says) for name, says in scrapy_commands()))


def _sources() -> str:
    head = "spider|source|province today|system|known by|layouts, newest first|other hosts"
    return table(head, *(source_row(load(name)) for name in SPIDERS))


def _provinces() -> str:
    rows = (
        (each.name, each.kind, f"`{each.code}`", f"`{each.iso}`", ", ".join(each.predecessors)) for each in PROVINCES
    )
    return table("province|kind|code|ISO 3166-2|made of", *rows)


def source_row(spider: type[NewsSpider]) -> tuple[str, ...]:
    """Return the row of a source in the table of sources."""
    title, _, address = (spider.__doc__ or "").partition("\n")[0].rpartition(", ")
    return (
        f"`{spider.name}`",
        f"[{title}]({address})",
        spider.current_province or "(national)",
        ", ".join(cls.system for cls in spider.__mro__ if issubclass(cls, FamilySpider) and "signs" in vars(cls))
        or "own",
        spider.evidence,
        ", ".join(f"`{layout.name}`" for layout in spider.layouts) or "(none)",
        ", ".join(_other_hosts(spider.allowed_domains)),
    )


def _other_hosts(hosts: list[str]) -> list[str]:
    """Return all hosts but the first; one that has `www.` before another's name is not said."""
    return [host for host in hosts[1:] if not (host.startswith("www.") and host.removeprefix("www.") in hosts)]


def folders() -> Iterator[tuple[str, str]]:
    """Yield the folders of the archive and what is in them, as their packages say."""
    for package in sorted((ROOT / "archive").rglob("*/__init__.py")):
        name = str(package.parent.relative_to(ROOT))
        yield f"{name}/", about(name)


def about(name: str) -> str:
    """Return what a folder or a module says that it holds."""
    says = (import_module(name.replace("/", ".")).__doc__ or "").splitlines()
    assert says, f"{name} has no docstring"
    return says[0]


def _folders() -> str:
    return table("folder|what is in it", *((f"`{name}`", says) for name, says in folders()))


def _rooms() -> str:
    rows = []
    for room in ROOMS:
        name = f"newsbot/{room}"
        is_folder = (ROOT / name).is_dir()
        rows.append((f"`{name}/`" if is_folder else f"`{name}.py`", "yes" if room in PURE else "", about(name)))
    return table("from the top|pure|what is in it", *rows)


def _imports() -> str:
    rows = []
    for name, allowed in MAY_IMPORT.items():
        others = sorted(allowed - {name})
        rows.append((f"`{name}/`", ", ".join(f"`{each}/`" for each in others) or "nothing of the others"))
    return table("package|may import", *rows)


GENERATED: Final[dict[str, Callable[[], str]]] = {
    "settings": _settings,
    "archive-settings": _archive_settings,
    "faults": lambda: _rules(FAULTS, "what is wrong"),
    "notes": lambda: _rules(NOTES, "what is worth knowing"),
    "exit-statuses": _exit_statuses,
    "command-statuses": _command_statuses,
    "commands": _commands,
    "scrapy-commands": _scrapy_commands,
    "fields": _fields,
    "example-line": _example_line,
    "short-line": _short_line,
    "sources": _sources,
    "provinces": _provinces,
    "folders": _folders,
    "imports": _imports,
    "rooms": _rooms,
}
