"""All kinds of mistakes by their codes, and the page of each."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module

import flowc.diagnostics
from flowc.diagnostics.diagnostic import Mistake


def all_kinds() -> dict[str, type[Mistake]]:
    """Every kind of mistake by its code, in order."""
    import_module("flowc.transcript.mistakes")
    for module in pkgutil.iter_modules(flowc.diagnostics.__path__):
        import_module(f"flowc.diagnostics.{module.name}")
    kinds = [kind for kind in _below(Mistake) if "code" in vars(kind)]
    return {kind.code: kind for kind in sorted(kinds, key=lambda kind: kind.code)}


def page_of(kind: type[Mistake]) -> str:
    """What a kind of mistake means, with a wrong example and a right one.

    >>> page_of(all_kinds()["F0204"]).splitlines()[0]
    '`call` names an action that the flow does not declare.'
    """
    return inspect.cleandoc(kind.__doc__ or "")


def _below(kind: type[Mistake]) -> Iterator[type[Mistake]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
