"""What a row is made of, as far as variables go: which it uses, and which it gives a value.

Expressions are found in whatever holds them, so a new kind of guard, effect or expression needs no line here.
What an effect does to a variable is told by its kind, and the type checkers name each kind that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import Any, cast

from flowc import machine as ir
from flowc.records import dataclass

_LEAVES: frozenset[type] = frozenset({str, int, bool, type(None), ir.Constant})


@dataclass(frozen=True, slots=True)
class Parts:
    """The variables of a row.

    `exposed` are those it uses before it has given them a value itself. `settled` are those it leaves in a standing
    that does not depend on what they were. `tested` are those in its conditions, and `mentioned` all that it names.
    """

    exposed: frozenset[str]
    settled: frozenset[str]
    tested: frozenset[str]
    mentioned: frozenset[str]


def parts_of(row: ir.Transition) -> Parts:
    """The variables of `row`."""
    exposed = {name for guard in row.guards for name in _used_by_guard(guard)}
    settled: set[str] = set()
    mentioned = set(exposed)
    for effect in row.effects:
        if type(effect) is ir.Do:
            continue
        used = variables_in(effect)
        if used:
            mentioned.update(used)
            exposed.update(name for name in used if name not in settled)
        changed = _changed_by(effect)
        mentioned.update(changed)
        if type(effect) is not ir.Default:
            settled.update(changed)
    if not mentioned:
        return _NONE
    tested = {name for guard in row.guards if isinstance(guard, ir.Condition) for name in variables_in(guard)}
    return Parts(frozenset(exposed), frozenset(settled), frozenset(tested), frozenset(mentioned))


_NONE = Parts(frozenset(), frozenset(), frozenset(), frozenset())


def _changed_by(effect: ir.Effect) -> tuple[str, ...]:
    """The variables that stand otherwise behind `effect`."""
    if isinstance(effect, ir.Forget):
        return effect.variables
    given = given_by(effect)
    return () if given is None else (given,)


def given_by(effect: ir.Effect) -> str | None:
    """The variable that `effect` gives a value; `Default` gives one only where there is none."""
    match effect:
        case ir.Store() | ir.StoreResult() | ir.StoreTaken() | ir.Assign() | ir.Default():
            return effect.variable
        case ir.Open() | ir.Forget() | ir.Do() | ir.CallAction() | ir.Emit():
            return None
        case ir.Say() | ir.SayAny() | ir.SayMedia() | ir.HandOff():
            return None


def _used_by_guard(guard: ir.Guard) -> Iterator[str]:
    """In a `require` the variable that is asked for stands for the answer."""
    answered = guard.variable if isinstance(guard, ir.Requires) else None
    return (name for name in variables_in(guard) if name != answered)


def variables_in(part: ir.Guard | ir.Effect) -> list[str]:
    """The variables that are used anywhere in `part`, each as often as it is."""
    found: list[str] = []
    _find(part, found)
    return found


def _find(value: Any, found: list[str]) -> None:  # noqa: ANN401 - a field may hold anything
    """Add the variables used in `value`, in what it holds, and so on."""
    kind = cast("type[Any]", type(value))
    if kind is ir.VariableUse:
        found.append(value.name)
    for each in value if kind is tuple else _held_by(kind)(value):
        if type(each) not in _LEAVES:
            _find(each, found)


def _held_by(kind: type[Any]) -> Callable[[Any], Iterable[Any]]:
    """What takes from a node the fields that may hold expressions: an origin and a type never do."""
    known = _HELD.get(kind)
    if known is None:
        names = [field.name for field in fields(kind)] if is_dataclass(kind) else []
        known = _HELD[kind] = _getter([name for name in names if name not in {"origin", "type"}])
    return known


def _getter(names: list[str]) -> Callable[[Any], Iterable[Any]]:
    match names:
        case []:
            return lambda _: ()
        case [name]:
            get = attrgetter(name)
            return lambda node: (get(node),)
        case _:
            return attrgetter(*names)


_HELD: dict[type[Any], Callable[[Any], Iterable[Any]]] = {}
