"""What the compiler has to say, as a value. Renderers draw it; nothing here knows how."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

from flowc.records import dataclass
from flowc.source import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Label:
    """A place, and what to say of it; the text may be empty."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that mends it: put `text` in place of `span`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding, ready to be drawn: the first label is the place it is about."""

    code: str
    severity: Severity
    title: str
    labels: tuple[Label, ...]
    notes: tuple[str, ...] = ()
    help: str | None = None
    edits: tuple[Edit, ...] = ()

    @property
    def span(self) -> Span:
        """The place it is about."""
        return self.labels[0].span


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """The facts of one finding. Each kind is a class of its own, with a code that is its own for ever.

    The docstring of a kind is its page: what it means, a wrong example and a right one.
    """

    code: ClassVar[str]
    severity: ClassVar[Severity] = "error"

    span: Span

    def title(self) -> str:
        """What is wrong, in one line and in the author's names."""
        raise NotImplementedError

    def label(self) -> str:
        """What to say at the place itself; may be empty."""
        return ""

    def related(self) -> tuple[Label, ...]:
        """Other places that matter."""
        return ()

    def notes(self) -> tuple[str, ...]:
        """What else the author should know."""
        return ()

    def help(self) -> str | None:
        """One step that mends it."""
        return None

    def edits(self) -> tuple[Edit, ...]:
        """The change that mends it, where one is safe."""
        return ()

    def diagnostic(self) -> Diagnostic:
        """The finding in words."""
        return Diagnostic(
            code=self.code,
            severity=self.severity,
            title=self.title(),
            labels=(Label(self.span, self.label()), *self.related()),
            notes=self.notes(),
            help=self.help(),
            edits=self.edits(),
        )


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """How many findings there are of each kind.

    >>> summary([Diagnostic("F0201", "error", "unknown state `paymet`", ())])
    '1 error'
    >>> summary([])
    'no errors'
    """
    found = [diagnostic.severity for diagnostic in diagnostics]
    kinds: tuple[Severity, ...] = ("error", "warning")
    counts = [(found.count(kind), kind) for kind in kinds]
    return ", ".join(f"{count} {kind}{'s' * (count > 1)}" for count, kind in counts if count) or "no errors"


def near_names(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """The names among `known` that `name` may be a slip of, nearest first, at most four.

    >>> near_names("paymet", ["payment", "menu", "pay_me"])
    ('payment', 'pay_me')
    """
    import difflib  # noqa: PLC0415 - it takes time to load, and most flows have no such slip

    candidates = sorted(set(known) - {name})
    folded = {candidate.casefold(): candidate for candidate in candidates}
    return tuple(
        folded[match] for match in difflib.get_close_matches(name.casefold(), folded, n=4, cutoff=0.67)
    )


def did_you_mean(names: tuple[str, ...]) -> str | None:
    """The sentence that offers `names`.

    >>> did_you_mean(("payment", "pay_me"))
    'did you mean `payment` or `pay_me`?'
    """
    if not names:
        return None
    quoted = [f"`{name}`" for name in names]
    return f"did you mean {' or '.join([', '.join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)}?"
