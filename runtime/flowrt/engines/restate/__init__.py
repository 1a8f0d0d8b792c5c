"""A flow as a Restate service: one virtual object for each contact, which keeps its session and its timer.

The object takes the events of its contact one at a time, with the same step as `flowrt.Bot`. A second service
delivers and runs actions, so that neither holds up the contact's messages. docs/restate.md says which guarantee
comes from where.
"""

from flowrt.engines.restate.engine import RestateEngine

__all__ = ["RestateEngine"]
