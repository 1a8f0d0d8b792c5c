"""Talk with a flow from a test in Python, as a contact and as its host."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flowc.transcript.conversation import START, Conversation
from flowc.transcript.reading import Cursor, Misreading
from flowrt.effects import Call, Effect, Emitted, Ended, EndReason, Reply
from flowrt.flow import Flow
from flowrt.values import Media, Record, Value


class Driven:
    """A conversation with `flow`. What each act causes is in `replies`, `calls` and `emitted` until the next.

    Calls wait until `returns` or `fails` says how they end; time moves only by `after`.

    >>> from flowc.pipeline import compile_flow, load_flow
    >>> from flowc.source import source_of
    >>> text = 'timeout 1 hour -> reply "Bye."\\non message -> ask name "Who?" -> reply "Hi {name}!" -> end session'
    >>> flow = Driven(load_flow(compile_flow(source_of("hello.flow", text)).machine))
    >>> flow.says("hello").replies
    ['Who?']
    >>> flow.says("Ada").replies, flow.ended
    (['Hi Ada!'], 'ended')
    >>> flow.says("hello").after("1 hour").replies
    ['Bye.']
    """

    def __init__(
        self,
        flow: Flow[Any],
        *,
        contact: str = "user",
        start: datetime | None = None,
        functions: Mapping[str, Callable[..., object]] | None = None,
    ) -> None:
        self.talk = Conversation(flow, contact=contact, start=start or START, functions=functions)
        """The conversation beneath."""
        self._effects: list[Effect] = []

    # What happens. Each returns this object, so that what came of it can be asked for at once.

    def says(self, text: str) -> Driven:
        """The contact writes `text`."""
        return self._caused(self.talk.say(text))

    def presses(self, label: str) -> Driven:
        """The contact presses the button `label`."""
        return self._caused(self.talk.press(label))

    def sends(self, media: Media, caption: str | None = None) -> Driven:
        """The contact sends `media`, with or without a text."""
        return self._caused(self.talk.send(media, caption))

    def opens(self) -> Driven:
        """The host opens a session."""
        return self._caused(self.talk.open())

    def event(self, name: str, /, **values: Value) -> Driven:
        """Something happens outside, and the host says so."""
        return self._caused(self.talk.event(name, values))

    def ends(self) -> Driven:
        """The host ends the session."""
        return self._caused(self.talk.end())

    def gives_back(self) -> Driven:
        """The team gives the contact back."""
        return self._caused(self.talk.give_back())

    def after(self, duration: str | float) -> Driven:
        """Time passes: so many seconds, or a duration as transcripts write it, `15 minutes`.

        Raises `ValueError` where a text is no duration.
        """
        seconds = _seconds(duration) if isinstance(duration, str) else duration
        return self._caused(self.talk.advance(seconds))

    def restarts(self, stopped: str | float = 0.0, *, outdated: bool = False) -> Driven:
        """The process stops, and starts again after that time; `calls` are those that run once more.

        With `outdated` it starts with a version of the flow that has no place for the session that is open.
        """
        seconds = _seconds(stopped) if isinstance(stopped, str) else stopped
        return self._caused(self.talk.restart(seconds, outdated=outdated))

    def returns(self, value: Value = None) -> Driven:
        """The call that waits succeeds with `value`.

        Raises `flowc.transcript.conversation.NothingAwaited` where none does.
        """
        return self._caused(self.talk.result(value))

    def fails(self, reason: str = "the test lets it fail") -> Driven:
        """The call that waits fails. Raises as `returns` does."""
        return self._caused(self.talk.result(failure=reason))

    def record(self, name: str, /, **fields: Value) -> Record:
        """A record of the flow, for `returns` and `event`. Raises `KeyError` where it has none of that name."""
        return self.talk.flow.records[name](**fields)

    def _caused(self, effects: list[Effect]) -> Driven:
        self._effects = effects
        return self

    # What came of it.

    @property
    def replies(self) -> list[str]:
        """What the bot said to the last that happened: texts, and captions of what is no text."""
        return [reply.text for reply in self.sent]

    @property
    def sent(self) -> list[Reply]:
        """The same replies, with their buttons and kinds."""
        return [effect for effect in self._effects if isinstance(effect, Reply)]

    @property
    def buttons(self) -> tuple[str, ...]:
        """The buttons of the last of these replies."""
        return self.sent[-1].buttons if self.sent else ()

    @property
    def calls(self) -> list[Call]:
        """The actions that were called."""
        return [effect for effect in self._effects if isinstance(effect, Call)]

    @property
    def emitted(self) -> list[tuple[str, Mapping[str, Value]]]:
        """What the flow told the host, each by its name and with its values."""
        return [(effect.name, effect.values) for effect in self._effects if isinstance(effect, Emitted)]

    # How things stand.

    @property
    def state(self) -> str:
        """The name of the state; `start` where there is no session."""
        return self.talk.state

    @property
    def vars(self) -> dict[str, Value]:
        """The variables that are set, with their values."""
        return self.talk.vars

    @property
    def ended(self) -> EndReason | None:
        """How the last of what happened ended the session; None where it did not."""
        return next((effect.reason for effect in reversed(self._effects) if isinstance(effect, Ended)), None)


def _seconds(duration: str) -> int:
    cursor = Cursor("", duration, 0, 0)
    try:
        seconds = cursor.duration()
        cursor.done()
    except Misreading as misreading:
        raise ValueError(str(misreading)) from None
    return seconds
