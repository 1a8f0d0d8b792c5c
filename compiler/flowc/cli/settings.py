"""Settings: `[tool.flowc]` in the pyproject.toml of a project gives the options of the commands other defaults.

A setting is an option by its long name. `color` is for all commands; all others stand in the table of their
command, as `[tool.flowc.check]`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import click

from flowc.cli.streams import complain, tell
from flowc.cli.toml_places import Key, key_places
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.settings import BadSetting, BadToml, UnknownSetting
from flowc.diagnostics.text import draw
from flowc.records import dataclass
from flowc.source import Source, Sources, Span, source_of

FILE = "pyproject.toml"
TABLE: Key = ("tool", "flowc")
COMMON = ("color",)


class BadSettings(Exception):
    """The settings are wrong; `mistakes` say why, in `source`."""

    def __init__(self, mistakes: tuple[Mistake, ...], source: Source) -> None:
        super().__init__(f"the settings in `{source.path}` are wrong")
        self.mistakes = mistakes
        self.source = source


def defaults(folder: Path, command: click.Command, commands: Iterable[str]) -> dict[str, Any]:
    """The defaults for the parameters of `command` in a project that `folder` belongs to, by their names.

    They are those of the nearest file above that has settings. Raises `BadSettings`.
    """
    for above in (folder, *folder.parents):
        found = _read(above / FILE)
        if found is not None:
            settings = _Settings(*found, command, tuple(commands))
            if settings.mistakes:
                raise BadSettings(tuple(settings.mistakes), settings.source)
            return settings.defaults
    return {}


def explain(error: BadSettings) -> None:
    """Show what is wrong with the settings."""
    for mistake in error.mistakes:
        tell(draw(mistake.diagnostic(), Sources({error.source.path: error.source})) + "\n")
    complain(str(error))


def _read(path: Path) -> tuple[Source, Mapping[str, object]] | None:
    """What a file says, and what it holds under `tool.flowc`; None where that is nothing, or there is no file."""
    try:
        data = path.read_bytes()
        source = source_of(_shown(path), data.decode() if b"flowc" in data else "")
    except (OSError, UnicodeDecodeError):
        return None
    try:
        tool = tomllib.loads(source.text).get("tool")
    except tomllib.TOMLDecodeError as error:
        raise BadSettings((_no_toml(error, source),), source) from None
    table = cast("dict[str, object]", tool).get("flowc") if isinstance(tool, dict) else None
    return (source, cast("dict[str, object]", table)) if isinstance(table, dict) else None


def _shown(path: Path) -> str:
    """The path as a person in the working folder would write it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _no_toml(error: tomllib.TOMLDecodeError, source: Source) -> Mistake:
    why, _, where = str(error).partition(" (at ")
    at = re.match(r"line (\d+), column (\d+)", where)
    start = source.line_starts[int(at[1]) - 1] + int(at[2]) - 1 if at else len(source.text) - 1
    return BadToml(span=Span(source.path, start, start + 1), why=f"{why[:1].lower()}{why[1:]}")


class _Settings:
    """The settings of one file, as far as they matter to one command."""

    def __init__(
        self, source: Source, table: Mapping[str, object], command: click.Command, commands: tuple[str, ...]
    ) -> None:
        self.source = source
        self.mistakes: list[Mistake] = []
        self.defaults: dict[str, Any] = {}
        self._places = key_places(source.text)
        self._name = str(command.name)
        self._options = {_setting(it): it for it in command.params if isinstance(it, click.Option)}
        self._take(TABLE, table, dict(self._common()), (*COMMON, *commands))
        if isinstance(own := table.get(self._name), dict):
            known = {name: it for name, it in self._options.items() if name not in COMMON}
            self._take((*TABLE, self._name), cast("dict[str, object]", own), known, known)

    def _common(self) -> Iterator[tuple[str, click.Option | None]]:
        return ((name, self._options.get(name)) for name in COMMON)

    def _take(
        self,
        table: Key,
        settings: Mapping[str, object],
        options: Mapping[str, click.Option | None],
        known: Iterable[str],
    ) -> None:
        """Take the settings of one table, in which `options` may stand."""
        for name, value in settings.items():
            if name not in known or (name not in options and not _is_table(value)):
                self.mistakes.append(self._unknown(table, name, tuple(known)))
            elif (option := options.get(name)) is not None:
                self._set(option, (*table, name), value)

    def _unknown(self, table: Key, name: str, known: tuple[str, ...]) -> Mistake:
        command = self._name if table == TABLE and name in self._options else ""
        span = self._span((*table, name))
        return UnknownSetting(span=span, name=name, table=".".join(table), known=known, command=command)

    def _set(self, option: click.Option, key: Key, value: object) -> None:
        wanted = _wanted(option)
        if not wanted.takes(value):
            found = f'"{value}"' if isinstance(value, str) else _written(value)
            bad = BadSetting(span=self._span(key), name=key[-1], found=found, wanted=wanted.words)
            self.mistakes.append(bad)
        elif isinstance(option.type, click.Path):
            self.defaults[str(option.name)] = str(Path(self.source.path).parent / str(value))
        else:
            self.defaults[str(option.name)] = value

    def _span(self, key: Key) -> Span:
        """The place of a key, or of the nearest table around it that has one."""
        while key not in self._places and len(key) > 1:
            key = key[:-1]
        return Span(self.source.path, *self._places.get(key, (0, 0)))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an option takes: a kind of value, and which of them, where not all."""

    kind: type
    words: str
    choices: tuple[str, ...] = ()
    least: int | None = None

    def takes(self, value: object) -> bool:
        """Whether `value` is one."""
        if type(value) is not self.kind or (self.choices and value not in self.choices):
            return False
        return not (self.least is not None and isinstance(value, int) and value < self.least)


def _wanted(option: click.Option) -> _Wanted:
    if option.is_flag:
        return _Wanted(bool, "true or false")
    match option.type:
        case click.Choice() as choice:
            names = tuple(map(str, cast("Iterable[object]", choice.choices)))
            return _Wanted(str, f"one of {', '.join(names)}", names)
        case click.IntRange(min=least) if least is not None:
            return _Wanted(int, f"a whole number, at least {least:g}", least=int(least))
        case click.types.IntParamType():
            return _Wanted(int, "a whole number")
        case _:
            return _Wanted(str, "a text in quotes")


def _setting(option: click.Option) -> str:
    """The name of an option as a setting: its long one.

    >>> _setting(click.Option(["-o", "--output"]))
    'output'
    """
    return max(option.opts, key=len).lstrip("-")


def _written(value: object) -> str:
    """A value in the words of TOML, as far as it is short."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return str(value)


def _is_table(value: object) -> bool:
    return isinstance(value, dict)
