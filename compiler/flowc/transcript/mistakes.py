"""Mistakes in a transcript. Codes F09…"""

from __future__ import annotations

from dataclasses import dataclass

from flowc.diagnostics.diagnostic import Edit, Label, Mistake, did_you_mean, near_names
from flowc.source import Span
from flowc.transcript.notation import ENDS, WITH_COLON, WORDS


@dataclass(frozen=True, kw_only=True)
class UnknownLine(Mistake):
    """A line of a transcript begins with a word that no line begins with.

    Wrong:

        test "a greeting"
          usr: hi

    Right:

        test "a greeting"
          user: hi
    """

    code = "F0901"
    word: str

    def title(self) -> str:
        return f"no line of a transcript begins with `{self.word}`"

    def help(self) -> str | None:
        known = ", ".join(f"`{word}:`" if word in WITH_COLON else f"`{word}`" for word in WORDS)
        return did_you_mean(near_names(self.word, WORDS)) or f"lines begin with {known}"


@dataclass(frozen=True, kw_only=True)
class LineOutsideTest(Mistake):
    """A line stands before the first test, so that it belongs to none.

    Wrong:

        user: hi

    Right:

        test "a greeting"
          user: hi
    """

    code = "F0902"

    def title(self) -> str:
        return "this line belongs to no test"

    def help(self) -> str | None:
        return 'begin the test above it: `test "what it shows"`'


@dataclass(frozen=True, kw_only=True)
class MissingColon(Mistake):
    """The colon is missing between the word that begins a line and what follows it.

    Wrong:

        test "a greeting"
          user hi

    Right:

        test "a greeting"
          user: hi
    """

    code = "F0903"
    word: str

    def title(self) -> str:
        return f"a colon is missing after `{self.word}`"

    def help(self) -> str | None:
        return f"write `{self.word}:`"

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(Span(self.span.path, self.span.end, self.span.end), ":"),)


@dataclass(frozen=True, kw_only=True)
class DuplicateTest(Mistake):
    """Two tests of one file have the same name, so that a report could not tell them apart.

    Wrong:

        test "a greeting"
          user: hi
        test "a greeting"
          user: hello

    Right:

        test "a greeting"
          user: hi
        test "a longer greeting"
          user: hello
    """

    code = "F0904"
    name: str
    first: Span

    def title(self) -> str:
        return f'there are two tests "{self.name}"'

    def related(self) -> tuple[Label, ...]:
        return (Label(self.first, "the first is here"),)

    def help(self) -> str | None:
        return "name each for what it shows"


@dataclass(frozen=True, kw_only=True)
class MissingTestName(Mistake):
    """The name of a test is missing, or does not stand in quotes.

    Wrong:

        test a greeting
          user: hi

    Right:

        test "a greeting"
          user: hi
    """

    code = "F0905"

    def title(self) -> str:
        return "the name of this test is missing"

    def help(self) -> str | None:
        return 'write it in quotes: `test "what it shows"`'


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
class UnknownEnd(Mistake):
    """`session:` is followed by a word that is no way in which a session ends.

    Wrong:

        test "a farewell"
          user: bye
          session: finished

    Right:

        test "a farewell"
          user: bye
          session: ended
    """

    code = "F0909"
    word: str

    def title(self) -> str:
        return (
            f"a session does not end as `{self.word}`" if self.word else "it is not said how the session ends"
        )

    def help(self) -> str | None:
        known = ", ".join(f"`{end}`" for end in ENDS)
        return did_you_mean(near_names(self.word, ENDS)) or f"a session ends as one of {known}"


@dataclass(frozen=True, kw_only=True)
class Leftover(Mistake):
    """Something stands behind the end of a line.

    Wrong:

        test "a reminder"
          user: hi
          after 5 minutes bot: Still there?

    Right:

        test "a reminder"
          user: hi
          after 5 minutes
          bot:  Still there?
    """

    code = "F0910"
    found: str

    def title(self) -> str:
        return f"did not expect `{self.found}` here: the line is complete before it"

    def help(self) -> str | None:
        return "put it in a line of its own, or behind `#` as a comment"


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
