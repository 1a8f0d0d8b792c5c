"""Format: `Source` to the same program in the one form that all flows have.

The tree is made of words and lines, not of AST nodes, so that no parenthesis, spelling or comment of the author
can get lost; the AST tells only what a sign means where it stands. Steps: `words` cuts the text into words,
`lines` finds the blocks, `layout` writes them, and `same` compares the program with what it was.
"""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Mistake
from flowc.format.layout import lay_out
from flowc.format.lines import lines_of
from flowc.format.same import same
from flowc.format.words import words_of
from flowc.parse import parse
from flowc.source import Source, source_of


class Unformatted(Exception):
    """The text is not a program, so it has no form; `mistakes` says why."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(mistakes[0].title())
        self.mistakes = mistakes


def format_source(source: Source) -> str:
    """The program of `source` in its canonical form.

    Raises `Unformatted` where the source has a mistake that keeps it from being read.

    >>> from flowc.source import source_of
    >>> print(format_source(source_of("thanks.flow", 'on   message->reply"Thanks"->end session  #done')), end="")
    on message -> reply "Thanks" -> end session  #done
    """
    parsed = parse(source)
    if parsed.mistakes:
        raise Unformatted(parsed.mistakes)
    text = lay_out(lines_of(words_of(source.text, parsed.file)))
    if text != source.text:
        # Checked each time, as a file that is written wrong is lost: better to fail as a bug of ours.
        again = parse(source_of(source.path, text))
        assert not again.mistakes, f"the form cannot be read: {again.mistakes[0].title()}"  # noqa: S101
        assert same(parsed.file, again.file), "the form is another program"  # noqa: S101
    return text
