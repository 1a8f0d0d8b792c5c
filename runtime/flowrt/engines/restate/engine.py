"""A flow as services for Restate."""

from __future__ import annotations

from functools import partial
from typing import Any

from restate import app as restate_app
from restate.server_context import DisconnectedException
from restate.server_types import RestateAppT

from flowrt.abc import Channel, Listener
from flowrt.actions import Runner, find_actions
from flowrt.engines.acting import Acting
from flowrt.engines.handing import Handing
from flowrt.engines.measuring import Measuring
from flowrt.engines.restate.contacts import Contacts
from flowrt.engines.restate.helpers import Helpers
from flowrt.flow import Flow
from flowrt.handling import handle
from flowrt.metrics import Metrics, default_metrics
from flowrt.waiting import Backoff


class RestateEngine:
    """A flow as services for Restate, named after the flow, or `name`.

    `actions`, `channel`, `listener` and `metrics` are those of `flowrt.Bot`. `retry_after` is the first pause, in
    seconds, before a delivery that failed, or an action that asks for it, is tried again. `app` is to be served over
    HTTP/2, by hypercorn for instance, and registered with Restate; `services` are for a `restate.app` of the host's
    own.

    Raises `MissingAction` where `actions` lacks some that the flow calls.

    >>> from flowrt.generated import Variables
    >>> silent = Flow(name="silent", source="silent.flow", format=1, compiler="0.1.0", initial="start",
    ...     states=[{"name": "start"}], transitions=[], variables=Variables, actions=())
    >>> [service.name for service in RestateEngine(silent).services]
    ['silent', 'silent.work']
    """

    def __init__(
        self,
        flow: Flow[Any],
        *,
        actions: object = None,
        channel: Channel | None = None,
        listener: Listener | None = None,
        retry_after: float = 1.0,
        name: str | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self.name = name or flow.name
        metrics = metrics or default_metrics()
        found = find_actions(actions, flow.actions, flow.name)
        runner = Runner(found, flow.returning, metrics=metrics, pauses=partial(Backoff, retry_after))
        functions = find_actions(actions, flow.functions, flow.name)
        handler = partial(handle, flow, functions=functions, notices=listener is not None)
        measuring = Measuring(metrics, flow.name, DisconnectedException)
        acting = Acting(runner, measuring)
        handing = Handing(channel, listener, flow.records, measuring)
        contacts = Contacts(self.name, flow, handler, handing, acting, measuring, retry_after)
        helpers = Helpers(self.name, handing, acting, flow.records)
        self.services = (contacts.service(), helpers.service(contacts.helpers))

    @property
    def app(self) -> RestateAppT:
        """The services as an ASGI application."""
        return restate_app(self.services)
