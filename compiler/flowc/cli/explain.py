"""`flowc explain`: the page of a diagnostic."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module

import click

import flowc.diagnostics
from flowc.cli.options import UNUSABLE, traceback_option
from flowc.cli.streams import complain, say
from flowc.diagnostics.diagnostic import Mistake, did_you_mean, near_names


@click.command
@click.argument("code", required=False)
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
            say(f"{known}  {_page(kind).partition(chr(10))[0]}")
        return 0
    if code.upper() not in kinds:
        near = did_you_mean(near_names(code.upper(), kinds)) or "`flowc explain` lists them all"
        complain(f"there is no diagnostic `{code}`: {near}")
        return UNUSABLE
    kind = kinds[code.upper()]
    say(f"{kind.severity}[{kind.code}]\n\n{_page(kind)}")
    return 0


def all_kinds() -> dict[str, type[Mistake]]:
    """Every kind of mistake by its code, in order."""
    import_module("flowc.transcript.mistakes")
    for module in pkgutil.iter_modules(flowc.diagnostics.__path__):
        import_module(f"flowc.diagnostics.{module.name}")
    kinds = [kind for kind in _below(Mistake) if "code" in vars(kind)]
    return {kind.code: kind for kind in sorted(kinds, key=lambda kind: kind.code)}


def _below(kind: type[Mistake]) -> Iterator[type[Mistake]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _page(kind: type[Mistake]) -> str:
    return inspect.cleandoc(kind.__doc__ or "")
