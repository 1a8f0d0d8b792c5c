"""Which named groups of a regular expression take part in every match."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""\\. | \[\^?\]?(?:\\.|[^\]\\])*\]
      | (?P<open>\((?:\?(?:P?<(?P<name>\w+)>|[imsU-]*:))?)
      | (?P<close>\)) | (?P<bar>\|)
      | (?P<maybe>[*?]|\{0(?:,\d*)?\})
      | .""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(slots=True)
class _Level:
    """A pair of parentheses, or the whole: the named groups in it that take part whenever it does."""

    name: str | None = None
    groups: set[str] = field(default_factory=set[str])
    has_branches: bool = False


def sure_groups(pattern: str) -> frozenset[str]:
    r"""The named groups of `pattern` that every match gives a text.

    >>> sorted(sure_groups(r"(?P<a>\d+)(?P<b>x)?")), sorted(sure_groups(r"(?P<a>\d)|(?P<b>x)"))
    (['a'], [])
    """
    levels = [_Level()]
    closed: set[str] = set()
    for token in _TOKEN.finditer(pattern):
        if token["maybe"]:
            levels[-1].groups -= closed
        closed = set()
        if token["open"]:
            levels.append(_Level(token["name"]))
        elif token["bar"]:
            levels[-1].has_branches = True
        elif token["close"] and len(levels) > 1:
            closed = _groups(levels.pop())
            levels[-1].groups |= closed
    return frozenset(_groups(levels[0]))


def _groups(level: _Level) -> set[str]:
    within = set[str]() if level.has_branches else level.groups
    return within | ({level.name} if level.name else set[str]())
