"""The compiler, whole: source to machine to module, each step a pass with a module of its own."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from flowc import syntax as ast
from flowc.analyse import analyse
from flowc.check import check
from flowc.diagnostics.diagnostic import Diagnostic, Mistake
from flowc.garbage import uncollected
from flowc.ignores import read_ignores, silence, useless
from flowc.imports import Read, gather, read_inside
from flowc.lower import lower
from flowc.machine import Machine
from flowc.records import dataclass
from flowc.resolve import resolve
from flowc.source import Source, Sources

if TYPE_CHECKING:
    from flowrt.flow import Flow


@dataclass(frozen=True, slots=True)
class Compiled:
    """What came of a flow: its machine, where it has no error, and what there is to say of it."""

    sources: Sources
    diagnostics: tuple[Diagnostic, ...]
    machine: Machine | None

    @property
    def ok(self) -> bool:
        """Whether there is a machine."""
        return self.machine is not None


def compile_flow(source: Source, read: Read | None = None) -> Compiled:
    """Take `source` through all passes; each begins only where the ones before found no error.

    `read` reads the files that it imports; by default from below the folder of `source`.

    >>> from flowc.source import source_of
    >>> compiled = compile_flow(source_of("thanks.flow", 'on message -> reply "Thanks" -> end session'))
    >>> compiled.ok, compiled.diagnostics
    (True, ())
    """
    with uncollected():
        return _compiled(source, read or read_inside(Path(source.path).parent))


def _compiled(source: Source, read: Read) -> Compiled:
    file, sources, unread = gather(source, read)
    ignores, misread = read_ignores(file.comments, sources)
    machine, found = _machine(file, sources, (*unread, *misread))
    left, unused = silence(found, ignores, sources)
    if machine is not None:  # else not all was looked for
        left += useless(unused, source.path)
    return Compiled(sources, _in_order(left), machine)


def _machine(
    file: ast.File, sources: Sources, misread: tuple[Mistake, ...]
) -> tuple[Machine | None, tuple[Mistake, ...]]:
    """The machine of a flow that was read, if it has no error, and what was found on the way."""
    if misread:
        return None, misread
    program, unresolved = resolve(file, sources)
    checked, wrong = check(program)
    found = (*unresolved, *wrong)
    if _has_errors(found):
        return None, found
    machine, stuck = lower(program, checked)
    found = (*found, *stuck)
    if _has_errors(found):
        return None, found
    machine, seen = analyse(machine)
    found = (*found, *seen)
    return None if _has_errors(found) else machine, found


def _has_errors(mistakes: tuple[Mistake, ...]) -> bool:
    return any(mistake.severity == "error" for mistake in mistakes)


def _in_order(mistakes: tuple[Mistake, ...]) -> tuple[Diagnostic, ...]:
    ordered = sorted(dict.fromkeys(mistakes), key=lambda mistake: (mistake.span, mistake.code))
    return tuple(mistake.diagnostic() for mistake in ordered)


def load_flow(machine: Machine) -> Flow[Any]:
    """The flow of `machine`, compiled in memory: the very module that `flowc build` writes, executed."""
    return cast("Flow[Any]", load_module(machine).flow)


def load_module(machine: Machine) -> ModuleType:
    """The module of `machine`, executed, without a file."""
    from flowc.emit.python import emit_python, module_name  # noqa: PLC0415 - to check a flow needs no templates

    module = ModuleType(module_name(machine.sources[0].path))
    text = emit_python(machine)
    module.__dict__["__loader__"] = _InMemory(text)
    code = compile(text, f"{module.__name__}.py (in memory)", "exec")
    exec(code, module.__dict__)  # noqa: S102  what we wrote ourselves
    return module


@dataclass(frozen=True, slots=True)
class _InMemory:
    """Where tracebacks find the text of a module that has no file."""

    text: str

    def get_source(self, _name: str) -> str:
        """The text."""
        return self.text
