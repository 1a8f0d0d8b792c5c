"""The channel: what a flow says, held against what the channel that it names can carry."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import syntax as ast
from flowc.channels import CHANNELS, Limits
from flowc.check.window import check_window
from flowc.diagnostics.channels import (
    LabelTooLong,
    TextTooLong,
    TooManyButtons,
    UnknownChannel,
    UnsupportedMedia,
)
from flowc.diagnostics.diagnostic import Mistake
from flowc.program import Program
from flowc.source import Span


def check_channel(program: Program) -> Iterator[Mistake]:
    """All that the channel of `program` cannot carry. A text with holes is as long as it is without them."""
    channel = program.channel
    if channel is None:
        return
    limits = CHANNELS.get(channel.name.text)
    if limits is None:
        known = tuple(CHANNELS)
        yield UnknownChannel(span=channel.name.span, name=channel.name.text, known=known)
        return
    checking = _Channel(program, limits, channel.name.span)
    for step in program.steps:
        yield from checking.step(step)
    if limits.window is not None:
        yield from check_window(program, limits, channel.name.span)


class _Channel:
    def __init__(self, program: Program, limits: Limits, declared: Span) -> None:
        self.program = program
        self.limits = limits
        self.declared = declared

    def step(self, step: ast.Step) -> Iterator[Mistake]:
        """What is too much in the messages of one step."""
        match step:
            case ast.Reply():
                yield from self._options(step.options)
                for text in step.texts:
                    yield from self._text(text, step.options.word if step.options else None)
            case ast.ReplyMedia():
                yield from self._media(step)
            case ast.Ask():
                yield from self._ask(step)
            case _:
                pass

    def _ask(self, ask: ast.Ask) -> Iterator[Mistake]:
        """The choices of an ask are its buttons, unless it has others."""
        shown = ask.options
        if shown is None and ask.choices is not None:
            texts = tuple(value for value in ask.choices.values if isinstance(value, ast.Text))
            shown = ast.Options("buttons", texts, ask.choices.span)
        yield from self._options(shown)
        word = shown.word if shown else None
        for text in (
            ask.prompt,
            *(clause.text for clause in ask.clauses if isinstance(clause, ast.Retry | ast.Require)),
        ):
            if text is not None:
                yield from self._text(text, word)

    def _media(self, step: ast.ReplyMedia) -> Iterator[Mistake]:
        yield from self._options(step.options)
        limits = self.limits
        if step.kind.text not in limits.media:
            known = tuple(sorted(limits.media))
            yield UnsupportedMedia(
                span=step.kind.span,
                channel=limits.name,
                declared=self.declared,
                kind=step.kind.text,
                known=known,
            )
        if step.caption is not None:
            yield from self._length(step.caption, limits.caption, "a caption")

    def _options(self, options: ast.Options | None) -> Iterator[Mistake]:
        if options is None:
            return
        limits = self.limits
        is_list = options.word == "list"
        most, longest = (limits.rows, limits.row) if is_list else (limits.buttons, limits.button)
        count = len(options.labels)
        if most is not None and count > most:
            room = limits.rows is None or count <= limits.rows
            yield TooManyButtons(
                span=options.span,
                channel=limits.name,
                declared=self.declared,
                count=count,
                limit=most,
                what="rows in a list" if is_list else "buttons",
                help_text="show them as a `list`" if room and not is_list else "ask in two steps",
            )
            return
        for label in options.labels:
            length = _length_of(label)
            if longest is not None and length > longest:
                yield LabelTooLong(
                    span=label.span,
                    channel=limits.name,
                    declared=self.declared,
                    length=length,
                    limit=longest,
                    what="in a row" if is_list else "on a button",
                    with_holes=label.plain is None,
                )

    def _text(self, text: ast.Text, word: str | None) -> Iterator[Mistake]:
        limits = self.limits
        match word:
            case "list":
                yield from self._length(text, limits.text_above_list, "a text above a list")
            case "buttons":
                yield from self._length(text, limits.text_above_buttons, "a text above buttons")
            case _:
                yield from self._length(text, limits.text, "a text")

    def _length(self, text: ast.Text, limit: int | None, what: str) -> Iterator[Mistake]:
        length = _length_of(text)
        if limit is not None and length > limit:
            yield TextTooLong(
                span=text.span,
                channel=self.limits.name,
                declared=self.declared,
                length=length,
                limit=limit,
                what=what,
                with_holes=text.plain is None,
            )


def _length_of(text: ast.Text) -> int:
    """The length of what is fixed of a text, in characters."""
    return sum(len(part) for part in text.parts if isinstance(part, str))
