"""A turn: one event taken by a session, and the effects so far. Generated callbacks work through it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flowrt.answers import Reader
from flowrt.effects import Call, Dropped, Effect, Emitted, Ended, EndReason, Reply, ReplyKind
from flowrt.errors import MissingAction, TooManyReplies, TooManySteps, WrongResult
from flowrt.events import Due, Event, HostEvent, Message, Result, event_key
from flowrt.kinds import Kind
from flowrt.limits import MAX_REPLIES, MAX_STEPS
from flowrt.patterns import Found, Pattern
from flowrt.session import Deadline, Interrupted, Lost, Session, wait_key
from flowrt.slots import written
from flowrt.text import fold
from flowrt.time import SECOND, Instant, moment
from flowrt.values import Media, MediaKind, Value

if TYPE_CHECKING:
    from flowrt.captures import TextPattern

T = TypeVar("T")

Functions = Mapping[str, Callable[..., object]]
"""The functions of the flow, by name: pure and instant, written by the bot's engineer."""


class Turn:
    """One event, at the instant `at`, for `session`; what it causes is added to `effects`, behind those before
    `begun`, which are another's.
    """

    __slots__ = (
        "_answer",
        "_captured",
        "_folded",
        "_found",
        "_steps",
        "at",
        "begun",
        "called",
        "cause",
        "deferred",
        "effects",
        "event",
        "failures",
        "functions",
        "key",
        "left",
        "lost",
        "ready",
        "reason",
        "returns",
        "says_again",
        "session",
        "stays",
        "taken",
        "under_way",
    )

    def __init__(
        self,
        session: Session[Any],
        event: Event,
        at: Instant,
        key: str,
        effects: list[Effect],
        functions: Functions | None = None,
        begun: int = 0,
    ) -> None:
        self.session = session
        self.left = session.state
        self.event = event
        self.at = at
        self.key = key
        self.effects = effects
        self.begun = begun
        self.functions = functions
        self.called: str | None = None
        self.says_again = False
        self.stays = False
        self.returns = False
        self.ready: Result | None = None
        self.reason: EndReason = "ended by host"
        self.cause: str | None = None
        self.lost: Lost | None = None
        self.failures = 0
        self.taken = False
        self.under_way = False
        self.deferred: Callable[[], object] | None = None
        self._answer: tuple[Reader[Any], Any] | None = None
        self._captured: tuple[TextPattern, dict[str, Value] | None] | None = None
        self._folded: str | None = None
        self._found: tuple[Pattern, Found | None] | None = None
        self._steps = 0

    # What came in.

    @property
    def message(self) -> Message | None:
        """The message of this turn, if the event is one."""
        return self.event if isinstance(self.event, Message) else None

    @property
    def folded(self) -> str | None:
        """The text of the message, folded for comparing; None where there is none."""
        if self._folded is None and isinstance(self.event, Message) and self.event.text is not None:
            self._folded = fold(self.event.text)
        return self._folded

    @property
    def failure(self) -> str | None:
        """Why the awaited call failed, in words; None where it did not."""
        if isinstance(self.event, Due):
            return "it took longer than it may"
        return self.event.failure if isinstance(self.event, Result) else None

    def finds(self, pattern: Pattern) -> bool:
        """Whether `pattern` finds something in the text of the message."""
        if self._found is None or self._found[0] is not pattern:
            text = None if self.message is None else self.message.text
            self._found = (pattern, None if text is None else pattern.find(text))
        return self._found[1] is not None

    def found(self, pattern: Pattern, group: str | None = None) -> str | None:
        """What `pattern` found, or what its named `group` did, None for one that took no part; `finds(pattern)` must
        hold.
        """
        if not self.finds(pattern):
            raise AssertionError("what was found was stored, and its guard had found nothing")
        found = cast("tuple[Pattern, Found]", self._found)[1]
        return found.text if group is None else found.groups[group]

    def fits(self, pattern: TextPattern) -> bool:
        """Whether the text of the message is of `pattern`, a text with captures."""
        if self._captured is None or self._captured[0] is not pattern:
            text = None if self.message is None else self.message.text
            self._captured = (pattern, None if text is None else pattern.match(text, self.at))
        return self._captured[1] is not None

    def captured(self, pattern: TextPattern, name: str, kind: Kind[T]) -> T:
        """What the capture `name` of `pattern` holds; `fits(pattern)` must hold."""
        if not self.fits(pattern):
            raise AssertionError("a capture was stored that its guard had not seen")
        return kind.of(cast("tuple[TextPattern, dict[str, Value]]", self._captured)[1][name])

    @property
    def is_text(self) -> bool:
        """Whether the message is text and brings no media."""
        return self.message is not None and self.message.text is not None and self.message.media is None

    def has(self, kind: MediaKind) -> bool:
        """Whether the message brings media of this kind."""
        return self.message is not None and self.message.media is not None and self.message.media.kind == kind

    @property
    def media(self) -> Media:
        """The media of the message; `has` of its kind must hold."""
        if self.message is None or self.message.media is None:
            raise AssertionError("media was stored that its guard had not seen")
        return self.message.media

    def carries(self, **kinds: Kind[Any]) -> bool:
        """Whether the host's event has a value of each of these names, of its kind."""
        if not isinstance(self.event, HostEvent):
            return False
        values = self.event.values
        return all(kind.admits(values.get(written(slot))) for slot, kind in kinds.items())

    def carried(self, name: str, kind: Kind[T]) -> T:
        """The value `name` of the host's event; `carries` of it must hold."""
        return kind.of(self.event.values.get(name) if isinstance(self.event, HostEvent) else None)

    def gave(self, kind: Kind[Any]) -> bool:
        """Whether the awaited call gave a value of this kind."""
        return isinstance(self.event, Result) and self.event.failure is None and kind.admits(self.event.value)

    def result(self, kind: Kind[T]) -> T:
        """The result of the call; `gave` of the same kind must hold."""
        if not isinstance(self.event, Result):
            raise AssertionError("a result was stored that its guard had not seen")
        return kind.of(self.event.value)

    def apply(self, name: str, kind: Kind[T], *arguments: Value) -> T:
        """What the flow's function `name` makes of `arguments`.

        Raises `MissingAction` where there is no such function, `WrongResult` where it gives a value of another type,
        and whatever the function raises.
        """
        from flowrt.forms import admitted_as  # noqa: PLC0415 - a flow without functions does without

        function = (self.functions or {}).get(name)
        if function is None:
            raise MissingAction(f"the flow uses the function `{name}`, and none was given")
        value = function(*arguments)
        try:
            return admitted_as(value, kind)
        except ValueError as error:
            raise WrongResult(f"the function `{name}` returned {error}") from None

    @property
    def now(self) -> datetime:
        """The instant of the event, in UTC."""
        return moment(self.at)

    @property
    def today(self) -> date:
        """The day of the event, in UTC."""
        return self.now.date()

    @property
    def sent(self) -> datetime | None:
        """When the provider says that the message was sent, in UTC; None where it does not, or there is none."""
        message = self.message
        return None if message is None or message.sent is None else moment(message.sent)

    def reads(self, reader: Reader[Any]) -> bool:
        """Whether the message is an answer that `reader` understands."""
        if self._answer is None or self._answer[0] is not reader:
            message = self.message
            self._answer = (reader, None if message is None else reader(message, self.at))
        return self._answer[1] is not None

    @property
    def text(self) -> str:
        """The text of the message in the user's spelling, trimmed; empty where there is none."""
        return (self.event.text or "").strip() if isinstance(self.event, Message) else ""

    @property
    def written(self) -> str | None:
        """The text of the message in the user's spelling, trimmed; None where there is none."""
        return self.text if self.message is not None and self.message.text is not None else None

    def answer(self, reader: Reader[T]) -> T:
        """What `reader` makes of the message; `reads(reader)` must hold."""
        if not self.reads(reader):
            raise AssertionError("an answer was stored that its guard had not read")
        return cast("tuple[Reader[T], T]", self._answer)[1]

    # What goes out.

    def next_id(self) -> str:
        """The stable id of the next effect."""
        return f"{self.key}#{len(self.effects)}"

    def reply(self, text: str, buttons: tuple[str, ...] = (), *, as_list: bool = False) -> None:
        """Say `text`, with buttons of these labels."""
        self._say(Reply(self.next_id(), self.session.contact, text, buttons, as_list=as_list))

    def reply_with(
        self,
        kind: ReplyKind,
        content: str,
        caption: str = "",
        buttons: tuple[str, ...] = (),
        *,
        as_list: bool = False,
    ) -> None:
        """Say something that is no text: of this kind, with what the flow writes behind it."""
        self._say(Reply(self.next_id(), self.session.contact, caption, buttons, kind, content, as_list))

    def _say(self, reply: Reply) -> None:
        said = sum(isinstance(effect, Reply) for effect in self.effects[self.begun :])
        if said >= MAX_REPLIES and not self.failures:  # that something went wrong is always said
            raise TooManyReplies(f"one event caused more than {MAX_REPLIES} replies")
        self.effects.append(reply)

    def call(self, name: str, limit: float, /, **arguments: Value) -> None:
        """Ask for the action `name`, which may take `limit` seconds, and await its result."""
        self._call(Call(self.next_id(), self.session.contact, name, arguments, limit))

    def call_secretly(self, name: str, limit: float, /, **arguments: Value) -> None:
        """`call`, with a secret among the arguments: they are never stored, and after a crash it has failed."""
        self._call(Call(self.next_id(), self.session.contact, name, arguments, limit, secret=True))

    def _call(self, call: Call) -> None:
        self.called = call.id
        self.effects.append(call)

    def drop(self, name: str) -> None:
        """Tell the host that nothing took its event `name`."""
        self.effects.append(Dropped(self.next_id(), self.session.contact, name))

    # The life of the session.

    def open(self, expire: float | None) -> None:
        """Open the session; with `expire`, it ends after that many seconds of silence."""
        session = self.session
        session.clear()
        session.id = event_key(self.event, self.at)
        if expire is not None:
            period = round(expire * SECOND)
            session.deadlines = (Deadline("expire", self.at + period, period),)

    def end(self, reason: EndReason, team: str | None = None) -> None:
        """End the session: tell the host, and forget all but the messages held."""
        session = self.session
        values, id = session.vars.held(), session.id or event_key(self.event, self.at)
        self.effects.append(Ended(self.next_id(), session.contact, id, reason, values, self.cause, team))
        session.clear()
        session.name = None

    def outdate(self) -> None:
        """Tell the host of the session that the flow has no place for. What is kept of the contact is in the present
        one.
        """
        lost = self.lost
        if lost is None:
            raise AssertionError("only a session that was lost can be outdated")
        why = (
            lost.why if self.cause is None else f"{lost.why}; what the flow says of that failed: {self.cause}"
        )
        contact, self.session.name = self.session.contact, None
        self.effects.append(Ended(self.next_id(), contact, lost.id, "outdated", lost.values, why))

    def forget(self, *slots: str) -> None:
        """Unset variables: a dialog that is run anew begins without them."""
        for slot in slots:
            if hasattr(self.session.vars, slot):
                delattr(self.session.vars, slot)

    def hand_over(self, team: str) -> None:
        """End the session and leave the contact, and what it has said meanwhile, to `team`."""
        self.end("handed off", team)
        self.session.team = team
        self.session.held = ()

    def emit(self, name: str, /, **values: Value) -> None:
        """Tell the host that `name` happened."""
        named = {written(slot): value for slot, value in values.items()}
        self.effects.append(Emitted(self.next_id(), self.session.contact, name, named))

    def pick(self, count: int) -> int:
        """A number from 0 below `count`, drawn from the event: the same whenever it is replayed."""
        return zlib.crc32(self.next_id().encode("utf-8", "surrogatepass")) % count

    def arrive(self, *clocks: tuple[str, float], pending: bool = False) -> None:
        """Come to rest in a wait and start its `clocks`: triggers with their seconds of silence.

        A new visit begins, but on the way back from `anytime` and by `again`, which continue the one that was.
        With `pending` the wait is for a result, and its only clock is an instant that no message moves.
        """
        session = self.session
        fixed: tuple[Deadline, ...] = ()
        self.forget(*session.vars.secrets)
        if self.stays and session.state == self.left and not self.returns:
            return  # the clocks run on: what a message starts anew was started when it came
        if self.returns:
            self.returns = False
            fixed = tuple(deadline for deadline in session.deadlines if not deadline.period)
        else:
            session.tries = 0
            session.reminded = ()
            # What the wait before awaited is not awaited here: only a call made on the way is.
            session.pending = (self.called or wait_key(self.key)) if pending else None
            self.called = None
        running = tuple(deadline for deadline in session.deadlines if deadline.trigger == "expire")
        session.deadlines = running + (fixed or self._started(clocks, moves=not pending))

    def _started(self, clocks: tuple[tuple[str, float], ...], *, moves: bool) -> tuple[Deadline, ...]:
        reminded = self.session.reminded
        periods = [
            (trigger, round(seconds * SECOND)) for trigger, seconds in clocks if trigger not in reminded
        ]
        return tuple(
            Deadline(trigger, self.at + period, period if moves else 0) for trigger, period in periods
        )

    def pass_choice(self) -> None:
        """Count one choice against the budget of the event."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise TooManySteps(f"one event passed more than {MAX_STEPS} choices")

    def interrupt(self) -> None:
        """Leave the present wait for an `anytime`, and remember it; a way back that is already known stays."""
        session = self.session
        if session.interrupted is None:
            fixed = tuple(deadline for deadline in session.deadlines if not deadline.period)
            session.interrupted = Interrupted(
                session.state, session.tries, session.reminded, fixed, session.pending
            )

    def come_back(self) -> None:
        """Restore the wait that an `anytime` left."""
        session, left = self.session, self.session.interrupted
        if left is None:
            raise AssertionError("there is no wait to come back to")
        session.interrupted = None
        if left.state == self.left:
            self.stays = True  # it never rested elsewhere, so its clocks run on: a host event moves none
            return
        session.tries, session.reminded, session.pending = left.tries, left.reminded, left.pending
        running = tuple(deadline for deadline in session.deadlines if deadline.trigger == "expire")
        session.deadlines = running + left.fixed
        self.ready = left.result
        self.returns = True

    def hold(self) -> None:
        """Keep the message until the pending result has come."""
        message = self.message
        if message is None:
            raise AssertionError("only a message can be held")
        self.session.held = (*self.session.held, message)
