"""Frozen dataclasses that cost nothing until they are used.

The compiler has some two hundred of them: each node of a tree, each kind of mistake. The standard library writes
and compiles six methods for each when it is defined, which together takes longer than to check a flow, and most of
them are never called in one run. Here a class gets methods that all share, and its `__init__` is written when its
first instance is made.

To type checkers `dataclass` is that of the standard library, and so are its classes to `dataclasses.fields`,
`replace` and `is_dataclass`. It does what the compiler uses: frozen classes, with or without slots, positional or
by keyword, fields with defaults, inheritance.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from operator import attrgetter
from types import MemberDescriptorType
from typing import TYPE_CHECKING, TypeVar, cast

__all__ = ["dataclass"]

T = TypeVar("T")

_SPECS = "__flowc_specs__"
_MISSING = object()
_set = object.__setattr__


def _dataclass(*, frozen: bool, slots: bool = False, kw_only: bool = False) -> Callable[[type[T]], type[T]]:
    """Make a class a frozen dataclass.

    >>> @_dataclass(frozen=True, slots=True)
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> dataclasses.replace(Point(1), y=2)
    Point(x=1, y=2)
    >>> Point(1) == Point(1, 0), len({Point(1), Point(1)})
    (True, 1)
    """
    if not frozen:
        raise TypeError("only frozen classes are made here: take dataclasses.dataclass")
    return lambda cls: _made(cls, slots=slots, kw_only=kw_only)


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _dataclass


class _Spec:
    """A field as it is declared: its default or what makes one, if it has any."""

    __slots__ = ("compare", "default", "factory", "kw_only", "repr")

    def __init__(self, declared: object, kw_only: bool) -> None:
        self.kw_only = kw_only
        self.default, self.factory = declared, _MISSING
        self.compare = self.repr = True
        if isinstance(declared, dataclasses.Field):
            field = cast("dataclasses.Field[object]", declared)
            self.default, self.factory = _given(field.default), _given(field.default_factory)
            self.compare, self.repr = field.compare, field.repr

    def field(self) -> object:
        """The field as the standard library has it."""
        given = {"default": self.default, "default_factory": self.factory}
        make = cast("Callable[..., object]", dataclasses.field)
        given = {name: it for name, it in given.items() if it is not _MISSING}
        return make(**given, compare=self.compare, repr=self.repr)


def _given(value: object) -> object:
    return _MISSING if value is dataclasses.MISSING else value


def _made(cls: type[T], *, slots: bool, kw_only: bool) -> type[T]:
    """The dataclass that `cls` declares."""
    own = tuple(
        name
        for name, kind in _annotations(cls).items()
        if not str(kind).startswith(("ClassVar", "typing.ClassVar"))
    )
    specs = {name: spec for base in reversed(cls.__mro__[1:]) for name, spec in _specs(base).items()}
    new = tuple(name for name in own if name not in specs)
    specs |= {name: _Spec(vars(cls).get(name, _MISSING), kw_only) for name in own}
    made = _with_slots(cls, own, new) if slots else cls
    methods = {
        _SPECS: specs,
        "__match_args__": tuple(name for name, spec in specs.items() if not spec.kw_only),
        "__dataclass_fields__": _Fields(),
        "__dataclass_params__": _PARAMS,
        "__init__": _init_later(made),
        "__setattr__": _refuse_to_set,
        "__delattr__": _refuse_to_delete,
    }
    declared = {
        name for name, it in vars(cls).items() if it is not None
    }  # `__hash__` is None behind `__eq__`
    common = _shared(specs) | (_stored(tuple(specs)) if slots else {})
    shared = {name: it for name, it in common.items() if name not in declared}
    for name, method in {**methods, **shared}.items():
        setattr(made, name, method)
    return made


def _annotations(cls: type) -> Mapping[str, object]:
    found: Mapping[str, object] = vars(cls).get("__annotations__", {})
    return found


def _specs(cls: type) -> Mapping[str, _Spec]:
    found: Mapping[str, _Spec] = vars(cls).get(_SPECS, {})
    return found


def _with_slots(cls: type[T], own: tuple[str, ...], new: tuple[str, ...]) -> type[T]:
    """The same class anew, with slots for `new`: a class cannot be given slots later."""
    names = {name: it for name, it in vars(cls).items() if name not in {*own, "__dict__", "__weakref__"}}
    make = cast("Callable[..., type[T]]", type(cls))
    made = make(cls.__name__, cls.__bases__, {**names, "__slots__": new})
    made.__qualname__ = cls.__qualname__
    return made


def _init_later(cls: type) -> Callable[..., None]:
    """The `__init__` that is there until the first instance is made."""

    def init_now(self: object, *args: object, **kwargs: object) -> None:
        init = _init(cls)
        setattr(cls, "__init__", init)  # noqa: B010 - a type checker would want the signature of one class
        init(self, *args, **kwargs)

    return init_now


def _init(cls: type) -> Callable[..., None]:
    """The `__init__` of a class, written and compiled. Only names that the class declares enter its text."""
    known: dict[str, object] = {"_later": _MISSING}
    heads, keywords, body = ["self"], ["*"], [" pass"]
    for name, spec in _specs(cls).items():
        default, value = "", name
        if spec.factory is not _MISSING:
            known[f"_make_{name}"] = spec.factory
            default, value = "=_later", f"_make_{name}() if {name} is _later else {name}"
        elif spec.default is not _MISSING:
            known[f"_default_{name}"] = spec.default
            default = f"=_default_{name}"
        (keywords if spec.kw_only else heads).append(name + default)
        known[f"_set_{name}"] = _setter(cls, name)
        body.append(f" _set_{name}(self, {value})")
    signature = ", ".join([*heads, *(keywords if len(keywords) > 1 else [])])
    exec(f"def __init__({signature}):\n" + "\n".join(body), known)  # noqa: S102 - names of ours, and nothing else
    return cast("Callable[..., None]", known["__init__"])


def _setter(cls: type, name: str) -> Callable[[object, object], None]:
    """What gives a field its value, past the refusal; of a slot itself, which is faster by half."""
    slot: object = getattr(cls, name, None)
    return (
        slot.__set__
        if isinstance(slot, MemberDescriptorType)
        else lambda self, value: _set(self, name, value)
    )


def _shared(specs: Mapping[str, _Spec]) -> dict[str, object]:
    """The methods that compare, hash and show by the values of the fields."""
    compared = [name for name, spec in specs.items() if spec.compare]
    names = [name for name, spec in specs.items() if spec.repr]
    key: Callable[[object], object] = attrgetter(*compared) if compared else _nothing

    def equals(self: object, other: object) -> bool:
        if self is other:
            return True
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(key(self))

    def shown(self: object) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({values})"

    return {"__eq__": equals, "__hash__": hashed, "__repr__": shown}


def _stored(names: tuple[str, ...]) -> dict[str, object]:
    """The methods by which an instance with slots, which nobody may set, gets into another process and is copied."""

    def state(self: object) -> tuple[object, ...]:
        return tuple([getattr(self, name) for name in names])

    def restore(self: object, values: tuple[object, ...]) -> None:
        for name, value in zip(names, values, strict=True):
            _set(self, name, value)

    return {"__getstate__": state, "__setstate__": restore}


def _nothing(_: object) -> object:
    return ()


def _refuse_to_set(_: object, name: str, value: object) -> None:  # noqa: ARG001 - the signature is Python's
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


class _Fields:
    """Stands for the fields of a class until somebody asks for them: then the standard library makes them."""

    def __get__(self, _: object, cls: type) -> object:
        kinds = {name: kind for base in reversed(cls.__mro__) for name, kind in _annotations(base).items()}
        specs = [(name, kinds[name], spec.field()) for name, spec in _specs(cls).items()]
        shadow = dataclasses.make_dataclass(cls.__name__, specs, kw_only=True)
        made: object = vars(shadow)["__dataclass_fields__"]
        setattr(cls, "__dataclass_fields__", made)  # noqa: B010 - no class declares it
        return made


@dataclasses.dataclass(frozen=True)
class _Frozen:
    """Has the parameters of a frozen dataclass."""


_PARAMS: object = vars(_Frozen)["__dataclass_params__"]
