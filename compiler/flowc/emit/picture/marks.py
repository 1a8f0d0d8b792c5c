"""The pieces of SVG: elements, numbers, texts, and the small pictures that stand for kinds of ways."""

from __future__ import annotations

from html import escape

from flowc.emit.drawing import Kind


def number(value: float) -> str:
    """A number, with as few digits as it needs.

    >>> number(12.0), number(0.123)
    ('12', '0.12')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


def written(text: str) -> str:
    """`text` as it may stand in an element and in an attribute; what XML cannot hold is left out.

    >>> written('<b> & "c"')
    '&lt;b&gt; &amp; &quot;c&quot;'
    """
    return escape("".join(point if point.isprintable() or point == "\n" else " " for point in text))


def tag(name: str, inside: str = "", /, **attributes: str) -> str:
    """An element. A line under the name of an attribute stands for a hyphen, and one behind it for nothing.

    >>> tag("path", d="M0 0", class_="route")
    '<path d="M0 0" class="route"/>'
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{written(value)}"' for key, value in attributes.items()
    )
    return f"<{name}{said}>{inside}</{name}>" if inside else f"<{name}{said}/>"


def moved(x: float, y: float) -> str:
    """The attribute that moves an element."""
    return f"translate({number(x)} {number(y)})"


def icon(kind: Kind, x: float, y: float) -> str:
    """A way that stays, as a small picture around this point: a clock, a cross, or an arrow that comes back."""
    if kind == "timeout":
        shape = "M0 -5a5 5 0 1 1 -0.01 0zM0 -2.6v2.8l2 1.4"
    elif kind == "failure":
        shape = "M-3.5 -3.5l7 7M3.5 -3.5l-7 7"
    else:
        shape = "M4.2 -2.6a4.9 4.9 0 1 0 0.6 3.6M4.6 -5.4v3h-3"
    return tag("path", class_="icon", d=shape, transform=moved(x, y))
