"""The runtime of flows: events in, effects out.

The names below are imported when they are first used: a generated module imports this package too, and that
must stay cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowrt.abc import Channel, Listener, Store
    from flowrt.actions import current_call
    from flowrt.again import again_on
    from flowrt.blocking import BlockingBot
    from flowrt.bot import Bot
    from flowrt.effects import Dropped, Emitted, Ended, Reply
    from flowrt.errors import (
        Again,
        Busy,
        FlowrtError,
        IncompatibleModule,
        MissingAction,
        StoreError,
        Undeliverable,
    )
    from flowrt.events import Message
    from flowrt.flow import Flow
    from flowrt.health import Health
    from flowrt.letters import DeadLetter
    from flowrt.operations import Operations
    from flowrt.pacing import Rate
    from flowrt.parking import Parked
    from flowrt.stores import open_store
    from flowrt.time import Clock, FakeClock, SystemClock
    from flowrt.viewing import SessionView

__all__ = [
    "Again",
    "BlockingBot",
    "Bot",
    "Busy",
    "Channel",
    "Clock",
    "DeadLetter",
    "Dropped",
    "Emitted",
    "Ended",
    "FakeClock",
    "Flow",
    "FlowrtError",
    "Health",
    "IncompatibleModule",
    "Listener",
    "Message",
    "MissingAction",
    "Operations",
    "Parked",
    "Rate",
    "Reply",
    "SessionView",
    "Store",
    "StoreError",
    "SystemClock",
    "Undeliverable",
    "again_on",
    "current_call",
    "open_store",
]

_MODULES = {
    "abc": "Channel Listener Store",
    "again": "again_on",
    "actions": "current_call",
    "blocking": "BlockingBot",
    "bot": "Bot",
    "effects": "Dropped Emitted Ended Reply",
    "errors": "Again Busy FlowrtError IncompatibleModule MissingAction StoreError Undeliverable",
    "events": "Message",
    "flow": "Flow",
    "health": "Health",
    "letters": "DeadLetter",
    "operations": "Operations",
    "pacing": "Rate",
    "parking": "Parked",
    "stores": "open_store",
    "time": "Clock FakeClock SystemClock",
    "viewing": "SessionView",
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names.split()}

if not TYPE_CHECKING:  # a type checker would take this to mean that every name is there

    def __getattr__(name: str) -> object:
        """Import the public name `name` from its module."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        """The public names."""
        return __all__
