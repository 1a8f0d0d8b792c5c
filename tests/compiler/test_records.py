"""Our frozen dataclasses do what those of the standard library do, as far as the compiler needs it."""

from __future__ import annotations

import copy
import dataclasses
import doctest
import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from flowc import records

Made = tuple[Any, Any, Any, Any]


def classes(dataclass: Callable[..., Callable[[type], Any]]) -> Made:
    """The same four classes, made by `dataclass`."""

    @dataclass(frozen=True, slots=True)
    class Node:
        name: str
        children: tuple[Any, ...] = ()

    @dataclass(frozen=True, slots=True)
    class Leaf(Node):
        value: int = 0
        seen: dict[str, int] = dataclasses.field(default_factory=dict[str, int])
        line: int = dataclasses.field(default=0, compare=False, repr=False)

    @dataclass(frozen=True, kw_only=True)
    class Fact:
        code: ClassVar[str] = "F0000"
        span: int

        def title(self) -> str:
            return f"at {self.span}"

    @dataclass(frozen=True, kw_only=True)
    class More(Fact):
        code = "F0001"
        names: tuple[str, ...] = ()

    return Node, Leaf, Fact, More


BOTH = pytest.mark.parametrize("made", [classes(records._dataclass), classes(dataclasses.dataclass)])


@BOTH
def test_instances_compare_hash_and_show_by_their_values(made: Made) -> None:
    node, leaf, fact, more = made
    assert node("a") == node("a", ())
    assert node("a") != node("b")
    assert node("a") != leaf("a")
    assert leaf("a", line=1) == leaf("a", line=2)
    assert hash(node("a", (node("b"),))) == hash(node("a", (node("b"),)))
    assert {fact(span=1), fact(span=1)} == {fact(span=1)}
    assert repr(more(span=1)).endswith("More(span=1, names=())")
    assert repr(leaf("a", (), 2)).endswith("Leaf(name='a', children=(), value=2, seen={})")
    with pytest.raises(TypeError, match="unhashable"):
        hash(leaf("a"))


@BOTH
def test_defaults_are_made_for_each_instance(made: Made) -> None:
    _, leaf, _, more = made
    assert leaf("a").seen is not leaf("a").seen
    assert (leaf("a", value=3).value, more(span=1).names) == (3, ())
    assert (more(span=1).code, more(span=2).title()) == ("F0001", "at 2")


@BOTH
def test_what_is_missing_or_too_much_is_refused(made: Made) -> None:
    node, leaf, fact, _ = made
    wrong: list[Callable[[], object]] = [
        lambda: node(name="a", nme=1),
        lambda: node("a", (), 1),
        lambda: fact(1),
        lambda: leaf(value=1),
    ]
    for make in wrong:
        with pytest.raises(TypeError):
            make()


@BOTH
def test_nothing_can_be_set_or_deleted(made: Made) -> None:
    node, _, fact, _ = made
    for instance, name in ((node("a"), "name"), (fact(span=1), "span"), (fact(span=1), "other")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(instance, name, 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        del fact(span=1).span
    assert not hasattr(node("a"), "__dict__")


@BOTH
def test_the_tools_of_the_standard_library_know_them(made: Made) -> None:
    node, leaf, fact, more = made
    assert [field.name for field in dataclasses.fields(leaf)] == ["name", "children", "value", "seen", "line"]
    assert [field.name for field in dataclasses.fields(more(span=1))] == ["span", "names"]
    assert all(map(dataclasses.is_dataclass, made))
    assert dataclasses.replace(leaf("a", value=1), value=2) == leaf("a", value=2)
    assert dataclasses.replace(more(span=1), names=("x",)).names == ("x",)
    assert copy.copy(fact(span=1)) == fact(span=1)
    assert (node.__match_args__, more.__match_args__) == (("name", "children"), ())
    match node("a", (1,)):
        case node(name, (first,)):
            assert (name, first) == ("a", 1)
        case _:
            pytest.fail("it does not match")


def test_only_frozen_classes_are_made() -> None:
    with pytest.raises(TypeError, match="only frozen classes"):
        records._dataclass(frozen=False)


def test_no_method_is_written_before_it_is_needed() -> None:
    """All kinds of mistakes are loaded, and each is one of ours: `from flowc.records import dataclass`."""
    program = (
        "from flowc.catalogue import all_kinds; kinds = all_kinds().values();"
        "print([kind.__name__ for kind in kinds if kind.__init__.__name__ != 'init_now'])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_example_runs_and_the_docstring_stays() -> None:
    assert doctest.testmod(records).failed == 0
    assert inspect.getdoc(classes(records._dataclass)[2]) is None
