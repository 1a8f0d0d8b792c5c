"""`flowc explain`: the page of a diagnostic."""

from __future__ import annotations

import click

from flowc.catalogue import all_kinds, page_of
from flowc.cli.options import UNUSABLE, traceback_option
from flowc.cli.streams import complain, say
from flowc.diagnostics.diagnostic import did_you_mean, near_names


def _codes(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """The codes that begin so, for completion in a shell."""
    return [code for code in all_kinds() if code.startswith(begun.upper())]


@click.command
@click.argument("code", required=False, shell_complete=_codes)
@traceback_option
def explain(code: str | None) -> int:
    """Explain a diagnostic, with a wrong example and a right one.

    Without CODE it lists all of them.

    \b
    Example:
      flowc explain F0201
    """
    kinds = all_kinds()
    if code is None:
        for known, kind in kinds.items():
            say(f"{known}  {page_of(kind).partition(chr(10))[0]}")
        return 0
    if code.upper() not in kinds:
        near = did_you_mean(near_names(code.upper(), kinds)) or "`flowc explain` lists them all"
        complain(f"there is no diagnostic `{code}`: {near}")
        return UNUSABLE
    kind = kinds[code.upper()]
    say(f"{kind.severity}[{kind.code}]\n\n{page_of(kind)}")
    return 0
