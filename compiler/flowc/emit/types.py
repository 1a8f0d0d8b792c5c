"""The types of the language, as a generated module writes them: for a type checker, and as kinds at run time."""

from __future__ import annotations

import re

from flowc.emit.names import class_name
from flowc.types import Type

_MEDIA = ("image", "audio", "video", "document", "location")
_PYTHON = {
    **dict.fromkeys(("text", "email", "phone", "url", "secret"), "str"),
    "int": "int",
    "bool": "bool",
    "decimal": "Decimal",
    "none": "None",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "duration": "timedelta",
    **dict.fromkeys(_MEDIA, "Media"),
}
_KINDS = {
    **dict.fromkeys(("text", "email", "phone", "url", "secret"), "TEXT"),
    **{
        name: name.upper()
        for name in ("int", "bool", "decimal", "date", "time", "datetime", "duration", *_MEDIA)
    },
}


def python_type(type_: Type) -> str:
    """A type of the language as Python writes it.

    >>> python_type(Type("text", optional=True)), python_type(Type("list", element=Type("int")))
    ('str | None', 'tuple[int, ...]')
    """
    if type_.element is not None:
        name = f"tuple[{python_type(type_.element)}, ...]"
    else:
        name = _PYTHON.get(type_.name) or class_name(type_.name)
    return f"{name} | None" if type_.optional and name != "None" else name


def kind_of(type_: Type) -> str:
    """A type of the language as the kind that its values have; a record has one named after its class.

    >>> kind_of(Type("list", optional=True, element=Type("Order")))
    'optional(list_of(Order_kind))'
    """
    if type_.optional:
        return f"optional({kind_of(type_.plain)})"
    if type_.element is not None:
        return f"list_of({kind_of(type_.element)})"
    return _KINDS.get(type_.name) or record_kind(type_.name)


def record_kind(record: str) -> str:
    """The name of the kind of a record."""
    return f"{class_name(record)}_kind"


def names_in(written: str) -> frozenset[str]:
    """The names that what `python_type` and `kind_of` wrote is made of.

    >>> sorted(names_in("optional(list_of(INT))"))
    ['INT', 'list_of', 'optional']
    """
    return frozenset(re.findall(r"\w+", written))
