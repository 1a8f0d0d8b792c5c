"""A text that a regular expression finds. It is a guess: who needs to know for sure tries it."""

from __future__ import annotations

_CLASSES = {
    "d": "1",
    "w": "a",
    "s": " ",
    "D": "a",
    "W": " ",
    "S": "a",
    "b": "",
    "B": "",
    "A": "",
    "z": "",
    "Z": "",
}
_ESCAPED = {"n": "\n", "t": "\t"}


def a_match(pattern: str) -> str:
    r"""A short text in which `pattern` may be found: the first of each choice, no more often than it must.

    >>> a_match(r"^order (?P<number>\d{4,})( please)?$"), a_match("track|where"), a_match("[^a-c]b+")
    ('order 1111', 'track', 'db')
    """
    reader = _Reader(pattern)
    return reader.choice()


class _Reader:
    """Reads a pattern from left to right. What it does not know it takes as it is."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def choice(self) -> str:
        """Up to the end of this group: the first of what a stroke parts."""
        first = self._sequence()
        while self._next() == "|":
            self._at += 1
            self._sequence()
        return first

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        point = self._next()
        self._at += 1
        return point

    def _sequence(self) -> str:
        text = ""
        while self._next() not in {"", "|", ")"}:
            one = self._one()
            text += one * self._least()
        return text

    def _one(self) -> str:
        """What the next piece stands for, once."""
        match self._take():
            case "(":
                return self._group()
            case "[":
                return self._class()
            case "\\":
                return self._escape()
            case ".":
                return "a"
            case "^" | "$":
                return ""
            case point:
                return point

    def _group(self) -> str:
        if self._next() == "?":
            self._at += 1
            if self._next() == "P":
                self._at += 1
            if self._take() == "<":
                self._skip_to(">")
        text = self.choice()
        self._at += 1
        return text

    def _skip_to(self, end: str) -> None:
        while self._next() and self._take() != end:
            pass

    def _escape(self) -> str:
        point = self._take()
        if point == "p":
            self._skip_to("}")
            return "a"
        return _CLASSES.get(point, _ESCAPED.get(point, point))

    def _class(self) -> str:
        """A point of a class: its first, or one that is not in it."""
        negated = self._next() == "^"
        if negated:
            self._at += 1
        points: list[str] = []
        while self._next() and (not points or self._next() != "]"):
            point = self._take()
            points.append(self._escape() if point == "\\" else point)
        self._at += 1
        if not negated:
            return points[0] if points else ""
        return next((point for point in "dxyz1 _" if not _is_in(point, points)), "~")

    def _least(self) -> int:
        """How often the piece before must come at the least."""
        match self._next():
            case "*" | "?":
                least = 0
            case "+":
                least = 1
            case "{":
                digits, _, _ = self._pattern[self._at + 1 :].partition("}")
                least = int(digits.partition(",")[0] or 0) if digits.replace(",", "").isdigit() else 1
                self._skip_to("}")
                self._at -= 1
            case _:
                return 1
        self._at += 1
        if self._next() in {"?", "+"}:
            self._at += 1
        return min(least, 1000)


def _is_in(point: str, points: list[str]) -> bool:
    ranges = zip(points, points[1:], points[2:], strict=False)
    return point in points or any(dash == "-" and low <= point <= high for low, dash, high in ranges)
