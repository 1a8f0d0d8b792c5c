"""Mistakes in the values of a transcript: texts, numbers, moments, what is sent and what is called."""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Edit, Mistake, did_you_mean, near_names
from flowc.records import dataclass
from flowc.source import Span


@dataclass(frozen=True, kw_only=True)
class BadDuration(Mistake):
    """What follows `after` is no duration: a whole number and a unit of time.

    Wrong:

        test "a reminder"
          after five minutes

    Right:

        test "a reminder"
          after 5 minutes
    """

    code = "F0906"
    found: str

    def title(self) -> str:
        return f"`{self.found}` is no duration" if self.found else "a duration is missing"

    def help(self) -> str | None:
        return "write a whole number and a unit, as in `after 5 minutes`"


@dataclass(frozen=True, kw_only=True)
class BadCall(Mistake):
    """A call is not written as one: a name, the arguments in parentheses, and how it ends if that matters.

    Wrong:

        test "it is saved"
          user: good
          call: save "good"

    Right:

        test "it is saved"
          user: good
          call: save("good")
    """

    code = "F0907"
    found: str
    expected: str

    def title(self) -> str:
        return (
            f"expected {self.expected}, found `{self.found}`" if self.found else f"{self.expected} is missing"
        )

    def help(self) -> str | None:
        return (
            'a call is written `call: save("Ada", 2)`; `-> failed` or `-> VALUE after 5 seconds` may follow'
        )


@dataclass(frozen=True, kw_only=True)
class BadValue(Mistake):
    """A value is expected, and what stands there is none.

    Wrong:

        test "it is saved"
          user: good
          call: save(good)

    Right:

        test "it is saved"
          user: good
          call: save("good")
    """

    code = "F0908"
    found: str

    def title(self) -> str:
        return f"`{self.found}` is no value" if self.found else "a value is missing"

    def help(self) -> str | None:
        near = near_names(self.found, ("true", "false", "none", "failed"))
        return (
            did_you_mean(near) or 'a value is a text in quotes (`"Ada"`), a number, `true`, `false` or `none`'
        )


@dataclass(frozen=True, kw_only=True)
class UnknownTranscriptEscape(Mistake):
    r"""A backslash stands before something it cannot escape.

    The escapes are `\\`, `\n`, `\t`, `\"`, `\…` and `\u{1F600}` for any code point.

    Wrong:

        test "a path"
          user: C:\data

    Right:

        test "a path"
          user: C:\\data
    """

    code = "F0911"
    escape: str

    def title(self) -> str:
        return f"`{self.escape}` is no escape"

    def help(self) -> str | None:
        return r"the escapes are `\n`, `\t`, `\"`, `\…` and `\u{1F600}`; a backslash itself is written `\\`"

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(Span(self.span.path, self.span.start, self.span.start), "\\"),)


@dataclass(frozen=True, kw_only=True)
class BadLine(Mistake):
    """A line is not written as its kind is. The help shows how.

    Wrong:

        test "it is paid"
          event: paid(12.50)

    Right:

        test "it is paid"
          event: paid(amount: 12.50)
    """

    code = "F0915"
    found: str
    expected: str
    form: str

    def title(self) -> str:
        return (
            f"expected {self.expected}, found `{self.found}`" if self.found else f"{self.expected} is missing"
        )

    def help(self) -> str | None:
        return f"such a line is written `{self.form}`"


@dataclass(frozen=True, kw_only=True)
class BadMedia(Mistake):
    """What is sent is not written as it should be: the kind, the address in quotes, then fields with their values.

    A text that begins so, and is only a text, has a backslash before it: `\\(image of a cat)`.

    Wrong:

        test "a photo"
          user: (image of a cat)

    Right:

        test "a photo"
          user: (image "https://example.com/cat.png" mime "image/png" size 2048 caption "my cat")
    """

    code = "F0916"
    kind: str
    found: str
    expected: str

    def title(self) -> str:
        return (
            f"expected {self.expected}, found `{self.found}`" if self.found else f"{self.expected} is missing"
        )

    def help(self) -> str | None:
        example = (
            "(location latitude 52.37 longitude 4.89)"
            if self.kind == "location"
            else '(image "https://…" caption "my cat")'
        )
        return f"it is written as in `{example}`; a text that begins so has a `\\` before it"


@dataclass(frozen=True, kw_only=True)
class BadMoment(Mistake):
    """A day or a time that no calendar or clock shows.

    Wrong:

        test "on the last of February"
          clock: 2026-02-29 09:00

    Right:

        test "on the last of February"
          clock: 2026-02-28 09:00
    """

    code = "F0917"
    found: str

    def title(self) -> str:
        return f"`{self.found}` is no such day or time"

    def help(self) -> str | None:
        return "a day is written `2026-01-05`, a time of day `09:30`, both together as a value `2026-01-05T09:30Z`"


@dataclass(frozen=True, kw_only=True)
class NamedTwice(Mistake):
    """A value is given twice under one name.

    Wrong:

        test "it is paid"
          event: paid(amount: 12.50, amount: 3.00)

    Right:

        test "it is paid"
          event: paid(amount: 12.50, tip: 3.00)
    """

    code = "F0918"
    name: str

    def title(self) -> str:
        return f"`{self.name}` is given twice"

    def help(self) -> str | None:
        return "leave one of them"
