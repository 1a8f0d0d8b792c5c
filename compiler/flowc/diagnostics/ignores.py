"""Mistakes in comments that silence a warning. Codes F061…"""

from __future__ import annotations

from typing import ClassVar

from flowc.diagnostics.diagnostic import Edit, Mistake, Severity, did_you_mean, near_names
from flowc.records import dataclass
from flowc.source import Span


@dataclass(frozen=True, kw_only=True)
class UselessIgnore(Mistake):
    """A comment silences a warning that is not given there.

    Such a comment would hide the next one of its kind. `flowc check --fix` takes it away.

    Wrong:

        timeout 1 hour
        on message -> reply "Thanks." -> end session  # flowc: ignore[F0407]

    Right:

        timeout 1 hour
        on message -> reply "Thanks." -> end session
    """

    code = "F0610"
    severity: ClassVar[Severity] = "warning"
    ignored: str
    removed: Span

    def title(self) -> str:
        return f"there is no {self.ignored} to ignore here"

    def help(self) -> str | None:
        return "take it away"

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.removed, ""),)


@dataclass(frozen=True, kw_only=True)
class UnknownIgnoredCode(Mistake):
    """A comment silences a warning by a code that there is not.

    Wrong:

        on message -> ask name "Who?" -> end session  # flowc: ignore[F0470]

    Right:

        on message -> ask name "Who?" -> reply "Thanks." -> end session  # flowc: ignore[F0407]
    """

    code = "F0611"
    ignored: str
    warnings: tuple[str, ...]

    def title(self) -> str:
        return f"there is no diagnostic `{self.ignored}`"

    def help(self) -> str | None:
        near = did_you_mean(near_names(self.ignored, self.warnings))
        return near or f"the codes of warnings are {', '.join(self.warnings)}"


@dataclass(frozen=True, kw_only=True)
class IgnoredError(Mistake):
    """A comment is to silence an error.

    Only a warning can be silenced. Where there is an error the flow cannot be compiled, or people would meet what
    nobody meant, and no comment changes that: silencing it would give no machine all the same.

    Wrong:

        timeout 1 hour
        # flowc: ignore[F0403]
        state menu
          on message -> end session
        on message -> end session

    Right:

        timeout 1 hour
        state menu
          on message -> reply "Thanks." -> end session
        on message -> reply "Hello." -> goto menu
    """

    code = "F0612"
    ignored: str
    summary: str

    def title(self) -> str:
        return f"{self.ignored} is an error, and no error can be ignored"

    def notes(self) -> tuple[str, ...]:
        return (
            f"{self.ignored}: {self.summary}",
            "with an error in it, a flow has no machine that could run",
        )

    def help(self) -> str | None:
        return f"mend it: `flowc explain {self.ignored}` shows how"


@dataclass(frozen=True, kw_only=True)
class BadIgnore(Mistake):
    """A comment for the compiler is not written as one. It must name the codes that it silences.

    Wrong:

        on message -> ask name "Who?" -> end session  # flowc: ignore F0407

    Right:

        on message -> ask name "Who?" -> reply "Thanks." -> end session  # flowc: ignore[F0407]
    """

    code = "F0613"

    def title(self) -> str:
        return "this comment says nothing that the compiler knows"

    def help(self) -> str | None:
        return "write `# flowc: ignore[F0407]` for one line, `# flowc: ignore-file[F0407]` for the file"


@dataclass(frozen=True, kw_only=True)
class LateIgnore(Mistake):
    """A comment for the whole file stands below its first line, where a reader does not look for it.

    Wrong:

        on message -> ask name "Who?" -> end session
        # flowc: ignore-file[F0407]

    Right:

        # flowc: ignore-file[F0407]
        on message -> ask name "Who?" -> reply "Thanks." -> end session
    """

    code = "F0614"

    def title(self) -> str:
        return "what is ignored in the whole file must be said at its top"

    def help(self) -> str | None:
        return "move it above the first line that is no comment"
