"""Comments that silence warnings: read from the comments of a flow, and applied to what was found in it.

`# flowc: ignore[F0407]` behind a line is for that line, on a line of its own for the next one that is neither
empty nor a comment; `# flowc: ignore-file[F0407]` above the first such line is for the file. What stands behind
the bracket is a remark. Only warnings are silenced; docs/decisions says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flowc.diagnostics.diagnostic import Mistake, near_names
from flowc.diagnostics.ignores import BadIgnore, IgnoredError, LateIgnore, UnknownIgnoredCode, UselessIgnore
from flowc.records import dataclass
from flowc.source import Source, Sources, Span
from flowc.syntax import Comment

_FOR_US = re.compile(r"#+[ \t]*flowc:[ \t]*(?P<word>[\w-]*)(?P<codes>\[[^\]]*\])?")
_CODE = re.compile(r"[^,\s]+")
_WORDS = ("ignore", "ignore-file")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One code that a comment silences, on `line` of a file, or in all of it where that is None.

    `removed` is what must go from the text so that the code is silenced no more.
    """

    code: str
    line: int | None
    span: Span
    removed: Span


def read_ignores(
    comments: Iterable[Comment], sources: Sources
) -> tuple[tuple[Ignore, ...], tuple[Mistake, ...]]:
    """What the comments of a flow silence, and what is wrong with them.

    >>> from flowc.source import source_of
    >>> source = source_of("a.flow", "on message -> end session # flowc: ignore[F0407]")
    >>> comment = Comment("# flowc: ignore[F0407]", Span("a.flow", 26, 48))
    >>> [ignore], _ = read_ignores([comment], Sources({"a.flow": source}))
    >>> ignore.code, ignore.line
    ('F0407', 1)
    """
    ignores: list[Ignore] = []
    mistakes: list[Mistake] = []
    for comment in comments:
        match = _FOR_US.match(comment.text)
        if match is None:
            continue
        source = sources[comment.span.path]
        mistake = _mistake(match, comment.span, source)
        if mistake is not None:
            mistakes.append(mistake)
        elif match["codes"]:
            found = list(_ignores(match, comment.span, source))
            ignores += found
            mistakes += _wrong_codes(found)
    return tuple(ignores), tuple(mistakes)


def silence(
    found: Iterable[Mistake], ignores: Iterable[Ignore], sources: Sources
) -> tuple[tuple[Mistake, ...], tuple[Ignore, ...]]:
    """What is left of `found`, and which of `ignores` have silenced nothing.

    One that is for a line comes before one that is for its file.
    """
    ordered = sorted(ignores, key=lambda ignore: ignore.line is None)
    used: set[Ignore] = set()
    left: list[Mistake] = []
    for mistake in found:
        silencer = _silencer(mistake, ordered, sources) if mistake.severity == "warning" else None
        if silencer is None:
            left.append(mistake)
        else:
            used.add(silencer)
    return tuple(left), tuple(ignore for ignore in ordered if ignore not in used)


def useless(ignores: Iterable[Ignore], path: str) -> tuple[Mistake, ...]:
    """The warnings that these have silenced nothing in the file `path`.

    In a file that is imported they may be of use to another flow.
    """
    return tuple(
        UselessIgnore(span=ignore.span, ignored=ignore.code, removed=ignore.removed)
        for ignore in ignores
        if ignore.span.path == path
    )


def _silencer(mistake: Mistake, ignores: Iterable[Ignore], sources: Sources) -> Ignore | None:
    path, line = mistake.span.path, sources.line_of(mistake.span)
    fitting = (it for it in ignores if it.code == mistake.code and it.span.path == path)
    return next((it for it in fitting if it.line is None or it.line == line), None)


# Reading one comment


def _mistake(match: re.Match[str], span: Span, source: Source) -> Mistake | None:
    """What is wrong with the form or the place of a comment; one that only happens to begin so is none of ours."""
    word, codes = match["word"], match["codes"]
    if word not in _WORDS:
        meant = codes is not None or near_names(word, _WORDS)
        return BadIgnore(span=span) if meant else None
    if not codes or not codes[1:-1].strip():
        return BadIgnore(span=span)
    if word == "ignore-file" and any(_says_something(line) for line in _lines_above(span, source)):
        return LateIgnore(span=span)
    return None


def _lines_above(span: Span, source: Source) -> list[str]:
    """The lines above a comment, and what stands before it in its own."""
    return source.text[: span.start].split("\n")


def _says_something(line: str) -> bool:
    return not line.lstrip().startswith("#") and line.strip() != ""


def _ignores(match: re.Match[str], span: Span, source: Source) -> Iterator[Ignore]:
    """What a comment silences, code by code."""
    line = None if match["word"] == "ignore-file" else _line(span, source)
    start = span.start + match.start("codes")
    codes = [
        (code[0], start + code.start(), start + code.end()) for code in _CODE.finditer(match["codes"][1:-1])
    ]
    for index, (code, low, high) in enumerate(codes):
        if len(codes) == 1:
            removed = _whole(span, source)
        elif index:
            removed = Span(span.path, codes[index - 1][2] + 1, high + 1)
        else:
            removed = Span(span.path, low + 1, codes[1][1] + 1)
        yield Ignore(code, line, Span(span.path, low + 1, high + 1), removed)


def _line(span: Span, source: Source) -> int:
    """The line that a comment is for."""
    line = source.line_of(span.start)
    if _says_something(source.text[source.line_starts[line - 1] : span.start]):
        return line
    below = range(line + 1, len(source.line_starts))
    return next((number for number in below if _says_something(source.line(number))), line)


def _whole(span: Span, source: Source) -> Span:
    """A comment with the space before it; with its line, where it is alone there."""
    line = source.line_of(span.start)
    start = source.line_starts[line - 1]
    before = source.text[start : span.start]
    if not before.strip():
        return Span(span.path, start, source.line_starts[line])
    return Span(span.path, start + len(before.rstrip()), span.end)


def _wrong_codes(ignores: Iterable[Ignore]) -> Iterator[Mistake]:
    """The codes that cannot be silenced. Only here are all kinds of mistakes loaded."""
    from flowc.catalogue import all_kinds, page_of  # noqa: PLC0415 - most flows silence nothing

    kinds = all_kinds()
    for ignore in ignores:
        kind = kinds.get(ignore.code)
        if kind is None:
            warnings = tuple(code for code, each in kinds.items() if each.severity == "warning")
            yield UnknownIgnoredCode(span=ignore.span, ignored=ignore.code, warnings=warnings)
        elif kind.severity == "error":
            summary = " ".join(page_of(kind).partition("\n\n")[0].split())
            yield IgnoredError(span=ignore.span, ignored=ignore.code, summary=summary)
