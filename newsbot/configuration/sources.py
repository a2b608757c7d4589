"""Loads the sources one by one: an error in one module disables that source alone, and is told in one line."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader, SpiderLoaderProtocol
from scrapy.utils.spider import iter_spider_classes


class SourceLoader(SpiderLoader):
    """Scrapy's loader, which does not end with the first module that cannot be imported.

    What is wrong is in ``mistakes``, by source: the last part of a module's name, which is the spider's.
    """

    def __init__(self, settings: BaseSettings):
        self.mistakes: dict[str, str] = {}
        super().__init__(settings)

    def _load_all_spiders(self) -> None:
        for name in self.spider_modules:
            if (package := self._import(name)) is not None:
                self._load_spiders(package)
                for module in walk_packages(getattr(package, "__path__", ()), f"{name}."):
                    if (found := self._import(module.name)) is not None:
                        self._load_spiders(found)

    def _import(self, name: str) -> ModuleType | None:
        try:
            return import_module(name)
        except (Exception, SystemExit) as error:  # whatever a module does when it is imported is a mistake in it
            self.mistakes[name.rpartition(".")[2]] = import_mistake(_file(name), error)
            return None

    def _load_spiders(self, module: ModuleType) -> None:
        for cls in iter_spider_classes(module):
            file, source = _file(module.__name__), module.__name__.rpartition(".")[2]
            other = self._spiders.get(cls.name)
            if not hasattr(cls, "allowed_domains"):
                self.mistakes[source] = f"{file}: {cls.__name__}: allowed_domains is missing"
                continue
            self._spiders[cls.name] = cls
            if other is not None and other is not cls:
                if other.__module__.endswith(f".{cls.name}"):  # each module is named after its source
                    self._spiders[cls.name], other = other, cls
                wrong = other.__module__
                self.mistakes[wrong.rpartition(".")[2]] = (
                    f"{_file(wrong)}: {other.__name__}: name: {cls.name!r} is that of another source"
                )


def mistaken_sources(loader: SpiderLoaderProtocol, names: Iterable[str] = ()) -> dict[str, str]:
    """Return what is wrong with sources, with those of some names or with any, one line each."""
    wanted = set(names)
    mistakes = loader.mistakes if isinstance(loader, SourceLoader) else {}
    return {name: line for name, line in sorted(mistakes.items()) if not wanted or name in wanted}


def all_sources(loader: SpiderLoaderProtocol) -> list[str]:
    """Return the names of all sources, those that cannot be loaded among them: a crawl of one may be under way."""
    return sorted({*loader.list(), *mistaken_sources(loader)})


def import_mistake(file: str, error: BaseException) -> str:
    """Return in a line where and why a file cannot be imported."""
    frames = traceback.extract_tb(error.__traceback__)
    line = error.lineno if isinstance(error, SyntaxError) else None
    if line is None:
        line = next((frame.lineno for frame in reversed(frames) if frame.filename.endswith(file)), None)
    message = error.msg if isinstance(error, SyntaxError) else error.args[0] if error.args else ""
    kind = "" if type(error).__name__ == "ConfigurationError" else f"{type(error).__name__}: "
    return " ".join(f"{file}{f', line {line}' if line else ''}: {kind}{message}".split())


def _file(module: str) -> str:
    path = Path(*module.split("."))
    return str(path / "__init__.py" if not path.with_suffix(".py").exists() and path.is_dir() else f"{path}.py")
