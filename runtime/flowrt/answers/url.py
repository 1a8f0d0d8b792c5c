"""Reading addresses of the web."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

from flowrt.answers.plain import trimmed
from flowrt.events import Message
from flowrt.time import Instant

_LONGEST = 2_048
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_BARE = re.compile(r"[^/?#:]+\.[^\W\d_]{2,63}\.?(?=[:/?#]|\Z)")  # a host alone, and what may follow it
_NEVER = frozenset(' \\"<>^`{|}')


class UrlAnswer:
    """An address with `http` or `https`; a host without a scheme, such as `example.com/menu`, gets `https`.

    Scheme and host are put to lower case, the rest stays as typed. An address with a user name or a password
    is no answer: such addresses mislead people.

    >>> UrlAnswer()(Message("1", "ada", text="Example.com/Menu"))
    'https://example.com/Menu'
    """

    __slots__ = ()

    def __call__(self, message: Message, _at: Instant = 0, /) -> str | None:
        """The address that `message` is."""
        text = trimmed(message)
        if len(text) > _LONGEST or not text.isprintable() or not _NEVER.isdisjoint(text):
            return None
        if not _SCHEME.match(text):
            if not _BARE.match(text):
                return None
            text = f"https://{text}"
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            return None
        if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not _is_host(parts):
            return None
        shown = parts.netloc.rpartition(":")[0] if parts.netloc.endswith(":") else parts.netloc
        return parts._replace(netloc=shown.lower()).geturl() if port != 0 else None


def _is_host(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    try:
        if parts.netloc.startswith("["):
            IPv6Address(host)
        elif host.rpartition(".")[2].isdecimal():
            IPv4Address(host)
        else:
            labels = host.removesuffix(".").split(".")
            return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)  # noqa: PLR2004 — RFC 1035
    except AddressValueError:
        return False
    return True
