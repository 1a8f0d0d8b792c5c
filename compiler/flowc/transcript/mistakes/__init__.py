"""Mistakes in a transcript. Codes F09…"""

from flowc.transcript.mistakes.lines import (
    ButtonsWithoutReply,
    DuplicateTest,
    LateClock,
    Leftover,
    LineOutsideTest,
    MissingColon,
    MissingTestName,
    NothingToRepeat,
    UnknownEnd,
    UnknownLine,
)
from flowc.transcript.mistakes.values import (
    BadCall,
    BadDuration,
    BadLine,
    BadMedia,
    BadMoment,
    BadValue,
    NamedTwice,
    UnknownTranscriptEscape,
)

__all__ = [
    "BadCall",
    "BadDuration",
    "BadLine",
    "BadMedia",
    "BadMoment",
    "BadValue",
    "ButtonsWithoutReply",
    "DuplicateTest",
    "LateClock",
    "Leftover",
    "LineOutsideTest",
    "MissingColon",
    "MissingTestName",
    "NamedTwice",
    "NothingToRepeat",
    "UnknownEnd",
    "UnknownLine",
    "UnknownTranscriptEscape",
]
