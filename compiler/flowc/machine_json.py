"""The machine as JSON, and back: the same machine, to the last origin."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any, cast

from flowc import machine as ir
from flowc.types import Type

_CLASSES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        Type,
        *(
            value
            for value in vars(ir).values()
            if isinstance(value, type) and value.__module__.startswith(ir.__name__)
        ),
    )
}


_READ = " and ".join(map(str, sorted(ir.READ)))


class WrongFormat(ValueError):
    """A text is not a machine that this version reads; the message says why."""


def to_json(machine: ir.Machine) -> str:
    """The machine as JSON text: each object carries the name of its class as `kind`."""
    return json.dumps(_plain(machine), ensure_ascii=True, indent=1)


def from_json(text: str) -> ir.Machine:
    """The machine that `to_json` wrote.

    Raises `WrongFormat` where `text` is no machine, or one of another format version.
    """
    try:
        data: object = json.loads(text)
    except ValueError as error:
        raise WrongFormat(f"this is not JSON: {error}") from error
    head = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
    if head.get("kind") != "Machine":
        raise WrongFormat("this is not a machine")
    if head.get("format") not in ir.READ:
        raise WrongFormat(
            f"this machine has format {head.get('format')}: this version reads the formats {_READ}"
        )
    machine = _object(head)
    if not isinstance(machine, ir.Machine):
        raise WrongFormat("this is not a machine")
    return machine


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {"kind": type(value).__name__} | {
            ("state_kind" if field.name == "kind" else field.name): _plain(getattr(value, field.name))
            for field in fields(value)
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in cast("tuple[Any, ...]", value)]
    return value


def _object(data: Any) -> Any:
    if isinstance(data, list):
        return tuple(_object(item) for item in cast("list[Any]", data))
    if not isinstance(data, dict):
        return data
    parts = cast("dict[str, Any]", data)
    kind = _CLASSES.get(str(parts.get("kind")))
    if kind is None:
        raise WrongFormat(f"`{parts.get('kind')}` is no part of a machine")
    values = {
        ("kind" if name == "state_kind" else name): _object(part)
        for name, part in parts.items()
        if name != "kind"
    }
    try:
        return kind(**values)
    except TypeError as error:
        raise WrongFormat(f"a `{kind.__name__}` of this machine is not whole") from error
