"""Mistakes in the lines of a transcript and in how they follow each other."""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Edit, Label, Mistake, did_you_mean, near_names
from flowc.records import dataclass
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
class ButtonsWithoutReply(Mistake):
    """A `buttons:` line says what the reply above it shows, and no reply stands above it.

    Wrong:

        test "a choice"
          user: hi
          buttons: "Small" | "Large"

    Right:

        test "a choice"
          user: hi
          bot:  Which size?
          buttons: "Small" | "Large"
    """

    code = "F0912"

    def title(self) -> str:
        return "these buttons belong to no reply"

    def help(self) -> str | None:
        return "write the reply in the line above: `bot:` and what it says"


@dataclass(frozen=True, kw_only=True)
class LateClock(Mistake):
    """A `clock:` line says what the clock shows when the test begins, so nothing may happen before it.

    Wrong:

        test "on a Sunday"
          user: hi
          clock: 2026-01-04 09:00

    Right:

        test "on a Sunday"
          clock: 2026-01-04 09:00
          user: hi
    """

    code = "F0913"

    def title(self) -> str:
        return "the clock is set at the beginning of a test"

    def help(self) -> str | None:
        return "make it the first line; from there on `after` moves the clock"


@dataclass(frozen=True, kw_only=True)
class NothingToRepeat(Mistake):
    """A `duplicate:` line delivers the last message of a contact once more, and there is none above it.

    Wrong:

        test "twice"
          duplicate:
          user: hi

    Right:

        test "twice"
          user: hi
          bot:  …
          duplicate:
    """

    code = "F0914"
    contact: str

    def title(self) -> str:
        return "there is no message that could be delivered twice"

    def help(self) -> str | None:
        whose = "" if self.contact == "user" else f" of `{self.contact}`"
        return f"put the line below the message{whose}: what comes of that stands between them"
