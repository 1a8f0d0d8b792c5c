"""What a new version of a flow does to people who are in the middle of a conversation. Codes F0801 to F0809."""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Mistake
from flowc.records import dataclass


@dataclass(frozen=True, kw_only=True)
class LostSession(Mistake):
    """A session that rests in a wait of the old flow has no place in the new one.

    It would end as outdated: the contact is told so, and begins anew. `flowc diff` reports it. Where something was
    renamed, a `renamed` in the flow keeps its sessions; where a variable is needed that they do not hold, `let` gives
    it a value to begin with.
    """

    code = "F0801"
    wait: str
    why: str
    conversation: tuple[str, ...]
    proposal: str | None = None
    sessions: int | None = None

    def title(self) -> str:
        return f"who is in `{self.wait}` loses the session{_counted(self.sessions)}"

    def notes(self) -> tuple[str, ...]:
        return (f"{self.why}", _there(self.conversation))

    def help(self) -> str | None:
        if self.proposal is not None:
            return f"if it is the same wait under another name, write `{self.proposal}`"
        return None


@dataclass(frozen=True, kw_only=True)
class RepeatedStep(Mistake):
    """A session that rests in a wait goes on in the new flow, which waits for something else there.

    What the contact answers to the old question is held against the new one, and may have to be said again.
    `flowc diff` reports it.
    """

    code = "F0802"
    severity = "warning"
    wait: str
    why: str
    conversation: tuple[str, ...]
    sessions: int | None = None

    def title(self) -> str:
        return f"who is in `{self.wait}` may have to do this step again{_counted(self.sessions)}"

    def notes(self) -> tuple[str, ...]:
        return (f"before, {self.why}", _there(self.conversation))


@dataclass(frozen=True, kw_only=True)
class LostFlow(Mistake):
    """A flow is gone, or has another name: all its sessions end as outdated. `flowc diff` reports it."""

    code = "F0803"
    name: str
    waits: int
    sessions: int | None = None

    def title(self) -> str:
        return f"the flow `{self.name}` is gone{_counted(self.sessions)}"

    def notes(self) -> tuple[str, ...]:
        return (f"sessions in its {self.waits} waits end as outdated",)


def _counted(sessions: int | None) -> str:
    if sessions is None:
        return ""
    return f" ({sessions} live session{'s' if sessions != 1 else ''})"


def _there(conversation: tuple[str, ...]) -> str:
    return "\n".join(["this conversation leads there:", *(f"  {line}" for line in conversation)])
