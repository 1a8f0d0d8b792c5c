"""Mistakes in the settings of a project, `[tool.flowc]` in pyproject.toml. Codes F060…"""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Mistake, did_you_mean, near_names
from flowc.records import dataclass


@dataclass(frozen=True, kw_only=True)
class UnknownSetting(Mistake):
    """A name under `[tool.flowc]` in pyproject.toml is no setting.

    `color` stands there itself; the options of a command stand in a table of its own, by their long names.

    Wrong:

        [tool.flowc.check]
        fromat = "github"

    Right:

        [tool.flowc.check]
        format = "github"
    """

    code = "F0601"
    name: str
    table: str
    known: tuple[str, ...]
    command: str = ""

    def title(self) -> str:
        return f"`{self.table}` has no setting `{self.name}`"

    def help(self) -> str | None:
        if self.command:
            return f"it belongs to a command: write it under `[{self.table}.{self.command}]`"
        near = did_you_mean(near_names(self.name, self.known))
        return near or f"the settings there are {', '.join(self.known)}"


@dataclass(frozen=True, kw_only=True)
class BadSetting(Mistake):
    """A setting in pyproject.toml has a value that it cannot have.

    Wrong:

        [tool.flowc.check]
        max-errors = "all"

    Right:

        [tool.flowc.check]
        max-errors = 0
    """

    code = "F0602"
    name: str
    found: str
    wanted: str

    def title(self) -> str:
        return f"`{self.name}` cannot be {self.found}"

    def help(self) -> str | None:
        return f"it must be {self.wanted}"


@dataclass(frozen=True, kw_only=True)
class BadToml(Mistake):
    """The pyproject.toml that has the settings of the project cannot be read as TOML.

    Wrong:

        [tool.flowc]
        color = never

    Right:

        [tool.flowc]
        color = "never"
    """

    code = "F0603"
    why: str

    def title(self) -> str:
        return f"this is no TOML: {self.why}"

    def help(self) -> str | None:
        return "mend the file: its `[tool.flowc]` has the settings for this run"
