"""How Python calls the variables of a flow: the attributes that hold them in a session."""

from __future__ import annotations

import keyword


def is_taken(name: str) -> bool:
    """Whether a variable of this name has an underscore behind it in Python, where the name means something
    else.
    """
    return keyword.iskeyword(name) or name in {
        "self",
        "held",
        "kept",
        "kinds",
        "names",
        "secrets",
        "slots",
        "defaults",
    }


def slot_of(name: str) -> str:
    """The attribute that holds the variable `name`: Python's own words get an underscore behind, and what leads to
    a variable of a dialog stands before it.

    >>> slot_of("class"), slot_of("rating"), slot_of("menu/address.street")
    ('class_', 'rating', 'menu__address__street')
    """
    name = name.replace("/", "__").replace(".", "__")
    return f"{name}_" if is_taken(name.rstrip("_")) else name


def written(slot: str) -> str:
    """The name that the author wrote, for the one that Python has.

    >>> written("class_"), written("rating")
    ('class', 'rating')
    """
    return slot[:-1] if is_taken(slot.rstrip("_")) else slot
