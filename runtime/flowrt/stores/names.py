"""How contacts, ids and keys are written in a database: as JSON strings without their quotes.

Any `str` has one such form, of ASCII alone: NUL and lone surrogates are escaped. A plain name is itself.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring_ascii

from flowrt.log import logger


def encode_name(name: str) -> str:
    """`name` as it stands in the database.

    >>> encode_name("ada"), encode_name("a" + chr(0))
    ('ada', 'a\\\\u0000')
    """
    return encode_basestring_ascii(name)[1:-1]


def decode_name(stored: object) -> str | None:
    """The name that `encode_name` wrote; None, and a word in the log, where it wrote no such thing.

    >>> decode_name(encode_name("quo" + chr(34) + "te"))
    'quo"te'
    """
    try:
        name = json.loads(f'"{as_text(stored)}"')
    except ValueError:
        name = None
    if not isinstance(name, str):
        logger.error("the store holds a row under a name that flowrt did not write; it is passed over")
        return None
    return name


def as_text(data: object) -> str:
    """What a column of text holds, whatever others have put there."""
    return data if isinstance(data, str) else lenient(data) if isinstance(data, bytes) else ""


def lenient(data: bytes) -> str:
    """Text of the database; what is no text must not stop the reading of what is."""
    return data.decode("utf-8", "replace")
