"""Mistakes of importing: files that are not there, or must not be. Codes F05…"""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Mistake
from flowc.records import dataclass


@dataclass(frozen=True, kw_only=True)
class UnreadableImport(Mistake):
    """A file that is imported cannot be read. Its path counts from the folder of the file that imports it.

    Wrong:

        import "no such file.flow"
        on message -> reply "Thanks" -> end session

    Right:

        on message -> reply "Thanks" -> end session
    """

    code = "F0501"
    why: str

    def title(self) -> str:
        return "this file cannot be imported"

    def label(self) -> str:
        return self.why


@dataclass(frozen=True, kw_only=True)
class ImportOutside(Mistake):
    """An import leads out of the project: by an absolute path, or by `..`.

    Wrong:

        import "../common.flow"
        on message -> reply "Thanks" -> end session

    Right:

        on message -> reply "Thanks" -> end session
    """

    code = "F0502"

    def title(self) -> str:
        return "an import stays inside the project"

    def help(self) -> str | None:
        return "name a file beside this one or below it, with `/` between folders and without `..`"


@dataclass(frozen=True, kw_only=True)
class ImportCycle(Mistake):
    """Files import each other in a circle."""

    code = "F0503"
    circle: tuple[str, ...]

    def title(self) -> str:
        return "these files import each other in a circle"

    def notes(self) -> tuple[str, ...]:
        return ("the circle is " + " → ".join(f"`{path}`" for path in self.circle),)

    def help(self) -> str | None:
        return "move what both need into a third file"


@dataclass(frozen=True, kw_only=True)
class TooManyImports(Mistake):
    """A flow is made of more than 1,000 files."""

    code = "F0504"
    limit: int

    def title(self) -> str:
        return f"a flow is made of {self.limit:,} files at the most"
