"""A session: where one contact stands in a flow. It is the model of the machine, and only slots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar

from flowrt.events import Message, Result
from flowrt.slots import written
from flowrt.time import EARLIEST, Instant, Period
from flowrt.values import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flowrt.kinds import Kind

INITIAL = "start"
"""The state of a contact without a session."""

AWAITED = frozenset({"result", "elapsed"})
"""The triggers that bring what a session awaits that is not the contact."""

_WAIT = "#wait"


def wait_key(event: str) -> str:
    """The key of a `wait` that began with the event of this key.

    >>> wait_key("m1"), awaiting(wait_key("m1")), awaiting("m1#0"), awaiting(None)
    ('m1#wait', 'elapsed', 'result', None)
    """
    return f"{event}{_WAIT}"


def awaiting(pending: str | None) -> str | None:
    """The trigger that brings what a session awaits under the key `pending`."""
    if pending is None:
        return None
    return "elapsed" if pending.endswith(_WAIT) else "result"


class Variables:
    """The base of a generated module's `Variables`: one slot for each variable, empty while it is unset."""

    __slots__: tuple[str, ...] = ()
    kept: ClassVar[tuple[str, ...]] = ()
    """The slots whose values stay with the contact when the session ends."""
    secrets: ClassVar[tuple[str, ...]] = ()
    """The slots that are emptied at each wait: they are in no stored session, and no host is told of them."""
    names: ClassVar[Mapping[str, str]] = {}
    """What the flow calls the variables of its dialogs, by slot: the path of the dialog belongs to the name."""
    kinds: ClassVar[Mapping[str, Kind[Any]]] = {}
    """The type of each variable, by slot."""
    defaults: ClassVar[Mapping[str, Value]] = {}
    """What those variables begin with that begin with a plain value, by slot."""

    def held(self) -> dict[str, Value]:
        """The variables that are set, with their values, in order of declaration; no secrets among them."""
        return {
            self.names.get(slot) or written(slot): getattr(self, slot)
            for slot in self.__slots__
            if hasattr(self, slot) and slot not in self.secrets
        }

    @classmethod
    def slots(cls) -> dict[str, str]:
        """The slots, by what the flow calls their variables."""
        return {cls.names.get(slot) or written(slot): slot for slot in cls.__slots__}


V = TypeVar("V", bound=Variables)


class Deadline(NamedTuple):
    """A clock that runs: when it is due it fires `trigger`.

    `period`, in microseconds, is how long the contact must be silent; 0 marks an instant that no message
    moves.
    """

    trigger: str
    due: Instant
    period: Period


@dataclass(slots=True)
class Interrupted:
    """The wait that an `anytime` left, kept for the way back."""

    state: str
    tries: int
    reminded: tuple[str, ...]
    fixed: tuple[Deadline, ...]
    pending: str | None
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A session that a flow has no place for, and why: `values` are those that it held, under their old names."""

    id: str
    values: Mapping[str, Value]
    why: str


class Session(Generic[V]):
    """One contact's place in a flow.

    `state` is the name of a state of the machine, `start` when there is no session. `deadlines` holds the flow's
    clock first (trigger `expire`), then those of the present wait. `tries` counts the wrong answers of the present
    wait, `reminded` names the reminders already said in this visit, `pending` is the key of what is awaited that is
    not the contact, a call's result or the end of a `wait`, and `held` are the messages that came meanwhile. `team`
    is whom the contact was handed to: then its messages are theirs. `name` is what the contact last called itself.
    """

    __slots__ = (
        "at",
        "contact",
        "deadlines",
        "held",
        "id",
        "interrupted",
        "name",
        "pending",
        "reminded",
        "state",
        "team",
        "tries",
        "vars",
    )

    def __init__(self, contact: str, variables: V) -> None:
        self.contact = contact
        self.state = INITIAL
        self.vars = variables
        self.held: tuple[Message, ...] = ()
        self.team: str | None = None
        self.name: str | None = None
        self.at: Instant = EARLIEST
        self.clear()

    def clear(self) -> None:
        """Forget all that belongs to the session: path, answers, timers and pending results. `held`
        messages stay.
        """
        self.id = ""
        before, self.vars = self.vars, type(self.vars)()
        for slot in before.kept:
            if hasattr(before, slot):
                setattr(self.vars, slot, getattr(before, slot))
        self.deadlines: tuple[Deadline, ...] = ()
        self.tries = 0
        self.reminded: tuple[str, ...] = ()
        self.interrupted: Interrupted | None = None
        self.pending: str | None = None

    def begin_kept(self) -> tuple[str, ...]:
        """Give what is kept of a contact, where it is unset, the plain value that it begins with.

        Returns the slots that were given one.
        """
        defaults = self.vars.defaults
        begun = tuple(slot for slot in self.vars.kept if slot in defaults and not hasattr(self.vars, slot))
        for slot in begun:
            setattr(self.vars, slot, defaults[slot])
        return begun

    def forget(self, slots: tuple[str, ...]) -> None:
        """Unset these variables."""
        for slot in slots:
            delattr(self.vars, slot)

    @property
    def is_open(self) -> bool:
        """Whether there is a session at all."""
        return self.state != INITIAL

    @property
    def leaves_something(self) -> bool:
        """Whether there is anything to keep of this contact: a session, a team it was handed to, kept values."""
        return (
            self.is_open or self.team is not None or any(hasattr(self.vars, slot) for slot in self.vars.kept)
        )

    @property
    def due(self) -> Instant | None:
        """The earliest of the deadlines, or None."""
        return min((deadline.due for deadline in self.deadlines), default=None)

    def heard(self, at: Instant) -> None:
        """The contact has written at `at`: every clock of silence starts anew."""
        self.deadlines = tuple(
            Deadline(trigger, at + period, period) if period else deadline
            for deadline in self.deadlines
            for trigger, _, period in (deadline,)
        )
